"""One digest a person and day, by the day it leaves – whatever day it was planned for."""

import datetime as dt

import pytest

from accounts.roles import Role
from notices import claims
from notices.forecast import forecast
from notices.models import Mail, Reminder
from notices.planner import plan
from notices.sender import send
from notices.settling import settle_by_hand
from tests.factories import TODAY, make_specialist, make_unit, make_user, moment
from tests.support.mail import LOSE_REPLY

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)
DUE = dt.date(2026, 11, 30)
TOMORROW = TODAY + ONE


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit)


@pytest.fixture
def left_over(fake, unit, drafter):
    """Planned at ten to six in the evening, not sent that day."""
    fake.owe(1, unit=unit, due=DUE)
    plan(now=moment(hour=17, minute=50))


def test_yesterday_s_digest_sent_this_morning_is_today_s(fake, smtp_sink, unit, drafter, left_over):
    assert send(now=moment(TOMORROW, hour=7)).sent == 1
    fake.owe(2, unit=unit, due=DUE)
    assert plan(now=moment(TOMORROW, hour=7, minute=10)).waiting == 1
    assert send(now=moment(TOMORROW, hour=7, minute=10)).sent == 0
    days = [letter.day for letter in forecast(now=moment(TOMORROW, hour=8)).letters]
    assert days[0] == TOMORROW + ONE
    plan(now=moment(TOMORROW + ONE))
    assert send(now=moment(TOMORROW + ONE)).sent == 1
    assert len(smtp_sink.messages) == 2


def test_doubt_counts_as_the_day_s_digest(fake, smtp_sink, unit, drafter, left_over):
    smtp_sink.script("DATA", LOSE_REPLY)
    assert send(now=moment(TOMORROW, hour=7)).unknown == 1
    fake.owe(2, unit=unit, due=DUE)
    assert plan(now=moment(TOMORROW, hour=8)).mails == 0
    assert forecast(now=moment(TOMORROW, hour=8)).letters[0].day == TOMORROW + ONE
    settle_by_hand(mail_id=Mail.objects.get().pk, action="arrived", user=make_specialist(), now=moment(TOMORROW + ONE))
    assert plan(now=moment(TOMORROW + ONE)).mails == 1  # what was settled today arrived yesterday


def test_while_one_is_leaving_no_other_is_written(fake, smtp_sink, unit, drafter, left_over):
    assert len(claims.claim(worker="mot", now=moment(TOMORROW, hour=7), limit=5)) == 1
    fake.owe(2, unit=unit, due=DUE)
    assert plan(now=moment(TOMORROW, hour=7)).mails == 0


def test_two_digests_in_the_queue_leave_on_two_days(fake, smtp_sink, unit, drafter):
    """One that had failed is sent again by hand while the next one waits already."""
    fake.owe(1, unit=unit, due=DUE)
    smtp_sink.script("RCPT", "550 5.1.1 no such user")
    plan(now=moment())
    assert send(now=moment()).failed == 1
    fake.owe(2, unit=unit, due=DUE)
    plan(now=moment(TOMORROW, hour=6))
    first = Mail.objects.get(state="failed")
    settle_by_hand(mail_id=first.pk, action="retry", user=make_specialist(), now=moment(TOMORROW, hour=7))
    assert Mail.objects.filter(state="queued").count() == 2
    assert send(now=moment(TOMORROW, hour=8)).sent == 1
    assert send(now=moment(TOMORROW, hour=9)).sent == 0
    assert send(now=moment(TOMORROW + ONE, hour=8)).sent == 1
    assert set(Reminder.objects.filter(offset=5).values_list("state", flat=True)) == {"sent"}


def test_a_status_mail_does_not_count(fake, smtp_sink, unit, drafter, left_over):
    Mail.objects.create(
        dedupe_key="event:1",
        kind=Mail.STATUS,
        person=drafter,
        address=drafter.email,
        state="sent",
        sent_at=moment(TOMORROW, hour=6),
        template="step",
        not_before=moment(),
    )
    assert send(now=moment(TOMORROW, hour=7)).sent == 1
