"""The sender against a real mail server: each mail once, late when the server is away, doubt always visible."""

import datetime as dt

import pytest
from django.core import mail as locmem
from django.core.management import call_command

from accounts.roles import Role
from notices import claims, fresh_texts
from notices.models import Mail, Reminder
from notices.planner import plan
from notices.sender import SendResult, message_id, send
from tests.factories import TODAY, make_unit, make_user, moment
from tests.support.mail import DROP, LOSE_REPLY, NOBODY

pytestmark = pytest.mark.django_db

NOW = moment()
MINUTE = dt.timedelta(minutes=1)
DUE = dt.date(2026, 12, 17)


def queued(number=1, *, person=None, **fields):
    values = {
        "dedupe_key": f"event:{number}",
        "kind": Mail.STATUS,
        "person": person or make_user(),
        "address": f"nhan{number}@example.vn",
        "subject": f"Đã gửi: Đề xuất số {number}",
        "text": "Nội dung",
        "html": "<p>Nội dung</p>",
        "template": "step",
        "not_before": NOW,
        "created_at": NOW,
    }
    return Mail.objects.create(**(values | fields))


def state(mail):
    mail.refresh_from_db()
    return mail.state


def test_a_mail_leaves_in_both_parts_to_one_person_only(smtp_sink):
    mails = [queued(number) for number in (1, 2, 3)]
    assert send(now=NOW) == SendResult(sent=3)
    received = smtp_sink.wait_for(3)
    assert [one.recipients for one in received] == [(mail.address,) for mail in mails]
    message = received[0].message
    assert message["subject"] == "Đã gửi: Đề xuất số 1"
    assert message["message-id"] == message_id("event:1")
    assert message["auto-submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["cc"] is None
    assert message["bcc"] is None
    mails[0].refresh_from_db()
    assert (mails[0].state, mails[0].attempts, mails[0].message_id) == ("sent", 1, message_id("event:1"))
    assert send(now=NOW) == SendResult()
    assert len(smtp_sink.messages) == 3


def test_nothing_leaves_before_its_time_and_never_more_than_the_limit(smtp_sink):
    queued(1, not_before=NOW + MINUTE)
    queued(2)
    queued(3)
    assert send(now=NOW, limit=1).sent == 1
    assert send(now=NOW).sent == 1
    assert send(now=NOW + MINUTE).sent == 1


def test_a_server_that_is_down_delays_the_mail_and_nothing_else(smtp_sink, settings):
    mail, port = queued(), settings.EMAIL_PORT
    settings.EMAIL_PORT = NOBODY
    assert send(now=NOW) == SendResult(later=1)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.worker, mail.message_id) == ("queued", 1, "", "")
    assert "refused" in mail.last_error
    first = mail.not_before - NOW
    assert send(now=NOW) == SendResult()
    assert send(now=mail.not_before) == SendResult(later=1)
    mail.refresh_from_db()
    assert mail.not_before - NOW > 2 * first
    settings.EMAIL_PORT = port
    assert send(now=mail.not_before) == SendResult(sent=1)
    assert len(smtp_sink.messages) == 1


def test_a_temporary_refusal_comes_again_a_final_one_does_not(smtp_sink):
    later, never, fine = queued(1), queued(2), queued(3)
    smtp_sink.script("RCPT", "451 4.7.1 greylisted", "550 5.1.1 no such user")
    assert send(now=NOW) == SendResult(sent=1, later=1, failed=1)
    assert [state(mail) for mail in (later, never, fine)] == ["queued", "failed", "sent"]
    assert never.last_error.startswith("550 5.1.1")
    assert send(now=NOW + 5 * MINUTE) == SendResult(sent=1)
    assert state(later) == "sent"


def test_a_refusal_after_the_text_is_a_plain_answer_too(smtp_sink):
    later, never = queued(1), queued(2)
    smtp_sink.script("DATA", "452 4.3.1 disk full", "554 5.7.1 spam")
    assert send(now=NOW) == SendResult(later=1, failed=1)
    assert [state(later), state(never)] == ["queued", "failed"]


def test_a_server_that_puts_off_for_ever_is_given_up(smtp_sink):
    mail = queued(refusals=99)
    smtp_sink.script("RCPT", "451 4.7.1 greylisted")
    assert send(now=NOW).failed == 1
    assert state(mail) == "failed"


def test_a_goodbye_puts_the_rest_of_the_batch_back(smtp_sink):
    mails = [queued(number) for number in (1, 2, 3, 4)]
    smtp_sink.script("MAIL", None, *["421 4.3.2 closing"] * 2)
    result = send(now=NOW)
    assert (result, result.away) == (SendResult(sent=1, later=3), "421 4.3.2 closing")
    assert [state(mail) for mail in mails] == ["sent", "queued", "queued", "queued"]
    assert [mail.refusals for mail in mails] == [0, 1, 1, 0]  # what was not spoken about has not been refused


def test_a_line_broken_before_the_text_is_safe_to_repeat(smtp_sink):
    mail = queued()
    smtp_sink.script("MAIL", DROP)
    assert send(now=NOW) == SendResult(later=1)
    assert send(now=NOW + 5 * MINUTE) == SendResult(sent=1)
    assert state(mail) == "sent"
    assert len(smtp_sink.messages) == 1


@pytest.mark.parametrize("break_off", [DROP, LOSE_REPLY])
def test_a_line_broken_after_the_text_leaves_doubt_and_no_second_mail(smtp_sink, break_off):
    doubtful, next_one = queued(1), queued(2)
    smtp_sink.script("DATA", break_off)
    assert send(now=NOW) == SendResult(sent=1, unknown=1)
    assert [state(doubtful), state(next_one)] == ["unknown", "sent"]
    assert "chưa rõ" in doubtful.last_error
    before = len(smtp_sink.messages)
    assert send(now=NOW + dt.timedelta(days=3)) == SendResult()
    assert len(smtp_sink.messages) == before


def test_a_lease_that_ran_out_is_doubt_only_when_the_server_was_spoken_to(smtp_sink):
    begun = queued(1, state="sending", worker="tot", lease_until=NOW, message_id="<x@y>", attempts=1)
    claimed = queued(2, state="sending", worker="tot", lease_until=NOW, attempts=1)
    assert send(now=NOW) == SendResult()  # the lease still holds
    assert send(now=NOW + MINUTE) == SendResult(sent=1, unknown=1)
    assert [state(begun), state(claimed)] == ["unknown", "sent"]


def test_who_lost_the_lease_stamps_nothing(smtp_sink):
    queued()
    (held,) = claims.claim(worker="cham", now=NOW, limit=5)
    claims.sweep(now=NOW + claims.LEASE + MINUTE)
    assert send(now=NOW + claims.LEASE + MINUTE).sent == 1
    assert claims.begin(held, now=NOW, message_id="<x@y>") is False
    assert claims.settle(held, Mail.State.FAILED, now=NOW) is False
    assert claims.settle_sent(held, now=NOW) is False
    assert claims.put_back([held], now=NOW, error="") == 0
    assert state(held) == "sent"


def test_headers_cannot_be_injected(smtp_sink):
    attack = "Báo cáo\r\nBcc: ke.gian@example.vn\n\nThân giả"
    subject = queued(1, subject=attack)
    address = queued(2, address="nhan@example.vn\nBcc: ke.gian@example.vn")
    assert send(now=NOW) == SendResult(sent=1, failed=1)
    assert [state(subject), state(address)] == ["sent", "failed"]
    (received,) = smtp_sink.messages
    assert received.recipients == ("nhan1@example.vn",)
    assert received.message["bcc"] is None
    assert received.message["subject"].strip() == "Báo cáo Bcc: ke.gian@example.vn Thân giả"


# --- digests ------------------------------------------------------------------------------------


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Soạn")


def test_a_digest_is_written_from_what_is_open_when_it_leaves(fake, smtp_sink, unit, drafter):
    fake.owe(1, unit=unit, due=DUE)
    fake.owe(2, unit=unit, due=DUE)
    monday = dt.date(2026, 12, 14)
    plan(now=moment(monday))
    fake.close("fake:1")
    assert send(now=moment(monday)).sent == 1
    message = smtp_sink.wait_for(1)[0].message
    assert message["subject"].strip() == "Báo cáo số 2, hạn 17/12/2026: còn 3 ngày làm việc"
    assert "Báo cáo số 1" not in message.get_body(["plain"]).get_content()
    assert Reminder.objects.get(duty_key="fake:1", offset=5).state == "dropped"
    assert Reminder.objects.get(duty_key="fake:2", offset=5).state == "sent"


def test_a_digest_with_nothing_left_does_not_leave(fake, smtp_sink, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    fake.close("fake:1")
    assert send(now=NOW) == SendResult(superseded=1)
    assert smtp_sink.messages == []
    assert Mail.objects.get().state == "superseded"


def test_a_due_date_moved_after_planning_drops_the_old_reminder(fake, smtp_sink, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    fake.owe(unit=unit, due=DUE + dt.timedelta(days=7))
    assert send(now=NOW) == SendResult(superseded=1)


def test_who_has_left_is_not_reminded(fake, smtp_sink, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    drafter.is_active = False
    drafter.save()
    assert send(now=NOW) == SendResult(superseded=1)


def test_a_digest_waits_over_night_and_over_the_weekend_and_leaves_once(fake, smtp_sink, unit, drafter, settings):
    friday, port = TODAY + dt.timedelta(days=4), settings.EMAIL_PORT
    fake.owe(unit=unit, due=friday + dt.timedelta(days=4))
    plan(now=moment(friday, hour=17))
    settings.EMAIL_PORT = NOBODY
    assert send(now=moment(friday, hour=17)).later == 1
    settings.EMAIL_PORT = port
    for late in (moment(friday, 19), moment(friday + dt.timedelta(days=1)), moment(friday + dt.timedelta(days=3), 6)):
        plan(now=late)
        assert send(now=late) == SendResult()
    monday = moment(friday + dt.timedelta(days=3), hour=8)
    plan(now=monday)
    assert send(now=monday).sent == 1
    assert len(smtp_sink.wait_for(1)) == 1
    assert smtp_sink.messages[0].message["subject"].strip().endswith(": còn 1 ngày làm việc")


def test_a_status_mail_leaves_at_any_hour(smtp_sink):
    queued(not_before=moment(hour=23))
    assert send(now=moment(hour=23)).sent == 1


def test_the_number_of_queries_follows_mails_not_duties(
    fake, unit, drafter, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(fresh_texts, "FRESH", 60)  # a busy machine must not make it write the text a second time
    for number in range(30):
        fake.owe(number, unit=unit, due=DUE)
    plan(now=NOW)
    with django_assert_max_num_queries(36):
        assert send(now=NOW).sent == 1
    assert len(locmem.outbox) == 1


def test_the_command_prints_what_it_did(capsys, time_machine):
    time_machine.move_to(NOW)
    queued()
    call_command("send_mail")
    assert "đã gửi: 1" in capsys.readouterr().out
