"""Signs of life of planner, sender, worker and beat, kept in the database."""

import datetime as dt

from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from notices.models import Heartbeat

PLANNER, SENDER, WORKER, BEAT = "planner", "sender", "worker", "beat"
OPENER, WEEKLY = "opener", "weekly"
AHEAD = dt.timedelta(minutes=5)  # how far the clocks of two machines may differ; what comes from later is not believed
BY_THE_CLOCK = (PLANNER, OPENER, WEEKLY)  # the beat wakes them at fixed minutes: a fresh start waits for these


def beat(name, *, now, detail=None) -> None:
    """Write that ``name`` was at work at ``now``; an older moment never takes the place of a newer one.

    Except of one that is yet to come: a clock that was ahead must not silence those who live, nor speak for the dead.
    ``detail`` are JSON values, ``None`` leaves what is there.
    """
    values = {"at": now} | ({} if detail is None else {"detail": detail})
    older = Q(at__lte=now) | Q(at__gt=timezone.now() + AHEAD)
    if not Heartbeat.objects.filter(older, name=name).update(**values):
        Heartbeat.objects.bulk_create([Heartbeat(name=name, at=now, detail=detail or {})], ignore_conflicts=True)


def expect(names, *, now) -> None:
    """Those of ``names`` that have never been at work are awaited from ``now`` on; the others stay as they are."""
    rows = [Heartbeat(name=name, at=now, detail={"awaited": True}) for name in names]
    Heartbeat.objects.bulk_create(rows, ignore_conflicts=True)


def read() -> dict:
    """``{name: Heartbeat}`` of every part that has ever been at work."""
    return {row.name: row for row in Heartbeat.objects.all()}


def detail_of(name) -> dict:
    """What the last run of ``name`` left; empty when there was none."""
    return Heartbeat.objects.filter(name=name).values_list("detail", flat=True).first() or {}


class Pulse:
    """Beats while a long run goes on, at most every ``every`` seconds: somebody who works is not dead.

    A database that refuses a sign of life must not stop the work that it is a sign of.
    """

    def __init__(self, name, clock, every=10):
        self.name, self.clock, self.every, self.last = name, clock, every, None

    def __call__(self):
        now = self.clock()
        if self.last is None or (now - self.last).total_seconds() >= self.every:
            self.last = now
            try:
                beat(self.name, now=now)
            except DatabaseError:
                return
