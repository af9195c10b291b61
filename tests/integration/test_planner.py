"""The planner: each rung once for each person, whatever runs late, twice or not at all."""

import dataclasses
import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from districts.models import Holiday
from notices.ladder import default_rungs
from notices.loading import load_ladder
from notices.models import Hold, Mail, Reminder, Rung
from notices.planner import PlanResult, ladders_of, plan
from tests.factories import TODAY, make_specialist, make_unit, make_units, make_user, moment

pytestmark = pytest.mark.django_db

DUE = dt.date(2026, 11, 30)  # a Monday, five working days after TODAY


def offsets(state, person=None):
    rows = Reminder.objects.filter(state=state)
    rows = rows.filter(person=person) if person else rows
    return sorted(rows.values_list("offset", flat=True))


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit)


def test_one_rung_one_digest_and_nothing_the_second_time(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    assert plan(now=moment()) == PlanResult(reminders=1, superseded=1, mails=1)
    assert plan(now=moment(hour=9, minute=10)) == PlanResult()
    reminder = Reminder.objects.get(state="planned")
    assert (reminder.offset, reminder.person, reminder.unit) == (5, drafter, unit)
    assert reminder.mail.dedupe_key == f"digest:{drafter.pk}:2026-11-23"
    assert offsets("superseded") == [999]


def test_several_duties_share_one_digest(fake, unit, drafter):
    for number in range(1, 5):
        fake.owe(number, unit=unit, due=DUE)
    assert plan(now=moment()).mails == 1
    assert Reminder.objects.filter(state="planned", mail=Mail.objects.get()).count() == 4


def test_missed_days_are_caught_up_with_the_most_advanced_rung_only(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    plan(now=moment())
    Mail.objects.update(state="sent")
    Reminder.objects.filter(state="planned").update(state="sent")
    plan(now=moment(DUE + dt.timedelta(days=2)))  # the planner slept over the rungs 1, 0
    assert offsets("planned") == [-1]
    assert offsets("superseded") == [0, 1, 999]
    assert Mail.objects.count() == 2


def test_what_still_waits_is_replaced_by_the_rung_reached_since(fake, unit, drafter):
    """The server was away for days: one digest, one line about the duty."""
    fake.owe(unit=unit, due=DUE)
    plan(now=moment())
    assert plan(now=moment(DUE)).superseded == 2  # 1, jumped over, and 5, which waited
    assert offsets("planned") == [0]
    assert offsets("superseded") == [1, 5, 999]
    assert Mail.objects.get().reminders.get(state="planned").offset == 0


def test_when_today_s_digest_is_out_the_reminder_waits_for_tomorrow(fake, unit, drafter):
    fake.owe(1, unit=unit, due=DUE)
    plan(now=moment(hour=8))
    Mail.objects.update(state="sent")
    Reminder.objects.filter(state="planned").update(state="sent")
    fake.owe(2, unit=unit, due=DUE)
    assert plan(now=moment(hour=10)) == PlanResult(reminders=1, superseded=1, waiting=1)
    assert plan(now=moment(TODAY + dt.timedelta(days=1))).mails == 1
    assert Reminder.objects.get(duty_key="fake:2", state="planned").mail.dedupe_key.endswith("2026-11-24")


def test_a_digest_still_in_the_queue_takes_new_reminders(fake, unit, drafter):
    fake.owe(1, unit=unit, due=DUE)
    plan(now=moment(hour=17))
    fake.owe(2, unit=unit, due=DUE)
    plan(now=moment(TODAY + dt.timedelta(days=1)))  # the mail server was away over night
    assert Mail.objects.get().reminders.filter(state="planned").count() == 2


def test_a_digest_that_was_not_needed_frees_the_day(fake, unit, drafter):
    fake.owe(1, unit=unit, due=DUE)
    plan(now=moment(hour=8))
    Mail.objects.update(state="superseded")
    Reminder.objects.filter(state="planned").update(state="dropped")
    fake.owe(2, unit=unit, due=TODAY)
    assert plan(now=moment(hour=10)).mails == 1
    assert Mail.objects.get().state == "queued"


def test_a_moved_due_date_starts_a_new_ladder(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    plan(now=moment())
    fake.owe(unit=unit, due=DUE + dt.timedelta(days=14))
    plan(now=moment(hour=10))
    assert set(Reminder.objects.values_list("due", "offset")) == {
        (DUE, 5),
        (DUE, 999),
        (DUE + dt.timedelta(days=14), 999),
    }


def test_calm_and_unopened_duties_are_not_mailed(fake, unit, drafter):
    fake.owe(1, unit=unit, due=DUE, calm=True)
    fake.owe(2, unit=unit, due=DUE, opened=TODAY + dt.timedelta(days=1))
    assert plan(now=moment()) == PlanResult()


def test_the_leader_is_copied_on_his_rung_only(fake, unit, drafter):
    leader = make_user(Role.UNIT_LEADER, unit=unit)
    fake.owe(unit=unit, due=DUE)
    plan(now=moment(DUE))
    assert not Reminder.objects.filter(person=leader).exists()
    plan(now=moment(DUE + dt.timedelta(days=3)))
    assert offsets("planned", leader) == [-3]
    assert offsets("superseded", leader) == [-1]


def test_overdue_the_leader_is_copied_first_and_the_department_told_later(fake, unit, drafter):
    leader, specialist = make_user(Role.UNIT_LEADER, unit=unit), make_specialist()
    fake.owe(unit=unit, due=DUE)
    for days, copied, told in ((0, [], []), (1, [-1], []), (3, [-3], [-3])):
        plan(now=moment(DUE + dt.timedelta(days=days)))
        assert (offsets("planned", leader), offsets("planned", specialist)) == (copied, told)


def test_what_a_unit_settles_among_its_own_is_never_told_to_the_department():
    for kind in ("signature", "call_closing", "rework"):
        assert not any(step.tells for step in default_rungs(kind))
        assert any(step.copy_leader for step in default_rungs(kind))
    for kind in ("report", "report_supplement", "proposal_returned", "letter"):
        assert [step.offset for step in default_rungs(kind) if step.tells] == [-3]


def test_a_leader_who_owes_the_duty_is_reminded_like_everybody(fake, unit):
    leader = make_user(Role.UNIT_LEADER, unit=unit)
    fake.owe(unit=unit, due=DUE, roles=frozenset({Role.UNIT_LEADER}))
    plan(now=moment(DUE + dt.timedelta(days=3)))
    assert offsets("planned", leader) == [-3]
    assert offsets("superseded", leader) == [-1, 0, 1, 5, 999]


def test_who_has_no_address_is_seen_in_the_outbox_and_told_once_there_is_one(fake, unit):
    person = make_user(Role.UNIT_DRAFTER, unit=unit, email="")
    fake.owe(unit=unit, due=DUE)
    assert plan(now=moment()) == PlanResult(reminders=1, superseded=1, unreachable=1)
    mail = Mail.objects.get()
    assert (mail.state, mail.last_error) == ("failed", "Người nhận chưa có địa chỉ thư điện tử.")
    assert mail.reminders.get().offset == 5
    assert plan(now=moment(hour=10)) == PlanResult()
    person.email = "moi@example.vn"
    person.save()
    assert plan(now=moment(TODAY + dt.timedelta(days=1))).mails == 1


@pytest.mark.parametrize(
    ("day", "hour", "mails"),
    [
        (dt.date(2026, 11, 23), 18, 0),  # too late today
        (dt.date(2026, 11, 23), 17, 1),
        (dt.date(2026, 11, 28), 9, 0),  # a Saturday
        (dt.date(2026, 11, 27), 9, 0),  # a day off
    ],
)
def test_reminders_keep_office_hours(fake, unit, drafter, day, hour, mails):
    Holiday.objects.create(day=dt.date(2026, 11, 27), name="Nghỉ", kind=Holiday.Kind.HOLIDAY)
    fake.owe(unit=unit, due=DUE)
    assert plan(now=moment(day, hour=hour)).mails == mails


def test_before_seven_the_mail_waits_until_seven(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    plan(now=moment(hour=1))
    assert Mail.objects.get().not_before == moment(hour=7)


def test_the_due_day_itself_counts_even_when_it_is_a_day_off(fake, unit, drafter):
    saturday = dt.date(2026, 11, 28)
    fake.owe(1, unit=unit, due=saturday)
    fake.owe(2, unit=unit, due=DUE)
    plan(now=moment(saturday))
    assert Reminder.objects.get(state="planned").duty_key == "fake:1"


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Ho_Chi_Minh"])
def test_the_server_s_own_time_zone_does_not_matter(fake, unit, drafter, zone):
    from zoneinfo import ZoneInfo

    fake.owe(unit=unit, due=DUE)
    plan(now=moment(DUE, hour=8).astimezone(ZoneInfo(zone)))
    assert offsets("planned") == [0]


def test_the_number_of_queries_does_not_follow_the_number_of_duties(fake):
    units = make_units(30)
    for unit in units:
        make_user(Role.UNIT_DRAFTER, unit=unit)
    fake.owe(0, unit=units[0], due=DUE)
    with CaptureQueriesContext(connection) as few:
        plan(now=moment())
    for number, unit in enumerate(units):
        fake.owe(number, unit=unit, due=DUE)
    with CaptureQueriesContext(connection) as many:
        plan(now=moment(hour=10))
    assert Mail.objects.count() == 30
    assert len(many) <= len(few) + 2  # batches of the bulk insert


def test_the_ladder_is_loaded_once_and_an_administrator_s_change_stays(fake, unit, drafter):
    assert load_ladder() == 6
    assert ladders_of({"fake"}) == {"fake": list(default_rungs("fake"))}
    Rung.objects.filter(offset=5).update(active=False)
    Rung.objects.filter(offset=999).delete()
    assert load_ladder() == 0
    fake.owe(unit=unit, due=DUE)
    assert plan(now=moment()) == PlanResult()


def test_commands_run_the_same_code(fake, unit, drafter, capsys, time_machine):
    time_machine.move_to(moment())
    fake.owe(unit=unit, due=DUE)
    call_command("load_ladder")
    call_command("plan_reminders")
    out = capsys.readouterr().out
    assert "mốc nhắc: thêm 6" in out
    assert "thư: 1" in out


def test_a_hold_on_something_else_changes_nothing_and_its_end_frees_what_was_held(fake, unit, drafter):
    department = make_specialist()
    owed = fake.owe(1, unit=unit, due=DUE)
    fake.open["fake:2"] = dataclasses.replace(owed, key="fake:2", unit_id=None, roles=frozenset({Role.DEPT_SPECIALIST}))
    plan(now=moment())
    days = {"since": TODAY, "until": DUE, "made_by": department, "made_at": moment(), "reason": "Thử"}
    Hold.objects.create(unit=make_unit(), title="Khác", **days)
    assert plan(now=moment(hour=10)) == PlanResult()
    mine = [
        Hold.objects.create(unit=unit, title="Một", **days),
        Hold.objects.create(duty_key="fake:2", title="2", **days),
    ]
    plan(now=moment(hour=11))
    assert set(Reminder.objects.exclude(state="superseded").values_list("duty_key", "state")) == {
        ("fake:1", "held"),
        ("fake:2", "held"),
    }
    Hold.objects.filter(pk=mine[1].pk).update(lifted_at=moment())
    plan(now=moment(hour=12))
    assert Reminder.objects.get(state="planned").duty_key == "fake:2"
    assert Reminder.objects.get(state="held").duty_key == "fake:1"


@pytest.mark.postgres
@pytest.mark.slow
def test_postgresql_does_not_read_the_whole_queue_for_each_person(fake):
    """A first run after which the statistics still know of nothing: rows read must follow rows written."""
    for number, unit in enumerate(make_units(1200)):
        make_user(Role.UNIT_DRAFTER, unit=unit)
        fake.owe(number, unit=unit, due=DUE)
    before = rows_read()
    plan(now=moment())
    plan(now=moment(hour=10))
    assert Mail.objects.count() == 1200
    assert rows_read() - before < 50 * Reminder.objects.count()


def rows_read():
    """Rows and index entries this transaction has looked at."""
    tables = "('notices_reminder'::regclass, 'notices_mail'::regclass, 'notices_inboxitem'::regclass)"
    indexes = f"SELECT indexrelid FROM pg_index WHERE indrelid IN {tables}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class"
            f" WHERE oid IN {tables} OR oid IN ({indexes})"
        )
        return cursor.fetchone()[0]
