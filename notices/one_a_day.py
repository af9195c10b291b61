"""One mail a person and day, counted by the day it left, not by the day it was planned."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from notices.models import Mail

CHUNK = 5000


def had_today(now) -> Q:
    """Digests and weekly letters that have left today, or may have, or are about to. Doubt that a sweep found counts
    for the sweep's day: rather a day's wait than a second mail."""
    start = timezone.make_aware(dt.datetime.combine(timezone.localtime(now).date(), dt.time.min))
    today = Q(sent_at__gte=start) | Q(state=Mail.State.UNKNOWN, ended_at__gte=start)
    return Q(kind__in=Mail.BY_DAY) & (today | Q(state=Mail.State.SENDING))


def who_had(person_ids, *, now) -> set:
    """Which of these people get no further digest today; one query for 5000 people."""
    ids, found = sorted(person_ids), set()
    for start in range(0, len(ids), CHUNK):
        some = Mail.objects.order_by().filter(had_today(now), person__in=ids[start : start + CHUNK])
        found.update(some.values_list("person_id", flat=True))
    return found


def another_today(now) -> Exists:
    """Of a digest in the queue: has its reader had a mail today, or is an earlier digest about to leave?"""
    waits = Q(kind=Mail.DIGEST, state=Mail.State.QUEUED, not_before__lte=now, pk__lt=OuterRef("pk"))
    others = Mail.objects.order_by().filter(had_today(now) | waits, person=OuterRef("person"))
    return Exists(others.exclude(pk=OuterRef("pk")))
