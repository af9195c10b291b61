"""The pages of “Đôn đốc”."""

from django.urls import reverse


def url(name, *args):
    """Address of the list (``""``), or of what is done from it ("_letter", "_call", …)."""
    return reverse(f"admin:reports_chasing{name}", args=args)


def names(response):
    """Units on the page, in its order."""
    return [row.unit.name for row in response.context["rows"]]
