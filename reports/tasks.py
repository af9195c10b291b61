"""Background work of the reports."""

from celery import shared_task
from django.utils import timezone

from reports.opening import run_opening


@shared_task(name="reports.open_cycles")
def open_cycles_task():
    """Open the cycles whose day has come; the table decides, so a repeated or missed run does no harm."""
    return run_opening(now=timezone.now())
