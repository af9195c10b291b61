"""Doormen for the worker: the beat only wakes planner and sender. What runs twice, or not at all, harms nothing."""

import datetime as dt
from dataclasses import asdict

from celery import shared_task
from celery.signals import before_task_publish
from django.utils import timezone

from notices import heartbeats
from notices.alone import one_after_the_other
from notices.runs import run_planner, run_sender, run_weekly

ENQUEUED = "kltn_at"  # header of every message: when it was put into the queue
BY_BEAT = "celery_beat_task"  # header the beat puts on its messages
SEND_SECONDS = 240  # well under CELERY_TASK_TIME_LIMIT: a killed sender leaves doubt about one mail


@before_task_publish.connect
def _stamp(headers=None, **_):
    if isinstance(headers, dict):
        headers[ENQUEUED] = timezone.now().isoformat()


@shared_task(name="notices.plan")
def plan_reminders():
    """Fill ledger and outbox."""
    return asdict(run_planner(now=timezone.now()))


@shared_task(name="notices.weekly")
def plan_weekly_mails():
    """This week's letter to the Sở, once."""
    return run_weekly(now=timezone.now())


@shared_task(name="notices.send", bind=True)
def send_mail(self):
    """Send what is due; leaves it to the run this worker has under way, which looks again at its end: behind a slow
    mail server the others would fill the worker, and neither planner nor heartbeat would find room. Only its time
    ends it: ten thousand mails of a morning must not wait for the beat five hundred at a time."""
    pulse = heartbeats.Pulse(heartbeats.WORKER, timezone.now)

    def work(seconds):
        return asdict(run_sender(now=timezone.now(), limit=None, seconds=seconds, progress=pulse))

    return one_after_the_other("send", str(self.request.hostname), work, seconds=SEND_SECONDS)


@shared_task(name="notices.heartbeat", bind=True)
def heartbeat(self):
    """The worker lives now; the beat lived when it put this message into the queue."""
    now = timezone.now()
    heartbeats.beat(heartbeats.WORKER, now=now)
    heartbeats.expect(heartbeats.BY_THE_CLOCK, now=now)
    enqueued = self.request.get(ENQUEUED)
    if enqueued and self.request.get(BY_BEAT):
        heartbeats.beat(heartbeats.BEAT, now=dt.datetime.fromisoformat(enqueued))
