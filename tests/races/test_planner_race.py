"""Eight planners at once, and a planner beside a sender: the ledger holds every rung once, nobody gets two digests."""

import datetime as dt

import pytest

from accounts.roles import Role
from notices.models import Mail, Reminder
from notices.planner import plan
from notices.sender import send
from tests.factories import make_units, make_user, moment
from tests.support.at_once import at_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PLANNERS = 8
UNITS = 126
DUE = dt.date(2026, 11, 30)
NOW = moment(DUE + dt.timedelta(days=3))  # every rung reached: six a person


@pytest.fixture
def owed(fake):
    for number, unit in enumerate(make_units(UNITS)):
        make_user(Role.UNIT_DRAFTER, unit=unit)
        fake.owe(number, unit=unit, due=DUE)
    return fake


def test_eight_planners_write_what_one_would(owed):
    assert at_once(*[lambda: plan(now=NOW)] * PLANNERS) == []
    assert Reminder.objects.count() == UNITS * 6
    assert Reminder.objects.filter(state="planned", offset=-3, mail__isnull=False).count() == UNITS
    assert Mail.objects.count() == UNITS
    assert not Mail.objects.exclude(reminders__state="planned").exists()
    assert plan(now=NOW).reminders == 0
    assert Reminder.objects.count() == UNITS * 6


def test_planners_and_senders_together_send_each_digest_once(owed, smtp_sink):
    def work():
        plan(now=NOW)
        send(now=NOW)

    assert at_once(*[work] * 4) == []
    plan(now=NOW)
    send(now=NOW)
    ids = [received.message["message-id"] for received in smtp_sink.messages]
    assert len(ids) == len(set(ids)) == UNITS
    assert Reminder.objects.filter(state="sent").count() == UNITS
    assert not Reminder.objects.filter(state="planned").exists()
