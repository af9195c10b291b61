"""What was closed, moved or left and comes back is reminded of again; what was sent or jumped over never is."""

import datetime as dt

import pytest

from accounts.roles import Role
from notices.forecast import forecast
from notices.models import Mail, Reminder
from notices.planner import PlanResult, plan
from notices.sender import send
from tests.factories import TODAY, make_unit, make_user, moment

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)
DUE = dt.date(2026, 11, 30)  # a Monday
LATE = dt.date(2026, 12, 3)  # rung −3, the last


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit)


def run(day, hour=9):
    plan(now=moment(day, hour=hour))
    return send(now=moment(day, hour=hour)).sent


def dropped(fake, day):
    """Planned at half past six, closed before it could leave."""
    plan(now=moment(day, hour=6))
    duty = fake.open.pop("fake:1")
    assert run(day, hour=7) == 0
    assert set(Reminder.objects.exclude(state="superseded").values_list("state", flat=True)) == {"dropped"}
    return duty


@pytest.mark.parametrize("day", [TODAY, LATE])
def test_closed_and_opened_again_on_the_same_day(fake, smtp_sink, unit, drafter, day):
    fake.owe(unit=unit, due=DUE)
    duty = dropped(fake, day)
    fake.open[duty.key] = duty
    says = [letter.day for letter in forecast(now=moment(day, hour=9)).letters]
    assert says[0] == day
    assert run(day) == 1
    row = Reminder.objects.exclude(state="superseded").get()
    assert (row.state, row.planned_at) == ("sent", moment(day))
    for number in range(3):
        assert run(day, hour=10 + number) == 0


def test_opened_again_days_later_only_the_rung_reached_by_then_is_mailed(fake, smtp_sink, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    duty = dropped(fake, TODAY)
    fake.open[duty.key] = duty
    assert run(DUE) == 1
    states = dict(Reminder.objects.values_list("offset", "state"))
    assert states == {999: "superseded", 5: "dropped", 1: "superseded", 0: "sent"}


def test_a_date_moved_away_and_back(fake, smtp_sink, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    plan(now=moment(hour=6))
    fake.owe(unit=unit, due=DUE + 30 * ONE)
    assert send(now=moment(hour=7)).sent == 0
    fake.owe(unit=unit, due=DUE)
    assert run(TODAY, hour=10) == 1
    assert Reminder.objects.get(due=DUE, offset=5).state == "sent"


def test_an_account_closed_and_opened_again(fake, smtp_sink, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    plan(now=moment(hour=6))
    drafter.is_active = False
    drafter.save()
    assert run(TODAY, hour=7) == 0
    drafter.is_active = True
    drafter.save()
    assert run(TODAY) == 1


def test_what_was_sent_or_jumped_over_never_comes_back(fake, smtp_sink, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    assert run(TODAY) == 1
    duty = fake.open.pop("fake:1")
    run(TODAY + ONE)
    fake.open[duty.key] = duty
    for number in range(2, 4):
        assert plan(now=moment(TODAY + number * ONE)) == PlanResult()
    assert Mail.objects.count() == 1


def test_a_rung_dropped_in_days_of_grace_does_not_end_the_one_before_it(fake, smtp_sink, unit, drafter):
    """Overdue, then given days of grace: “the last day” counts again, and was never mailed."""
    fake.owe(unit=unit, due=DUE)
    plan(now=moment(DUE, hour=6))
    duty = fake.open.pop("fake:1")
    assert run(DUE, hour=7) == 0  # rung 0 dropped
    fake.open[duty.key] = duty
    plan(now=moment(DUE + ONE, hour=6))
    fake.owe(unit=unit, due=DUE, grace_until=DUE + 3 * ONE)
    assert send(now=moment(DUE + ONE, hour=7)).sent == 0  # rung −1 dropped: nothing is overdue yet
    assert run(DUE + ONE) == 1
    assert Reminder.objects.get(offset=0).state == "sent"
    assert run(DUE + 4 * ONE) == 1
    assert Reminder.objects.get(offset=-1).state == "sent"
