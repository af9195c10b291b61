"""Which units an act of “Đôn đốc” is for: those ticked, or all that the filter shows, on whatever page they stand."""

import re

from records.text import whole_number
from reports.chasing import narrowed, rows_of
from reports.chasing_forms import ChasingFilter

PER_PAGE = 200  # all 126 units stand on one page
EVERYBODY = "tat_ca"  # parameter: not the ticked ones but everything the filter shows
TICKED, LEFT_OUT = "chon", "bo"  # parameters: keys of obligations, one or several joined by dots or commas
SEPARATOR = re.compile("[.,]")  # a dot stays one letter in an address


def chosen_rows(cycle, params, *, now, default_all=False) -> list:
    """Rows of the units chosen, however many; ``default_all``: without a tick the whole filter is meant."""
    ids = numbers(params)
    if not (params.get(EVERYBODY) or (default_all and not ids)):
        return rows_of(cycle, now=now, ids=ids)
    shown = filtered(cycle, params, now=now)
    # Ticked under another filter: they go along.
    if elsewhere := set(ids) - {row.obligation.pk for row in shown}:
        shown += rows_of(cycle, now=now, ids=elsewhere)
    return shown


def filtered(cycle, params, *, now) -> list:
    """Everybody the filter of the page shows, in its order."""
    wanted = ChasingFilter(params).chosen
    rows = rows_of(cycle, now=now)
    return narrowed(rows, only=wanted.get("only", ""), term=wanted.get("q", ""), sort=wanted.get("sort", ""))


def numbers(params, name=TICKED) -> list[int]:
    """The keys given under ``name``; what is no number is passed over."""
    found = (whole_number(text) for value in params.getlist(name) for text in SEPARATOR.split(value))
    return [number for number in found if number is not None]


def joined(rows) -> str:
    """The keys of these rows as one parameter: a form may not have thousands of fields."""
    return ".".join(str(row.obligation.pk) for row in rows)
