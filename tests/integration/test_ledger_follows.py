"""What waits in the ledger follows its duty: to another unit, and away once it is closed – in mails and in the inbox."""

import datetime as dt

import pytest
from django.core import mail as locmem
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from dossiers.duties import SignatureProvider
from notices.duties import providers
from notices.holds import make_hold
from notices.models import InboxItem, Mail, Reminder
from notices.planner import plan
from notices.sender import send
from reports.models import Obligation
from reports.opening import move_responsibility
from tests.factories import TODAY, actor, make_cycle, make_specialist, make_unit, make_user, moment
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)
DUE = dt.date(2026, 11, 30)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def other():
    return make_unit("Xã Mới")


def works_for(user, unit):
    Membership.objects.create(user=user, unit=unit, role=Role.UNIT_DRAFTER, valid_from=TODAY - 100 * ONE)


def run(day, *hours):
    for hour in hours:
        plan(now=moment(day, hour=hour))
        send(now=moment(day, hour=hour))


def test_who_works_for_both_units_is_written_to_once_about_what_moved(unit, other):
    drafter = make_user(Role.UNIT_DRAFTER, unit=unit)
    works_for(drafter, other)
    cycle = make_cycle(units=[unit], due_on=DUE)
    plan(now=moment(hour=6))
    move_responsibility(
        obligation=Obligation.objects.get(cycle=cycle),
        to_unit=other,
        resolution="NQ 1",
        actor=actor(make_specialist()),
        now=moment(hour=6, minute=30),
    )
    run(TODAY, 7, 8, 9, 10)
    (message,) = locmem.outbox
    assert message.to == [drafter.email]
    assert other.body_name in message.body
    row = Reminder.objects.get(offset=5)
    assert (row.unit, row.state) == (other, "sent")
    assert InboxItem.objects.filter(person=drafter).count() == 1


def test_the_sending_between_the_move_and_the_planner_loses_nothing(fake, unit, other):
    works_for(make_user(Role.UNIT_DRAFTER, unit=unit), other)
    fake.owe(unit=unit, due=DUE)
    plan(now=moment(hour=6))
    fake.owe(unit=other, due=DUE)
    send(now=moment(hour=7))
    run(TODAY, 8, 9, 10)
    assert len(locmem.outbox) == 1


def test_the_sight_of_the_department_names_the_unit_that_owes_it_now(fake, unit, other):
    specialist = make_specialist()
    late = dt.date(2026, 12, 3)
    fake.owe(unit=unit, due=DUE)
    plan(now=moment(late, hour=6))
    fake.owe(unit=other, due=DUE)
    run(late, 7, 8, 9)
    (message,) = [one for one in locmem.outbox if one.to == [specialist.email]]
    assert "Xã Mới: Báo cáo số 1" in message.body
    assert unit.name not in message.body


def test_the_inbox_says_nothing_of_what_was_closed_while_it_was_held(fake, unit):
    make_user(Role.UNIT_DRAFTER, unit=unit)
    fake.owe(unit=unit, due=DUE)
    plan(now=moment(hour=6))
    boss, span = make_specialist(), {"since": TODAY, "until": TODAY + ONE}
    make_hold(unit=unit, title=unit.name, reason="Bão", **span, actor=actor(boss), now=moment(hour=6))
    run(TODAY, 8)
    InboxItem.objects.all().delete()
    fake.close("fake:1")
    for days in (1, 2, 3):
        run(TODAY + days * ONE, 8)
    assert not InboxItem.objects.exists()
    assert not Mail.objects.exclude(state="superseded").exists()


def test_the_inbox_says_nothing_of_what_was_closed_before_the_next_day(fake, unit):
    make_user(Role.UNIT_DRAFTER, unit=unit)
    fake.owe(1, unit=unit, due=DUE)
    run(TODAY, 8)
    fake.owe(2, unit=unit, due=DUE + ONE, title="Việc hai")
    run(TODAY, 9)
    fake.close("fake:2")
    run(TODAY + ONE, 8)
    assert not InboxItem.objects.filter(title__contains="Việc hai").exists()
    assert Mail.objects.count() == 1


def test_a_dossier_asked_for_twice_is_open_in_its_last_version(unit):
    desk = Desk(due_on=DUE + 20 * ONE)
    desk.fill()
    now = moment(hour=9)
    old = desk.step("submit_for_signature", desk.drafter)
    first = f"signature:{old.pk}:{old.version}"
    desk.step("return_to_drafter", desk.leader, note="Xem lại")
    again = desk.step("submit_for_signature", desk.drafter)
    last = f"signature:{again.pk}:{again.version}"
    assert first != last
    for keys in ([first, last], [last, first]):
        assert SignatureProvider().open_keys(keys, now=now) == {last}


@pytest.mark.parametrize("tail", ["abc", "", "9" * 30, "1:x", "-1", "²"])
def test_no_source_of_duties_stumbles_over_a_key_that_is_none(client, tail):
    person = make_user(Role.UNIT_DRAFTER, unit=make_unit())
    client.force_login(make_specialist(Role.DEPT_ADMIN))
    for provider in providers():
        assert provider.open_keys([f"{provider.prefix}:{tail}"], now=moment()) == set()
        page = client.get(reverse("admin:notices_why_person", args=[person.pk]), {"viec": f"{provider.prefix}:{tail}"})
        assert page.status_code == 200
