"""The forecast says what the planner will do; a hold keeps it quiet; a moved deadline is seen before it is saved."""

import datetime as dt
import random
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.roles import Role
from districts.models import Holiday
from notices.forecast import forecast
from notices.holds import HoldRefused, lift_hold, make_hold
from notices.loading import load_ladder
from notices.models import Hold, Mail, Reminder, Rung
from notices.moving import preview
from notices.planner import plan
from notices.sender import send
from records.models import AuditEntry
from tests.factories import TODAY, actor, make_specialist, make_unit, make_units, make_user, moment

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 11, 30)  # a Monday, five working days after TODAY
ONE = dt.timedelta(days=1)


def foretold(found):
    return [
        (letter.day, letter.person.pk, tuple(sorted((item.duty.key, item.rung, item.part) for item in letter.items)))
        for letter in found.letters
    ]


def lived(days, fake, start=TODAY):
    """What really leaves when planner and sender run through each day."""
    seen, found = set(Reminder.objects.filter(state="sent").values_list("pk", flat=True)), []
    for number in range(days):
        day = start + ONE * number
        for hour in (8, 17):
            plan(now=moment(day, hour=hour))
            send(now=moment(day, hour=hour, minute=1))
            letters = {}
            for row in Reminder.objects.filter(state="sent").exclude(pk__in=seen):
                seen.add(row.pk)
                part = "told" if row.escalated else part_of(row, fake.open[row.duty_key], day)
                letters.setdefault(row.person_id, []).append((row.duty_key, row.offset, part))
            found += [(day, person, tuple(sorted(items))) for person, items in letters.items()]
    return sorted(found)


def part_of(row, duty, day):
    """Asked of the roles themselves, not of the forecast: owes it, or leads those who do."""
    here = Membership.objects.valid_on(day).filter(unit=row.unit, user__is_active=True)
    roles = {role for role in (duty.roles, duty.stand_ins) if here.filter(role__in=role)}
    owing = duty.roles if duty.roles in roles else duty.stand_ins
    return "owes" if here.filter(role__in=owing, user=row.person_id) else "copy"


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def specialist():
    return actor(make_specialist())


class TheDepartment:
    """Where a duty of the Sở itself is owed."""

    pk = None


def people(chance, units):
    """Roles that begin and end within the span, in the units and at the Sở."""
    for unit in units:
        make_user(Role.UNIT_DRAFTER, unit=unit)
        make_user(Role.UNIT_LEADER, unit=unit, since=TODAY + ONE * chance.randrange(-20, 20))
    make_specialist(Role.DEPT_HEAD, since=TODAY + ONE * chance.randrange(-5, 25))
    make_specialist(since=TODAY - ONE * 30)
    for role in (Role.UNIT_DRAFTER, Role.DEPT_SPECIALIST):
        leaver = Membership.objects.filter(role=role).last()
        leaver.valid_to = TODAY + ONE * chance.choice([-3, -2, 2, 7, 15])  # also between a rung's writing and sending
        leaver.save()


def ladder(chance):
    """The default nobody has touched, the default as data, or one with more steps told to the Sở."""
    which = chance.randrange(3)
    if which:
        load_ladder()
    if which == 2:
        Rung.objects.filter(offset=-1).update(tell_department=True)
        Rung.objects.filter(offset=-3).update(tell_department=False, copy_leader=chance.random() < 0.5)
        Rung.objects.create(kind="fake", offset=-6, tell_department=True)
        Rung.objects.create(kind="fake", offset=-9, tell_department=True, active=False)


def duties(chance, fake, units):
    specialist = Membership.objects.filter(role=Role.DEPT_SPECIALIST).first().user_id
    for number in range(1, 15):
        due = TODAY + ONE * chance.randrange(-6, 24)
        fake.owe(
            number,
            unit=chance.choice(units),
            due=due,
            grace_until=chance.choice([None, None, due + ONE * 3]),
            ends_on=chance.choice([None, None, due, due + ONE * 4]),
            opened=TODAY + ONE * chance.choice([-30, -30, -2, 3, 9]),
            calm=number == 10,
            stand_ins=chance.choice([frozenset(), frozenset({Role.UNIT_LEADER})]),
            assignee_id=chance.choice([None, specialist]),
        )
    fake.owe(
        20, unit=TheDepartment, due=TODAY + ONE * chance.randrange(-4, 12), roles=frozenset({Role.DEPT_SPECIALIST})
    )


# Thirty days, lived through, take seconds each: the quick run lives two of them.
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 9))])
def test_what_is_foretold_is_what_happens(fake, specialist, seed):
    """The law of this page: day by day through the span, the planner writes what was foretold, to nobody else."""
    chance = random.Random(seed)
    Holiday.objects.create(day=dt.date(2026, 12, 2), name="Nghỉ", kind=Holiday.Kind.HOLIDAY)
    Holiday.objects.create(day=dt.date(2026, 12, 5), name="Làm bù", kind=Holiday.Kind.WORKING_DAY)
    units = make_units(4)
    people(chance, units)
    ladder(chance)
    duties(chance, fake, units)
    plan(now=moment(TODAY - ONE * 4, hour=9))  # a ledger that already holds something, partly unsent
    closed = [fake.open.pop(f"fake:{number}") for number in chance.sample(range(4, 15), 4)]
    if chance.random() < 0.5:
        send(now=moment(TODAY - ONE * 4, hour=9))
    fake.open |= {duty.key: duty for duty in closed}  # dropped unsent, open again
    moved = fake.open["fake:3"]
    strayed = fake.open["fake:12"]
    fake.open["fake:12"] = replace(strayed, unit_id=next(unit.pk for unit in units if unit.pk != strayed.unit_id))
    fake.owe(3, unit=next(unit for unit in units if unit.pk == moved.unit_id), due=moved.due + ONE * 5)
    spans = [(0, 6), (chance.randrange(1, 10), 14)]
    for (since, until), target in zip(spans, ({"unit": units[0]}, {"duty_key": "fake:1"}), strict=True):
        make_hold(
            **target,
            title="x",
            reason="Chờ văn bản",
            since=TODAY + ONE * since,
            until=TODAY + ONE * until,
            actor=specialist,
            now=moment(hour=6),
        )
    says = sorted(foretold(forecast(now=moment(hour=6))))
    assert {part for *_, items in says for *_, part in items} == {"owes", "copy", "told"}
    assert lived(30, fake) == says


def test_after_today_s_digest_the_next_is_foretold_for_tomorrow(fake, unit):
    make_user(Role.UNIT_DRAFTER, unit=unit)
    fake.owe(1, unit=unit, due=DUE)
    plan(now=moment(hour=8))
    send(now=moment(hour=8))
    fake.owe(2, unit=unit, due=DUE)
    days = [day for day, _, items in foretold(forecast(now=moment(hour=10))) if ("fake:2", 5, "owes") in items]
    assert days == [TODAY + ONE]
    assert forecast(now=moment(hour=18)).letters[0].day == TODAY + ONE


def test_who_cannot_be_reached_is_named(fake, unit):
    lonely = make_unit("Xã Vắng")
    make_user(Role.UNIT_DRAFTER, unit=unit, email="")
    fake.owe(1, unit=unit, due=DUE)
    fake.owe(2, unit=lonely, due=DUE)
    found = forecast(now=moment())
    assert {letter.address for letter in found.letters} == {""}
    assert [duty.key for duty in found.unpeopled] == ["fake:2"]


def test_the_number_of_queries_does_not_follow_the_number_of_duties(fake):
    units = make_units(30)
    for unit in units:
        make_user(Role.UNIT_DRAFTER, unit=unit)
    fake.owe(0, unit=units[0], due=DUE)
    with CaptureQueriesContext(connection) as few:
        forecast(now=moment())
    for number, unit in enumerate(units):
        fake.owe(number, unit=unit, due=DUE)
    with CaptureQueriesContext(connection) as many:
        found = forecast(now=moment())
    assert len({letter.person for letter in found.letters}) == 30
    assert len(many) == len(few)


def hold(specialist, *, days=3, now=None, **target):
    return make_hold(
        **target,
        title="Xã Ứng Hòa",
        reason="Đang bàn giao",
        since=TODAY,
        until=TODAY + ONE * days,
        actor=specialist,
        now=now or moment(hour=6),
    )


def test_a_hold_quiets_one_unit_and_ends_by_itself(fake, unit, specialist):
    other = make_unit("Xã Khác")
    quiet, loud = (make_user(Role.UNIT_DRAFTER, unit=one) for one in (unit, other))
    for number, one in enumerate((unit, other)):
        fake.owe(number, unit=one, due=DUE)
    hold(specialist, unit=unit)
    plan(now=moment())
    assert set(Mail.objects.values_list("person", flat=True)) == {loud.pk}
    found = forecast(now=moment())
    assert [(one.title, [duty.key for duty in duties]) for one, duties in found.quiet] == [("Xã Ứng Hòa", ["fake:0"])]
    plan(now=moment(TODAY + ONE * 4, hour=9))
    assert Reminder.objects.get(person=quiet, state="planned").offset == 1
    assert AuditEntry.objects.get(action="hold.made").detail["reason"] == "Đang bàn giao"


def test_a_hold_takes_back_what_waits_and_leaves_what_was_sent(fake, unit, specialist):
    make_user(Role.UNIT_DRAFTER, unit=unit)
    fake.owe(1, unit=unit, due=DUE)
    fake.owe(2, unit=unit, due=DUE)
    plan(now=moment(hour=6))
    mine = hold(specialist, duty_key="fake:1")
    assert send(now=moment(hour=8)).sent == 1
    assert dict(Reminder.objects.filter(offset=5).values_list("duty_key", "state")) == {
        "fake:1": "held",
        "fake:2": "sent",
    }
    lift_hold(hold=mine, actor=specialist, now=moment(hour=9))
    assert Reminder.objects.get(duty_key="fake:1", offset=5).state == "planned"
    plan(now=moment(TODAY + ONE))
    assert send(now=moment(TODAY + ONE)).sent == 1
    assert Reminder.objects.get(duty_key="fake:1", offset=5).state == "sent"
    assert AuditEntry.objects.filter(action="hold.lifted").count() == 1


def test_a_mail_claimed_before_the_hold_does_not_carry_it(fake, unit, specialist):
    """The hold commits after the claim and before the text is written."""
    make_user(Role.UNIT_DRAFTER, unit=unit)
    fake.owe(1, unit=unit, due=DUE)
    plan(now=moment(hour=8))
    Mail.objects.update(state="sending", worker="x", lease_until=moment(hour=8, minute=1))
    hold(specialist, unit=unit, now=moment(hour=8, minute=0, second=1))
    assert Reminder.objects.get(offset=5).state == "planned"  # on its way, so to say
    send(now=moment(hour=9))  # the lease ran out: claimed anew, written anew
    assert Mail.objects.get().state == "superseded"
    assert Reminder.objects.get(offset=5).state == "held"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"reason": "  "}, "Nhập lý do"),
        ({"until": TODAY - ONE}, "phải từ"),
        ({"since": TODAY - ONE * 9, "until": TODAY - ONE}, "đã qua"),
        ({"until": TODAY + ONE * 500}, "một năm"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused_with_a_sentence(unit, specialist, values, words):
    fields = {"reason": "Chờ", "since": TODAY, "until": TODAY, "title": "x", "unit": unit, **values}
    with pytest.raises(HoldRefused, match=words):
        make_hold(**fields, actor=specialist, now=moment())
    assert not Hold.objects.exists()


def test_only_once_and_only_by_the_department(unit, specialist):
    made = hold(specialist, unit=unit)
    with pytest.raises(HoldRefused, match="Đã có lần tạm dừng từ ngày"):
        hold(specialist, unit=unit)
    with pytest.raises(HoldRefused, match="chuyên viên"):
        hold(actor(make_user(Role.UNIT_LEADER, unit=unit)), unit=unit)
    lift_hold(hold=made, actor=specialist, now=moment())
    with pytest.raises(HoldRefused, match="đã hết hạn hoặc đã được bỏ"):
        lift_hold(hold=made, actor=specialist, now=moment())


def test_a_moved_deadline_is_told_per_rung(fake, unit):
    make_user(Role.UNIT_DRAFTER, unit=unit)
    duty = fake.owe(1, unit=unit, due=DUE)
    plan(now=moment(hour=8))
    send(now=moment(hour=8))
    found = preview([duty], [replace(duty, due=DUE + ONE * 7)], now=moment(hour=10))
    rungs = {rung.offset: (sorted(rung.days_before), sorted(rung.days_after)) for rung in found.rungs}
    assert rungs[1] == ([dt.date(2026, 11, 27)], [dt.date(2026, 12, 4)])
    assert rungs[5] == ([], [DUE])
    assert rungs[0] == ([DUE], [DUE + ONE * 7])
    assert (found.people_before, found.people_after) == (1, 1)
    assert not Reminder.objects.filter(due=DUE + ONE * 7).exists()
