"""Counting working days. Pure functions over a frozen calendar; one query loads it."""

import datetime as dt
from dataclasses import dataclass

_ONE = dt.timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Days off besides weekends, and weekend days at work."""

    off: frozenset = frozenset()
    working: frozenset = frozenset()


def load_calendar():
    """Calendar of the Holiday table (one query); days not yet confirmed count as well."""
    from .models import Holiday

    off, working = set(), set()
    for day, kind in Holiday.objects.order_by().values_list("day", "kind"):
        if kind == Holiday.Kind.WORKING_DAY:
            working.add(day)
        elif kind != Holiday.Kind.ORDINARY:
            off.add(day)
    return Calendar(frozenset(off), frozenset(working))


def is_working_day(day, calendar):
    """A day at work: named as such, or a weekday that is not off."""
    if day in calendar.working:
        return True
    return day.weekday() < 5 and day not in calendar.off


def next_working_day(day, calendar):
    """``day`` itself if at work, otherwise the next day that is (Bộ luật Dân sự 2015, Điều 148)."""
    while not is_working_day(day, calendar):
        day += _ONE
    return day


def add_working_days(day, n, calendar):
    """The n-th working day after ``day`` (before it for a negative n); n = 0 gives ``day`` unchanged."""
    step = _ONE if n >= 0 else -_ONE
    left = abs(n)
    while left:
        day += step
        left -= is_working_day(day, calendar)
    return day


def working_days_between(start, end, calendar):
    """Number of working days in (start, end]; negative, and counted in (end, start], if end comes first."""
    if end < start:
        return -working_days_between(end, start, calendar)
    span = (end - start).days
    weeks, rest = divmod(span, 7)
    count = weeks * 5 + sum((start + _ONE * i).weekday() < 5 for i in range(1, rest + 1))
    count -= sum(start < day <= end and day.weekday() < 5 for day in calendar.off - calendar.working)
    return count + sum(start < day <= end and day.weekday() >= 5 for day in calendar.working)
