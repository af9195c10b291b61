"""Many senders, and senders killed between the server's 250 and our stamp: nothing twice, doubt always visible."""

import asyncio
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections import Counter

import pytest
from django.conf import settings as real_settings
from django.db import connection
from django.utils import timezone

from notices.claims import LEASE
from notices.models import Mail
from notices.sender import BATCH, message_id, send
from tests.factories import make_user
from tests.support.at_once import at_once
from tests.support.broker import BASE_DIR, database_url

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MAILS = 120
KILLED_AT = (7, 8, 40, 83)  # mails after which the sender dies, counted by the server


@pytest.fixture
def mails():
    person, now = make_user(), timezone.now()
    rows = [
        Mail(
            dedupe_key=f"event:{number}",
            kind=Mail.STATUS,
            person=person,
            address=f"nhan{number}@example.vn",
            subject="Đã gửi",
            text="Nội dung",
            html="<p>Nội dung</p>",
            template="step",
            not_before=now,
            created_at=now,
        )
        for number in range(MAILS)
    ]
    return Mail.objects.bulk_create(rows)


def arrived(sink):
    return Counter(received.message["message-id"] for received in sink.messages)


def test_six_senders_share_the_queue_and_double_nothing(mails, smtp_sink):
    now = timezone.now()
    assert at_once(*[lambda: send(now=now, limit=1000)] * 6) == []
    assert arrived(smtp_sink) == Counter({message_id(mail.dedupe_key): 1 for mail in mails})
    assert Mail.objects.filter(state="sent", attempts=1).count() == MAILS


def test_a_lease_that_runs_is_respected_by_the_sweep_of_another_sender(mails, smtp_sink, settings, monkeypatch):
    """The first sender hangs over its first mail; the second one sweeps, and sends what is nobody's."""
    settings.EMAIL_TIMEOUT = 600
    inside, go_on, take = threading.Event(), threading.Event(), smtp_sink.handle_DATA

    async def hold_the_first(*mail):
        if not inside.is_set():
            inside.set()
            while not go_on.is_set():
                await asyncio.sleep(0.01)
        return await take(*mail)

    monkeypatch.setattr(smtp_sink, "handle_DATA", hold_the_first)
    seen = []

    def second():
        try:
            assert inside.wait(60)
            send(now=timezone.now(), limit=1000)
            rows = Mail.objects.order_by().exclude(state="sent")
            seen.append((rows.count(), set(rows.values_list("state", flat=True))))
        finally:
            go_on.set()

    assert at_once(lambda: send(now=timezone.now(), limit=BATCH), second) == []
    assert seen == [(BATCH, {"sending"})]
    assert Mail.objects.filter(state="sent", attempts=1).count() == MAILS
    assert arrived(smtp_sink) == Counter({message_id(mail.dedupe_key): 1 for mail in mails})


def test_a_sender_killed_before_its_stamp_leaves_one_unknown_and_no_double(mails, smtp_sink, monkeypatch):
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kltn_portal.settings",
        "DATABASE_URL": database_url(connection.settings_dict),
        "DATA_DIR": str(real_settings.DATA_DIR),
        "EMAIL_URL": smtp_sink.url,
    }
    running = []
    take = smtp_sink.handle_DATA

    async def take_and_kill(server, session, envelope):
        reply = await take(server, session, envelope)
        if running and len(smtp_sink.messages) in KILLED_AT:
            os.kill(running[-1].pid, signal.SIGKILL)  # the mail was taken; the sender never hears of it
        return reply

    monkeypatch.setattr(smtp_sink, "handle_DATA", take_and_kill)
    for _ in range(len(KILLED_AT) + 1):
        # What the dead had claimed is held until their lease is over: as if that time had passed.
        Mail.objects.filter(state="sending").update(lease_until=timezone.now() - dt.timedelta(seconds=1))
        running.append(subprocess.Popen([sys.executable, "manage.py", "send_mail"], cwd=BASE_DIR, env=env))
        running[-1].wait(timeout=180)
    assert [process.returncode for process in running] == [-signal.SIGKILL] * len(KILLED_AT) + [0]

    assert send(now=timezone.now() + LEASE * 2).sent == 0
    assert arrived(smtp_sink) == Counter({message_id(mail.dedupe_key): 1 for mail in mails})
    assert Mail.objects.filter(state="unknown").count() == len(KILLED_AT)
    assert Mail.objects.filter(state="sent").count() == MAILS - len(KILLED_AT)
