"""What ends a task that hangs and brings back what a dead worker held: real limits, with short seconds."""

import pytest
from celery import current_app
from django.utils import timezone

from notices import broker
from notices.models import Mail
from ops.processes import wait_until
from tests.integration.test_worker_life import all_sent, ids, mails
from tests.support.broker import PATIENCE, children_of
from tests.support.mail import HANG

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SHORT = "tests.support.short_settings"


def leases_over():
    """As if the ten minutes of those who died had passed."""
    Mail.objects.filter(state="sending").update(lease_until=timezone.now())


def test_a_task_that_hangs_is_ended_and_the_beat_finishes_its_work(start_worker, smtp_sink, beats):
    """task_time_limit: Celery counts the message as done, so it does not come back; the next one finds the mails."""
    smtp_sink.script("DATA", None, None, HANG)
    worker = start_worker(EMAIL_URL=smtp_sink.url, DJANGO_SETTINGS_MODULE=SHORT, SHORT_TIME_LIMIT="4")
    mails(10)
    current_app.send_task("notices.send", time_limit=None)  # else the limit of who publishes goes with the message
    hanging = Mail.objects.filter(state="sending").exclude(message_id="")
    assert wait_until(lambda: Mail.objects.filter(state="sent").count() == 2 and hanging.exists(), seconds=PATIENCE)
    pid = int(hanging.get().worker.split(":")[1])
    assert wait_until(lambda: pid not in children_of(worker.process.pid), seconds=PATIENCE)  # killed where it hung
    leases_over()
    beats()
    assert wait_until(lambda: not Mail.objects.filter(state__in=["queued", "sending"]).exists(), seconds=PATIENCE)
    assert worker.process.poll() is None
    assert (Mail.objects.filter(state="sent").count(), Mail.objects.filter(state="unknown").count()) == (9, 1)
    assert set(ids(smtp_sink).values()) == {1}
    assert len(smtp_sink.messages) == 9


@pytest.mark.once
def test_the_message_of_a_killed_worker_comes_back_after_the_visibility_timeout(start_worker, smtp_sink):
    """acks_late and visibility_timeout: here nobody else wakes the sender, neither beat nor a second message."""
    short = {"EMAIL_URL": smtp_sink.url, "DJANGO_SETTINGS_MODULE": SHORT, "SHORT_VISIBILITY": "5"}
    worker = start_worker(**short)
    mails(400)
    current_app.send_task("notices.send")
    smtp_sink.wait_for(5)
    worker.kill()
    assert Mail.objects.filter(state="queued").exists()
    assert broker.look().length == 0  # the dead worker holds it
    leases_over()
    start_worker(**short)
    doubtful = Mail.objects.filter(state="unknown")
    assert wait_until(
        lambda: all_sent() or Mail.objects.filter(state="sent").count() + doubtful.count() == 400, seconds=PATIENCE
    )
    assert doubtful.count() <= 1
    assert set(ids(smtp_sink).values()) == {1}
