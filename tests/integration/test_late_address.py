"""People whose address comes late: what could not be written to them this morning leaves today."""

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
