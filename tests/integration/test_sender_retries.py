"""The sender and its ladders: which answer makes a mail wait how long, and what a run that must end leaves behind."""

import datetime as dt
import time

import pytest
from django.core.mail.backends.smtp import EmailBackend

from notices import claims
from notices.models import Mail
from notices.sender import SendResult, send
from notices.settling import settle_by_hand
from tests.factories import NOW, make_specialist
from tests.integration.test_sender import queued, state
from tests.support.mail import NOBODY

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(params=[0.0, 0.999999], ids=["shortest", "longest"])
def luck(request, monkeypatch):
    """The two ends of what chance may add to a wait."""
    monkeypatch.setattr("random.random", lambda: request.param)


def waited(mail):
    mail.refresh_from_db()
    return mail.not_before - NOW


@pytest.mark.parametrize(
    ("stage", "answer", "least", "most"),
    [
        ("DATA", "452 4.3.1 disk full", 0.1, 1),
        ("MAIL", "447 4.4.7 timed out", 0.1, 1),
        ("DATA", "432 4.3.2 STOREDRV; concurrent connections limit exceeded", 1, 30),
        ("RCPT", "452 4.2.2 mailbox full", 1, 2),
        ("RCPT", "450 4.2.0 greylisted", 1, 2),
        ("DATA", "451 4.3.0 local error", 1, 2),
    ],
)
def test_the_answer_decides_how_long_a_mail_waits(smtp_sink, luck, stage, answer, least, most):
    mail, began = queued(), time.monotonic()
    smtp_sink.script(stage, answer)
    assert send(now=NOW) == SendResult(later=1)
    took = dt.timedelta(seconds=time.monotonic() - began)  # the sender counts from the moment of the answer
    assert least * MINUTE <= waited(mail) <= most * MINUTE + took
    assert (mail.state, mail.refusals, mail.message_id, mail.worker) == ("queued", 1, "", "")
    assert mail.last_error.startswith(answer[:3])
    assert send(now=mail.not_before) == SendResult(sent=1)
    assert len(smtp_sink.messages) == 1


def test_each_refusal_waits_longer_and_the_last_is_final(smtp_sink, luck):
    mail, waits, now = queued(), [], NOW
    smtp_sink.script("RCPT", *["450 4.2.2 mailbox full"] * 60)
    while send(now=now) == SendResult(later=1):
        mail.refresh_from_db()
        waits.append(mail.not_before - now)
        now = mail.not_before
    assert state(mail) == "failed"
    assert mail.last_error.startswith("450")
    assert waits[:5] == sorted(waits[:5])
    assert dt.timedelta(hours=18) < now - NOW < dt.timedelta(hours=32)


def test_hours_without_a_server_do_not_use_up_the_patience_with_a_mailbox(smtp_sink):
    mail = queued(attempts=500)
    smtp_sink.script("RCPT", "450 4.2.0 greylisted")
    assert send(now=NOW) == SendResult(later=1)
    assert state(mail) == "queued"


def test_a_refused_mail_begins_a_new_ladder_when_a_person_sends_it_again(smtp_sink):
    mail = queued(state="failed", refusals=99)
    settle_by_hand(mail_id=mail.pk, action="retry", user=make_specialist(), now=NOW)
    smtp_sink.script("RCPT", "450 4.2.0 greylisted")
    assert send(now=NOW) == SendResult(later=1)
    mail.refresh_from_db()
    assert mail.refusals == 1


def test_a_run_whose_time_is_over_gives_back_what_it_has_not_touched(smtp_sink):
    mails = [queued(number) for number in range(1, 6)]
    run_on = iter([None] * 3)

    def progress():
        next(run_on)

    with pytest.raises(StopIteration):  # a run that dies in the middle leaves claims to the sweep …
        send(now=NOW, progress=progress)
    assert {state(mail) for mail in mails} == {"sent", "sending"}
    claims.sweep(now=NOW + claims.LEASE * 2)
    before = len(smtp_sink.messages)
    assert send(now=NOW, seconds=0) == SendResult()  # … one that has no time claims nothing
    assert send(now=NOW).sent == 5 - before
    assert len({one.message["message-id"] for one in smtp_sink.messages}) == len(smtp_sink.messages) == 5


def test_what_is_given_back_is_as_if_it_had_never_been_claimed():
    queued(1)
    begun = queued(2)
    mails = claims.claim(worker="mot", now=NOW, limit=5)
    claims.begin(mails[1], now=NOW, message_id="<x@y>")
    assert claims.release(mails) == 1
    row = Mail.objects.exclude(pk=begun.pk).get()
    assert (row.state, row.attempts, row.worker, row.lease_until, row.not_before) == ("queued", 0, "", None, NOW)
    assert state(begun) == "sending"


def test_a_whole_batch_leaves_over_one_connection(smtp_sink, monkeypatch):
    opened, plain = [], EmailBackend.open

    def counted(self):
        new = plain(self)
        opened.append(bool(new))
        return new

    monkeypatch.setattr(EmailBackend, "open", counted)
    for number in range(1, 31):
        queued(number)
    assert send(now=NOW).sent == 30
    assert sum(opened) == 1


@pytest.mark.parametrize("address", ["a@example.vn, b@example.vn", "a@example.vn b@example.vn"])
def test_two_addresses_in_one_field_reach_nobody(smtp_sink, address):
    mail = queued(address=address)
    assert send(now=NOW) == SendResult(failed=1)
    assert state(mail) == "failed"
    assert smtp_sink.messages == []


def test_the_recipient_is_frozen_when_the_mail_is_planned(smtp_sink):
    mail = queued(address="cu@example.vn")
    mail.person.email = "moi@example.vn"
    mail.person.save()
    assert send(now=NOW).sent == 1
    assert smtp_sink.wait_for(1)[0].recipients == ("cu@example.vn",)


def test_days_without_a_server_are_no_crashes(smtp_sink, settings):
    mail, port = queued(attempts=400), settings.EMAIL_PORT
    settings.EMAIL_PORT = NOBODY
    now = NOW
    for _ in range(2 * claims.GIVEN_UP_AFTER):
        assert send(now=now) == SendResult(later=1)
        mail.refresh_from_db()
        now = mail.not_before
    assert (mail.crashes, mail.attempts) == (0, 400 + 2 * claims.GIVEN_UP_AFTER)
    settings.EMAIL_PORT = port
    assert send(now=now) == SendResult(sent=1)


def test_what_was_claimed_in_vain_leaves_alone_and_after_the_others(smtp_sink):
    suspects = [queued(number, crashes=claims.ALONE_AFTER) for number in (1, 2)]
    calm = [queued(number, crashes=claims.ALONE_AFTER - 1) for number in (3, 4)]
    taken = [{mail.pk for mail in claims.claim(worker=f"w{n}", now=NOW, limit=50)} for n in range(4)]
    assert taken == [{mail.pk for mail in calm}, {suspects[0].pk}, {suspects[1].pk}, set()]


def test_the_last_crash_is_told_on_the_row_and_counted(smtp_sink):
    last = {"state": "sending", "worker": "tot", "lease_until": NOW - MINUTE, "crashes": claims.GIVEN_UP_AFTER - 1}
    guilty, begun = queued(1, **last), queued(2, **last, message_id="<x@y>")
    assert send(now=NOW) == SendResult(failed=1, unknown=1)
    assert [state(guilty), state(begun)] == ["failed", "unknown"]
    assert guilty.last_error == claims.CRASHED
    assert smtp_sink.messages == []


def test_behind_a_very_slow_server_the_rest_goes_back_before_its_lease_is_over(smtp_sink, monkeypatch):
    mails = [queued(number) for number in range(1, 4)]
    monkeypatch.setattr(claims, "LEASE", dt.timedelta(0))
    assert send(now=NOW, limit=3) == SendResult()
    assert [(state(mail), mail.attempts, mail.crashes) for mail in mails] == [("queued", 0, 0)] * 3
