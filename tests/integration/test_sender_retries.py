"""The sender and its ladders: which answer makes a mail wait how long, and what a run that must end leaves behind."""

import datetime as dt

import pytest
from django.core.mail.backends.smtp import EmailBackend

from notices import claims
from notices.models import Mail
from notices.sender import SendResult, send
from notices.settling import settle_by_hand
from tests.factories import NOW, make_specialist
from tests.integration.test_sender import queued, state

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


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
def test_the_answer_decides_how_long_a_mail_waits(smtp_sink, stage, answer, least, most):
    mail = queued()
    smtp_sink.script(stage, answer)
    assert send(now=NOW) == SendResult(later=1)
    assert least * MINUTE <= waited(mail) <= most * MINUTE
    assert (mail.state, mail.refusals, mail.message_id, mail.worker) == ("queued", 1, "", "")
    assert mail.last_error.startswith(answer[:3])
    assert send(now=mail.not_before) == SendResult(sent=1)
    assert len(smtp_sink.messages) == 1


def test_each_refusal_waits_longer_and_the_last_is_final(smtp_sink):
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
