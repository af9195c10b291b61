"""Lock-out after wrong passwords: per name and address, so that one person cannot lock an office behind one IP.

Counted in the database, so it holds with any number of web machines and without Redis.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F

from accounts.models import LoginAttempt
from records.text import clean_line

ALLOWED = 5
ALLOWED_FROM_ANYWHERE = 50  # slow guessing spread over many addresses
LOCK = dt.timedelta(minutes=15)
KEPT = dt.timedelta(days=1)


def take_try(name, *, address, now) -> bool:
    """Count one try before the password is looked at; False while locked.

    Counting first keeps many tries sent at once from slipping through together. Old rows are dropped here.
    """
    key = _key(name)
    LoginAttempt.objects.filter(last_at__lt=now - KEPT).delete()
    allowed = [_count(key, where, limit, now) for where, limit in ((address, ALLOWED), ("", ALLOWED_FROM_ANYWHERE))]
    return all(allowed)


def forget(name) -> None:
    """Set every count to nothing for ``name``: after a right password, a reset by mail, or by an administrator."""
    LoginAttempt.objects.filter(name=_key(name)).update(failures=0, locked_until=None)


def succeeded(name, *, address) -> None:
    """The right password: clear this address's count; guessing from elsewhere stays counted."""
    LoginAttempt.objects.filter(name=_key(name), address=address).update(failures=0, locked_until=None)
    LoginAttempt.objects.filter(name=_key(name), address="", failures__gt=0).update(failures=F("failures") - 1)


@transaction.atomic
def _count(key, address, limit, now):
    LoginAttempt.objects.bulk_create([LoginAttempt(name=key, address=address, last_at=now)], ignore_conflicts=True)
    mine = LoginAttempt.objects.filter(name=key, address=address)
    row = mine.select_for_update().get()
    if row.locked_until and now < row.locked_until:
        return False
    rested = row.locked_until or now - row.last_at >= LOCK
    row.failures = 1 if rested else row.failures + 1
    row.last_at = now
    row.locked_until = None if row.failures < limit else now + LOCK
    row.save(update_fields=["failures", "last_at", "locked_until"])
    return True


def _key(name):
    return clean_line(name).casefold()[:200]
