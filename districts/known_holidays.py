"""How far the table of days off reaches: without it mails leave at Tết and no due day moves. Reads only."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from .models import Holiday

# Bộ luật Lao động 2019, Điều 112: so many days off a year; those of a weekend are made up for on weekdays.
DAYS_BY_LAW = 11
_OFF = Q(kind__in=[Holiday.Kind.HOLIDAY, Holiday.Kind.COMPENSATION, Holiday.Kind.SWAP_OFF])


@dataclass(frozen=True)
class KnownYear:
    """Days off of one year in the table. ``needed_from``: the first day somebody counts with it; ``unconfirmed``:
    of those days to come, how many nobody has compared with the notice of the year."""

    year: int
    needed_from: dt.date
    days_off: int = 0
    unconfirmed: int = 0

    @property
    def complete(self):
        """Does it hold at least the days of the law?"""
        return self.days_off >= DAYS_BY_LAW


def known_years(*, today, days) -> list[KnownYear]:
    """The years that ``today`` and the next ``days`` days lie in, with what is known of them (one query)."""
    years = range(today.year, (today + dt.timedelta(days=days)).year + 1)
    rows = (
        Holiday.objects.order_by()
        .filter(_OFF, day__year__gte=years[0], day__year__lte=years[-1])
        .values_list("day__year")
        .annotate(off=Count("pk"), open=Count("pk", filter=Q(confirmed=False, day__gte=today)))
    )
    found = {year: (off, unconfirmed) for year, off, unconfirmed in rows}
    return [KnownYear(year, max(today, dt.date(year, 1, 1)), *found.get(year, ())) for year in years]


def unconfirmed_days(*, today):
    """Days to come that nobody has compared with the notice of the year, soonest first (queryset)."""
    return Holiday.objects.filter(confirmed=False, day__gte=today).order_by("day")
