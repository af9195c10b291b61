"""Doormen for the worker: the beat only wakes planner and sender."""

from dataclasses import asdict

from celery import shared_task
from django.utils import timezone

from notices.planner import plan
from notices.sender import send


@shared_task(name="notices.plan")
def plan_reminders():
    """Fill ledger and outbox."""
    return asdict(plan(now=timezone.now()))


@shared_task(name="notices.send")
def send_mail():
    """Send what is due."""
    return asdict(send(now=timezone.now()))
