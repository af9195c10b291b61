"""When a reminder may leave: on working days from 07:00 to 18:00, on a day off only for what is due that day."""

import datetime as dt

from django.utils import timezone

FIRST, LAST = dt.time(7), dt.time(18)


def too_late(now) -> bool:
    """Is the day over for reminders?"""
    return timezone.localtime(now).time() >= LAST


def too_early(now) -> bool:
    """Has the day not begun for reminders?"""
    return timezone.localtime(now).time() < FIRST


def open_now(now) -> bool:
    """Is it an hour at which reminders leave?"""
    return not too_early(now) and not too_late(now)


def not_before(now):
    """``now``, or 07:00 of its local day if that is later."""
    return max(now, timezone.make_aware(dt.datetime.combine(timezone.localtime(now).date(), FIRST)))
