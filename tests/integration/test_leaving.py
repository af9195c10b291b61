"""What is asked of every mail at the moment it leaves: is its reader still there, is it still day, is it still true."""

import datetime as dt

import pytest

from accounts.models import Membership
from accounts.roles import Role
from districts.models import Holiday
from notices import claims
from notices.holds import lift_hold, make_hold
from notices.models import Mail, Reminder
from notices.planner import plan
from notices.sender import SendResult, send
from notices.settling import settle_by_hand
from tests.factories import TODAY, actor, make_specialist, make_unit, make_user, moment
from tests.integration.test_sender import queued, state
from tests.support.mail import DROP

pytestmark = pytest.mark.django_db
NOW = moment()
ONE = dt.timedelta(days=1)
DUE = dt.date(2026, 11, 30)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit)


@pytest.fixture
def specialist():
    return make_specialist()


def weekly(person, number=1, **fields):
    return queued(number, kind=Mail.WEEKLY, person=person, dedupe_key=f"weekly:{person.pk}:{number}", **fields)


# --- the reader -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Mail.STATUS, Mail.WEEKLY])
def test_who_has_left_gets_no_mail_of_any_kind(smtp_sink, specialist, kind):
    mail, other = queued(1, person=specialist, kind=kind), queued(2)
    specialist.is_active = False
    specialist.save()
    assert send(now=NOW) == SendResult(sent=1, superseded=1)
    assert [state(mail), state(other)] == ["superseded", "sent"]


def test_who_leaves_while_the_server_holds_the_mail_before(smtp_sink, specialist, monkeypatch):
    """The batch was claimed, and its people read, while the account was open."""
    first, second = queued(1), queued(2, person=specialist)
    take = claims.claim

    def claim(**values):
        mails = take(**values)
        specialist.is_active = False
        specialist.save()
        return mails

    monkeypatch.setattr(claims, "claim", claim)
    assert send(now=NOW) == SendResult(sent=1, superseded=1)
    assert [state(first), state(second)] == ["sent", "superseded"]


def test_the_weekly_letter_is_for_who_has_a_role_at_the_department_that_day(smtp_sink, specialist):
    stays, goes = weekly(specialist), weekly(make_specialist(), 2)
    Membership.objects.filter(user=goes.person).update(valid_to=TODAY - ONE)
    assert send(now=NOW) == SendResult(sent=1, superseded=1)
    assert [state(stays), state(goes)] == ["sent", "superseded"]


def test_of_two_weekly_letters_the_newer_leaves(smtp_sink, specialist):
    """The server was away over the week-end: nobody wants last week's."""
    old, new = weekly(specialist, 1), weekly(specialist, 2)
    assert send(now=NOW) == SendResult(sent=1, superseded=1)
    assert [state(old), state(new)] == ["superseded", "sent"]


# --- the hour -------------------------------------------------------------------------------------


def test_weekly_letters_keep_office_hours(smtp_sink, specialist):
    mail = weekly(specialist)
    Holiday.objects.create(day=TODAY + ONE, name="Nghỉ", kind=Holiday.Kind.HOLIDAY)
    for closed in (moment(hour=18), moment(TODAY + ONE, hour=6), moment(TODAY + ONE, hour=9)):
        assert send(now=closed) == SendResult()
    assert send(now=moment(TODAY + 2 * ONE, hour=7)).sent == 1
    assert state(mail) == "sent"


def test_a_slow_batch_does_not_run_on_after_six(fake, smtp_sink, unit, drafter, monkeypatch):
    """Claimed in time; the server holds the first mail until the day is over."""
    make_user(Role.UNIT_DRAFTER, unit=unit)
    fake.owe(unit=unit, due=DUE)
    plan(now=moment(hour=17))
    step = queued(9, not_before=moment(hour=17))
    take, passed = smtp_sink.handle_DATA, []
    monkeypatch.setattr("notices.sender._Clock.spent", lambda clock: 120.0 if passed else 0.0)

    async def slow(server, session, envelope):
        passed.append(1)
        return await take(server, session, envelope)

    monkeypatch.setattr(smtp_sink, "handle_DATA", slow)
    assert send(now=moment(hour=17, minute=59)) == SendResult(sent=2)
    assert state(step) == "sent"
    left = Mail.objects.get(state="queued")
    assert (left.kind, left.attempts, left.worker) == (Mail.DIGEST, 0, "")


# --- what may have been said ----------------------------------------------------------------------


@pytest.fixture
def in_doubt(fake, smtp_sink, unit, drafter, specialist):
    """A digest of two duties whose fate is unknown."""
    fake.owe(1, unit=unit, due=DUE)
    fake.owe(2, unit=unit, due=DUE)
    plan(now=NOW)
    smtp_sink.script("DATA", DROP)
    assert send(now=NOW).unknown == 1
    return Mail.objects.get()


def held_and_lifted(mail, specialist):
    """The hold was made while the mail was leaving: its rows step back although the text names them."""
    hold = make_hold(
        duty_key="fake:1", title="x", reason="Chờ", since=TODAY, until=TODAY + ONE, actor=actor(specialist), now=NOW
    )
    Reminder.objects.filter(duty_key="fake:1", state="planned").update(state="held")
    return hold


def test_the_end_of_a_hold_does_not_send_again_what_is_in_doubt(fake, in_doubt, specialist):
    hold = held_and_lifted(in_doubt, specialist)
    lift_hold(hold=hold, actor=actor(specialist), now=moment(hour=10))
    assert Reminder.objects.get(duty_key="fake:1", offset=5).mail == in_doubt
    for days in (1, 2):
        assert plan(now=moment(TODAY + days * ONE)).mails == 0
    settle_by_hand(mail_id=in_doubt.pk, action="arrived", user=specialist, now=moment(TODAY + 2 * ONE))
    assert set(Reminder.objects.filter(offset=5).values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize("lifted", [False, True])
def test_what_arrived_while_it_was_held_has_been_said(fake, in_doubt, specialist, lifted):
    held_and_lifted(in_doubt, specialist)
    settle_by_hand(mail_id=in_doubt.pk, action="arrived", user=specialist, now=moment(hour=10))
    if lifted:
        plan(now=moment(TODAY + 2 * ONE))
    assert set(Reminder.objects.filter(offset=5).values_list("state", flat=True)) == {"sent"}


def test_held_back_while_its_mail_was_leaving_it_is_sent_with_the_mail(fake, smtp_sink, unit, drafter, monkeypatch):
    fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    begin = claims.begin

    def held_meanwhile(mail, **values):
        Reminder.objects.filter(state="planned").update(state="held")
        return begin(mail, **values)

    monkeypatch.setattr(claims, "begin", held_meanwhile)
    assert send(now=NOW).sent == 1
    assert Reminder.objects.get(offset=5).state == "sent"


def test_what_was_linked_too_late_to_a_mail_in_doubt_waits_for_the_next(fake, in_doubt, smtp_sink, drafter):
    late = Reminder.objects.filter(duty_key="fake:2", offset=5)
    ids = [pk for pk in in_doubt.context["reminder_ids"] if pk != late.get().pk]
    Mail.objects.update(context={**in_doubt.context, "reminder_ids": ids})
    assert plan(now=moment(TODAY + ONE)).mails == 1
    assert late.get().mail != in_doubt
    assert Reminder.objects.get(duty_key="fake:1", offset=5).mail == in_doubt


# --- addresses ------------------------------------------------------------------------------------


def test_a_digest_that_is_needed_after_all_goes_to_today_s_address(fake, smtp_sink, unit, drafter):
    duty = fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    fake.close(duty.key)
    assert send(now=NOW).superseded == 1
    drafter.email = "moi@example.vn"
    drafter.save()
    fake.open[duty.key] = duty
    plan(now=moment(hour=10))
    assert send(now=moment(hour=10)).sent == 1
    assert smtp_sink.wait_for(1)[0].recipients == ("moi@example.vn",)


def test_without_an_address_only_the_present_date_waits(fake, unit):
    person = make_user(Role.UNIT_DRAFTER, unit=unit, email="")
    fake.owe(1, unit=unit, due=DUE)
    fake.owe(2, unit=unit, due=DUE)
    plan(now=NOW)
    fake.owe(1, unit=unit, due=DUE + 7 * ONE)
    fake.close("fake:2")
    plan(now=moment(hour=10))
    rows = Reminder.objects.filter(person=person).exclude(state="superseded")
    assert set(rows.values_list("duty_key", "due", "state")) == {
        ("fake:1", DUE, "dropped"),
        ("fake:2", DUE, "dropped"),
        ("fake:1", DUE + 7 * ONE, "planned"),
    }
