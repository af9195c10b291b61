"""Who is reminded of a report, for how long, and what ends it."""

import datetime as dt

import pytest
import time_machine
from django.core import mail as locmem
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from dossiers.duties import SignatureProvider
from dossiers.models import Dossier
from dossiers.refusals import StepRefused
from notices import duties
from notices.models import Mail, Reminder
from notices.planner import plan
from notices.sender import send
from reports.kind import record_paper
from reports.models import Obligation
from reports.opening import close_obligation
from tests import factories as make
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LAST = make.TODAY + DAY * 7


def keys(now=make.NOW, prefix="report"):
    return [duty.key for duty in duties.open_duties(now=now) if duty.key.startswith(f"{prefix}:")]


def reminded():
    return set(Reminder.objects.values_list("person__full_name", flat=True))


def recorded(desk, **more):
    clerk = make.actor(make.make_specialist(Role.DEPT_CLERK))
    values = {"arrival_number": "12", "arrival_date": make.TODAY, "actor": clerk, "now": make.NOW}
    return record_paper(obligation=desk.obligation, **values | more)


class TestLeader:
    """The leader stands in where nobody drafts."""

    def test_a_unit_with_only_a_leader_is_reminded(self):
        unit = make.make_unit()
        make.make_user(Role.UNIT_LEADER, unit=unit, full_name="Một Mình")
        make.make_cycle(units=[unit], due_on=LAST)
        plan(now=make.moment(LAST))
        assert reminded() == {"Một Mình"}
        assert send(now=make.moment(LAST)).sent == 1

    def test_beside_a_drafter_the_leader_sees_the_duty_without_a_mail_of_every_step(self):
        desk = Desk(due_on=LAST)
        plan(now=make.NOW)
        assert desk.leader.full_name not in reminded() and desk.drafter.full_name in reminded()
        assert "report" in {duty.kind for duty in duties.open_duties_of(make.actor(desk.leader), now=make.NOW)}

    def test_the_number_of_queries_does_not_grow(self):
        few = self.queries(range(1, 3))
        many = self.queries(range(3, 30))
        assert many == few and Reminder.objects.values("person").distinct().count() == 29

    def queries(self, numbers):
        units = [make.make_unit(f"Xã Số {number}") for number in numbers]
        for unit in units:
            make.make_user(Role.UNIT_LEADER, unit=unit)
        make.make_cycle(year=2000 + len(units), units=units, due_on=LAST)
        with CaptureQueriesContext(connection) as found:
            plan(now=make.NOW)
        return len(found)


class TestLock:
    """A locked cycle is past."""

    def test_a_locked_cycle_is_no_duty_until_the_unit_gets_more_time(self):
        desk = Desk(due_on=LAST, locks_on=LAST)
        [key] = keys(make.moment(LAST, 23, 59))
        after = make.moment(LAST + DAY, 0, 1)
        assert not keys(after) and not duties.open_keys([key], now=after)
        assert "kỳ đã khóa" in desk_list(desk, LAST + DAY)
        Obligation.objects.update(counted_until=LAST + DAY)
        assert keys(after) == [key] and duties.open_keys([key], now=after) == {key}

    def test_nobody_is_asked_to_sign_what_can_no_longer_be_sent(self):
        desk = Desk(due_on=LAST, locks_on=LAST)
        desk.fill()
        desk.step("submit_for_signature", desk.drafter)
        [key] = keys(prefix="signature", now=make.moment(LAST))
        plan(now=make.moment(LAST + DAY))
        send(now=make.moment(LAST + DAY))
        assert not [message for message in locmem.outbox if "Ký và gửi" in message.body]
        assert not SignatureProvider().open_keys([key], now=make.moment(LAST + DAY))


def desk_list(desk, day):
    with time_machine.travel(make.moment(day, 9), tick=False):
        return desk.client().get(reverse("reports:list")).content.decode()


def test_a_second_request_with_the_same_day_is_reminded_again():
    desk, specialist = Desk(), make.make_specialist()
    desk.fill()
    desk.send()
    ask = {"note": "Bổ sung số liệu", "due_on": LAST}
    desk.step("request_supplement", specialist, **ask)
    [first] = keys(prefix="report_supplement")
    desk.step("submit_again", desk.drafter)
    desk.step("return_again", desk.leader, note="Xem lại")
    assert keys(prefix="report_supplement") == [first]  # the same request all the while
    desk.step("submit_again", desk.drafter)
    desk.step("approve_and_send_again", desk.leader)
    desk.step("request_supplement", specialist, **ask)
    [second] = keys(prefix="report_supplement")
    assert first != second and duties.open_keys([first, second], now=make.NOW) == {second}
    for strange in ("report_supplement:", "report_supplement:x:v1", f"report_supplement:{Dossier.objects.get().pk}"):
        assert duties.open_keys([strange], now=make.NOW) == set()


class TestPaper:
    """Received on paper once, while the obligation is open; the way back to the drafter keeps that."""

    def test_not_for_an_ended_obligation(self):
        desk, head = Desk(), make.actor(make.make_specialist())
        close_obligation(obligation=desk.obligation, reason="NQ 12", actor=head, now=make.NOW)
        with pytest.raises(StepRefused, match="không còn mở"):
            recorded(desk)
        assert not Dossier.objects.exists() and Obligation.objects.get().paper_on is None

    def test_not_for_a_report_that_was_sent(self):
        desk = Desk()
        desk.fill()
        desk.send()
        with pytest.raises(StepRefused):
            recorded(desk)
        assert Obligation.objects.get().paper_on is None

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_the_page_of_the_act_refuses_too(self, method):
        desk = Desk()
        recorded(desk)
        client = desk.client(make.make_specialist(Role.DEPT_CLERK))
        url = reverse("admin:reports_obligation_act", args=[desk.obligation.pk, "van-ban"])
        answer = getattr(client, method)(url, {"arrival_number": "99", "arrival_date": "23/11/2026"}, follow=True)
        assert "không còn mở" in answer.content.decode()
        assert Obligation.objects.get().paper_number == "12"

    @pytest.mark.parametrize("back", ["return_paper_copy", "take_back_paper_copy"])
    def test_back_from_the_leader_it_is_still_received_and_the_unit_is_not_chased(self, back):
        desk = Desk(due_on=LAST)
        desk.fill()
        recorded(desk)
        desk.step("submit_paper_copy", desk.drafter)
        who, more = (desk.leader, {"note": "Xem lại"}) if back.startswith("return") else (desk.drafter, {})
        dossier = desk.step(back, who, **more)
        assert dossier.status == "on_paper"
        assert Obligation.objects.get().paper_number == "12"
        plan(now=make.moment(LAST))
        assert not keys() and not Reminder.objects.exists()
        desk.step("submit_paper_copy", desk.drafter)
        assert desk.step("approve_and_send", desk.leader).status == "sent"


class TestSending:
    """What is asked again when a digest leaves, and a source of duties that fails."""

    def test_who_lost_the_role_meanwhile_gets_no_reminder(self, fake):
        unit = make.make_unit()
        stays, goes = (make.make_user(Role.UNIT_DRAFTER, unit=unit) for _ in range(2))
        fake.owe(unit=unit, due=LAST)
        plan(now=make.NOW)
        Membership.objects.filter(user=goes).update(valid_to=make.TODAY - DAY)
        result = send(now=make.NOW)
        assert (result.sent, result.superseded) == (1, 1)
        assert [message.to for message in locmem.outbox] == [[stays.email]]
        assert not Reminder.objects.filter(person=goes).exclude(state="dropped").filter(state="planned").exists()

    def test_a_failing_source_of_duties_holds_up_no_status_mail(self, fake):
        unit = make.make_unit()
        person = make.make_user(Role.UNIT_DRAFTER, unit=unit)
        fake.owe(unit=unit, due=LAST)
        plan(now=make.NOW)
        Mail.objects.create(
            dedupe_key="event:1", kind=Mail.STATUS, person=person, address=person.email, subject="Đã gửi", text="x",
            html="x", template="step", not_before=make.NOW, created_at=make.NOW,
        )  # fmt: skip
        del fake.open  # from now on the provider raises
        result = send(now=make.NOW)
        assert (result.sent, result.later) == (1, 1)
        assert [message.subject for message in locmem.outbox] == ["Đã gửi"]
        assert Mail.objects.get(kind=Mail.DIGEST).state == "queued"
        fake.open = {}
        assert send(now=make.NOW + dt.timedelta(hours=1)).superseded == 1
