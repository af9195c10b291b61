"""People whose address comes late: what could not be written to them this morning leaves today."""

import datetime as dt

import pytest
from django.core import mail as locmem

from accounts.roles import Role
from notices.models import Mail, Reminder
from notices.planner import PlanResult, plan
from notices.sender import send
from notices.states import BY_MACHINE
from tests.factories import TODAY, make_unit, make_user, moment

pytestmark = pytest.mark.django_db


def test_an_address_entered_on_the_due_day_still_helps_that_day(fake):
    unit = make_unit()
    person = make_user(Role.UNIT_DRAFTER, unit=unit, email="")
    fake.owe(unit=unit, due=TODAY)
    plan(now=moment(hour=7))
    person.email = "co@example.vn"
    person.save()
    assert plan(now=moment(hour=8)).mails == 1
    mail = Mail.objects.get()
    assert (mail.state, mail.address, mail.last_error, mail.ended_at) == ("queued", "co@example.vn", "", None)
    assert (Mail.State.FAILED, Mail.State.QUEUED) in BY_MACHINE
    send(now=moment(hour=8))
    assert [(message.to, "Hôm nay là hạn" in message.body) for message in locmem.outbox] == [(["co@example.vn"], True)]
    assert list(Reminder.objects.filter(state="sent").values_list("offset", flat=True)) == [0]
    assert plan(now=moment(hour=9)) == PlanResult()


def refuse(sink, person, at):
    """A reminder goes to the address as it is and is refused for good."""
    sink.script("RCPT", "550 5.1.1 no such user")
    plan(now=at)
    assert send(now=at).failed == 1
    assert sink.messages == []
    person.email = "dung@example.vn"
    person.save()


def test_a_corrected_address_brings_a_refused_reminder_back_the_same_day(fake, smtp_sink):
    unit = make_unit()
    person = make_user(Role.UNIT_DRAFTER, unit=unit, email="sai@example.vn")
    fake.owe(unit=unit, due=TODAY)
    refuse(smtp_sink, person, moment(hour=8))
    assert plan(now=moment(hour=10)).mails == 1
    assert send(now=moment(hour=10)).sent == 1
    assert [one.recipients for one in smtp_sink.messages] == [("dung@example.vn",)]
    assert plan(now=moment(hour=11)) == PlanResult()


def test_a_corrected_address_brings_it_back_on_a_later_day_too(fake, smtp_sink):
    unit = make_unit()
    person = make_user(Role.UNIT_DRAFTER, unit=unit, email="sai@example.vn")
    fake.owe(unit=unit, due=TODAY + dt.timedelta(days=20))  # no rung but the opening for weeks
    refuse(smtp_sink, person, moment(hour=8))
    tomorrow = moment(TODAY + dt.timedelta(days=2))
    assert plan(now=tomorrow).mails == 1
    assert send(now=tomorrow).sent == 1
    assert list(Reminder.objects.values_list("state", flat=True)) == ["sent"]


def test_what_was_refused_is_left_alone_while_the_address_is_the_same(fake, smtp_sink):
    unit = make_unit()
    make_user(Role.UNIT_DRAFTER, unit=unit, email="sai@example.vn")
    fake.owe(unit=unit, due=TODAY + dt.timedelta(days=20))
    smtp_sink.script("RCPT", "550 5.1.1 no such user")
    plan(now=moment(hour=8))
    send(now=moment(hour=8))
    for hour in (9, 10):
        assert plan(now=moment(hour=hour)) == PlanResult()
    assert Mail.objects.get().state == "failed"
