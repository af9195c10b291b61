"""Doormen for the worker: the beat only wakes planner and sender. What runs twice, or not at all, harms nothing."""

import datetime as dt
from dataclasses import asdict

from celery import shared_task
from celery.signals import before_task_publish
from django.utils import timezone

from notices import heartbeats
from notices.runs import run_planner, run_sender
from notices.weekly import plan_weekly

ENQUEUED = "kltn_at"  # header of every message: when it was put into the queue
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
    return plan_weekly(now=timezone.now())


@shared_task(name="notices.send")
def send_mail():
    """Send what is due."""
    pulse = heartbeats.Pulse(heartbeats.WORKER, timezone.now)
    return asdict(run_sender(now=timezone.now(), seconds=SEND_SECONDS, progress=pulse))


@shared_task(name="notices.heartbeat", bind=True)
def heartbeat(self):
    """The worker lives now; the beat lived when it put this message into the queue."""
    heartbeats.beat(heartbeats.WORKER, now=timezone.now())
    enqueued = self.request.get(ENQUEUED)
    if enqueued and self.request.get("celery_beat_task"):
        heartbeats.beat(heartbeats.BEAT, now=dt.datetime.fromisoformat(enqueued))
