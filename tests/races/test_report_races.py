"""Reports under many hands at once, on PostgreSQL with real connections: reminders, saving, opening, starting."""

import datetime as dt
import json
import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from accounts.roles import Role
from dossiers import kinds
from dossiers.models import Dossier
from dossiers.refusals import ContentRefused, StepRefused
from notices.models import Mail, Reminder
from notices.planner import plan
from notices.sender import send
from ops.processes import wait_until
from reports.filing import RowConflict, row_token, save_entry, save_sheet, start_report
from reports.models import Cycle, Entry, Obligation, Report
from reports.opening import open_cycles
from tests import factories as make
from tests.support.at_once import at_once
from tests.support.report_desk import Desk, first

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS = 12
DUE = make.TODAY + dt.timedelta(days=7)
AT_DUE = make.moment(DUE)
SAVERS = 3


def desk_of_round(number):
    return Desk(due_on=DUE, year=2000 + number)


def told_of(sink, cycle):
    """Digests so far that name the cycle's title."""
    digests = set(Mail.objects.filter(kind=Mail.DIGEST).values_list("message_id", flat=True))
    told = [received.message for received in sink.messages if received.message["message-id"] in digests]
    return sum(cycle.round.title in str(message["subject"]) for message in told)


def take(desk, action, who):
    """Take the step as the page does; somebody saving at that moment makes it read again."""
    while True:
        try:
            return desk.step(action, who)
        except StepRefused as refused:
            if "đã thay đổi" not in refused.message and "Chưa thực hiện được" not in refused.message:
                raise


class TestReminders:
    """A report sent before the digest asks again is reminded of no more."""

    def waiting(self, number):
        desk = desk_of_round(number)
        desk.fill()
        desk.step("submit_for_signature", desk.drafter)
        return desk

    @pytest.mark.parametrize("planned_first", [True, False])
    def test_no_reminder_leaves_after_the_sending_has_committed(self, smtp_sink, planned_first):
        """Sender and leader meet; whatever leaves later, after the sending, says nothing of this report."""
        for number in range(ROUNDS):
            desk, sent, claimed = self.waiting(number), threading.Event(), []
            if planned_first:
                plan(now=AT_DUE)

            def leader(desk=desk, sent=sent):
                take(desk, "approve_and_send", desk.leader)
                sent.set()

            def remind():
                plan(now=AT_DUE)
                send(now=AT_DUE)

            def remind_after(sent=sent, claimed=claimed):
                assert sent.wait(60)
                claimed += Mail.objects.exclude(state="queued").values_list("pk", flat=True)
                plan(now=AT_DUE)
                send(now=AT_DUE)

            assert at_once(leader, remind, remind_after) == []
            mine = Reminder.objects.filter(duty_key=f"report:{desk.obligation.pk}")
            # What nobody had claimed when the sending stood is asked again, and says nothing of this report.
            assert set(mine.filter(state="sent").values_list("mail", flat=True)) <= set(claimed)
            before = told_of(smtp_sink, desk.cycle)
            plan(now=AT_DUE)
            send(now=AT_DUE)
            assert told_of(smtp_sink, desk.cycle) == before
            assert not mine.filter(state="planned").exists()

    def test_sent_between_plan_and_claim(self, smtp_sink):
        """The other order, exactly: the digest waits in the outbox, the report goes, then the sender comes."""
        desk = self.waiting(0)
        plan(now=AT_DUE)
        assert Reminder.objects.filter(duty_key=f"report:{desk.obligation.pk}", state="planned").exists()
        take(desk, "approve_and_send", desk.leader)
        assert at_once(*[lambda: send(now=AT_DUE)] * 4) == []
        assert told_of(smtp_sink, desk.cycle) == 0
        assert not Reminder.objects.filter(duty_key=f"report:{desk.obligation.pk}", state="sent").exists()


def type_rows(desk, saved, stop):
    """Save one row again and again until the report is away."""
    report, actor, indicator = desk.report, make.actor(desk.clerk), first(desk)
    for number in range(10_000):
        row = Entry.objects.filter(report=report, indicator=indicator).first() or Entry()
        data = {"plan": Decimal(10), "actual": Decimal(number), "remark": f"lần {number}"}
        try:
            save_entry(
                report=report, indicator=indicator, data=data, seen_version=row.version, actor=actor, now=make.NOW
            )
            saved.append("saved")
        except RowConflict:
            saved.append("conflict")
        except ContentRefused:
            saved.append("refused")
            if stop.is_set():
                return


def type_sheets(desk, saved, stop):
    """Save whole pages the same way."""
    report, actor = desk.report, make.actor(desk.drafter)
    last = desk.cycle.programme.indicators.order_by("order").last()
    for number in range(10_000):
        row = Entry.objects.filter(report=report, indicator=last).first() or Entry()
        sheet = [(last, {"plan": None, "actual": Decimal(number), "nil": False}, row_token(row))]
        try:
            saved.append("conflict" if save_sheet(report=report, entries=sheet, actor=actor, now=make.NOW) else "saved")
        except ContentRefused:
            saved.append("refused")
            if stop.is_set():
                return


def test_a_sent_report_never_differs_from_its_frozen_revision():
    saved = []
    for number in range(ROUNDS):
        desk, stop, before = desk_of_round(number), threading.Event(), len(saved)
        desk.fill()

        def go(desk=desk, stop=stop, before=before):
            try:
                wait_until(lambda: "saved" in saved[before:], seconds=60)  # typing is under way
                take(desk, "submit_for_signature", desk.drafter)
                take(desk, "approve_and_send", desk.leader)
            finally:
                stop.set()

        savers = [lambda d=desk, s=stop, work=work: work(d, saved, s) for work in (type_rows, type_sheets)]
        assert at_once(go, *savers) == []
        dossier = Dossier.objects.get(report__obligation=desk.obligation)
        revision = dossier.revisions.get()
        assert (dossier.status, revision.content_seq) == ("sent", dossier.content_seq)
        live = json.loads(json.dumps(kinds.get("report").snapshot(dossier)))
        assert {name: revision.content[name] for name in live} == live
    assert {"saved", "refused"} <= set(saved)
    assert connection.vendor == "postgresql"


def test_cycles_opened_twice_at_once_give_each_unit_one_obligation():
    units = make.make_units(20)
    for number in range(ROUNDS):
        cycle = make.make_cycle(year=2027 + number, opens_on=make.TODAY)
        Cycle.objects.filter(pk=cycle.pk).update(cutoff=dt.date(2026, 12, 14))
        opened = []
        assert at_once(*[lambda opened=opened: opened.append(open_cycles(now=make.NOW))] * 6) == []
        assert sorted(opened) == [0] * 5 + [1]
        counted = Obligation.objects.filter(cycle=cycle).values("unit").annotate(found=Count("pk"))
        assert len(counted) == len(units) and {row["found"] for row in counted} == {1}


def test_two_people_who_start_at_once_get_one_report():
    for number in range(ROUNDS):
        desk = desk_of_round(number)
        people = [desk.drafter, desk.clerk, desk.leader, make.make_user(Role.UNIT_DRAFTER, unit=desk.unit)]
        found = []

        def start(who, desk=desk, found=found):
            obligation = Obligation.objects.get(pk=desk.obligation.pk)
            found.append(start_report(obligation=obligation, actor=make.actor(who), now=timezone.now()).pk)

        assert at_once(*[lambda who=who: start(who) for who in people]) == []
        assert len(found) == len(people) and len(set(found)) == 1
        assert Report.objects.filter(obligation=desk.obligation).count() == 1
        assert Dossier.objects.filter(round_id=desk.cycle.pk).count() == 1
