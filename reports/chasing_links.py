"""Addresses of “Đôn đốc” that keep what the page was filtered by."""

from django.utils.http import urlencode

from reports.chasing import chasing_path


def filter_of(request, *more) -> str:
    """What the page was filtered by, as a query string; ``more``: other parameters to take along."""
    names = ("only", "q", "sort", *more)
    return urlencode({name: request.GET[name] for name in names if request.GET.get(name)})


def with_query(address, query) -> str:
    return f"{address}?{query}" if query else address


def board_path(request, cycle, *more) -> str:
    """“Đôn đốc” as it was filtered."""
    return with_query(chasing_path(cycle), filter_of(request, *more))
