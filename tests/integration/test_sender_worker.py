"""From a row in the outbox to the mail server by a real Celery worker, woken after commit."""

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone

from notices.models import Mail
from notices.outbox import queue_mail
from ops.processes import wait_until
from tests.factories import make_user
from tests.integration.test_mail_texts import STEP
from tests.support.broker import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def queue(number):
    with transaction.atomic():
        queue_mail(
            person=make_user(),
            kind=Mail.STATUS,
            dedupe_key=f"event:{number}",
            subject="Yêu cầu bổ sung",
            template="step",
            context=STEP,
            now=timezone.now(),
        )


def test_a_committed_mail_wakes_the_worker_and_leaves_once(worker, smtp_sink):
    queue(1)
    smtp_sink.wait_for(1)
    for _ in range(5):  # as two beats would
        current_app.send_task("notices.send")
        current_app.send_task("notices.plan")
    queue(2)
    smtp_sink.wait_for(2)
    assert wait_until(lambda: Mail.objects.filter(state="sent").count() == 2, seconds=PATIENCE)
    assert len({received.message["message-id"] for received in smtp_sink.messages}) == len(smtp_sink.messages) == 2


def test_what_was_queued_while_the_worker_was_dead_is_sent_when_it_is_back(worker, smtp_sink):
    worker.kill()
    queue(1)
    worker.start()
    current_app.send_task("notices.send")
    smtp_sink.wait_for(1)


def test_a_mail_that_was_rolled_back_never_was(worker, smtp_sink):
    class Changed(Exception):
        pass

    with pytest.raises(Changed), transaction.atomic():
        queue(1)
        raise Changed
    queue(2)
    assert len(smtp_sink.wait_for(1)) == 1
    assert Mail.objects.get().dedupe_key == "event:2"
