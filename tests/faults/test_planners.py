"""Eight planners at once; a week in which nothing ran."""

import datetime as dt

import pytest

from notices.models import Mail, Reminder
from ops.processes import wait_until
from tests.factories import moment
from tests.integration.test_sender import queued

PLANNERS, RUNGS = 8, 6
DUE = dt.date(2026, 11, 30)  # a Monday


def test_eight_planners_at_once(world):
    world.set_clock(moment(DUE + dt.timedelta(days=3)))  # every rung reached
    world.owe(DUE)
    gate = world.folder / "gate"
    planners = [world.command("plan_reminders", FAULT_GATE=str(gate)) for _ in range(PLANNERS)]
    ready = lambda: len(list(world.folder.glob("gate.ready-*")))  # noqa: E731
    assert wait_until(lambda: ready() == PLANNERS, seconds=120), world.log()
    gate.touch()
    for planner in planners:
        planner.communicate(timeout=120)
    assert [planner.returncode for planner in planners] == [0] * PLANNERS, world.log()
    ledger = Reminder.objects.count()
    assert (ledger, Mail.objects.count()) == (len(world.units) * RUNGS, len(world.units))
    world.run("plan_reminders")
    assert Reminder.objects.count() == ledger
    world.run("send_mail")
    also = f"ledger {ledger} rows = {len(world.units)} × {RUNGS}"
    world.report("eight planners at once", mails=len(world.units), also=also)
    assert Reminder.objects.filter(state="sent").count() == len(world.units)


def test_one_missed_week(world):
    """Everything stands still from the rung “5 days” to after the due day: one mail tells it all."""
    world.owe(DUE)
    before = world.walk([moment(DUE - dt.timedelta(days=17))])
    week = DUE - dt.timedelta(days=5), DUE + dt.timedelta(days=2)
    world.queue(20)  # status mails of the day it stopped
    Mail.objects.filter(kind=Mail.STATUS).update(not_before=moment(week[0]))
    after = world.walk([moment(week[1], hour=10), moment(week[1], hour=11)])
    count = len(world.units)
    assert (before, after) == ([count], [2 * count + 20] * 2)
    states = {}
    for offset, state in Reminder.objects.order_by().values_list("offset", "state"):
        states.setdefault(offset, set()).add(state)
    skipped = {offset: state for offset, state in states.items() if offset not in (999, -1)}
    assert states[-1] == {"sent"}
    assert skipped == {offset: {"superseded"} for offset in (5, 1, 0)}
    also = "one mail a person, three skipped rungs recorded as superseded"
    world.report("one missed week", mails=2 * count + 20, also=also)


def test_the_count_sees_a_reminder_in_two_digests(world):
    """What the column “doubled” rests on: the same row said twice, under two Message-IDs."""
    world.owe_each([DUE])
    world.walk([moment(DUE)])
    assert world.tally().doubled == 0
    again = Mail.objects.get()
    again.pk, again.dedupe_key, again.state, again.message_id = None, "digest:again", "queued", ""
    again.save()
    Reminder.objects.filter(state="sent").update(state="planned", mail=again)
    world.set_clock(moment(DUE + dt.timedelta(days=1)))
    world.run("send_mail")
    assert world.tally().doubled == 1


def test_the_count_sees_a_mail_that_was_thrown_away(world, monkeypatch, tmp_path):
    """What the column “missing” rests on: a mail ended unsent as no longer needed, and one whose row has gone."""
    world.set_clock(moment(DUE))
    world.queue(3)
    lost = Mail.objects.first()
    Mail.objects.filter(pk=lost.pk).update(state="superseded")
    world.run("send_mail")
    assert (world.tally().mails, world.tally().arrived, world.tally().missing) == (3, 2, 1)
    lost.delete()
    assert (world.tally().mails, world.tally().missing) == (2, 0)
    monkeypatch.setenv("FAULTS_RESULTS", str(tmp_path))  # no line of the table
    with pytest.raises(AssertionError):
        world.report("proof of the count", mails=3)


def test_the_count_takes_a_weekly_letter_that_went_along_for_arrived(world):
    world.owe_each([DUE])
    letter = queued(kind=Mail.WEEKLY, state="superseded", person=world.people[0])
    world.walk([moment(DUE)])
    assert (world.tally().mails, world.tally().missing) == (2, 1)
    digest = Mail.objects.get(kind=Mail.DIGEST)
    digest.context["weekly_id"] = letter.pk
    digest.save()
    assert (world.tally().mails, world.tally().missing) == (1, 0)
