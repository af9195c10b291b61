"""The weekly letter: once a week, on its first working day, only to people of the Sở and only with something to say."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from districts.models import Holiday
from dossiers.models import Dossier
from notices.models import InboxItem, Mail, WeeklyRun
from notices.planner import plan
from notices.sender import send
from notices.touches import About, record
from notices.weekly import plan_weekly
from records.models import AuditEntry
from reports.chasing import chasing_path
from reports.filing import start_report
from reports.models import Obligation
from tests.factories import (
    NOW,
    TODAY,
    actor,
    make_call,
    make_cycle,
    make_programme,
    make_specialist,
    make_team,
    make_unit,
    make_user,
    moment,
)
from tests.support.ways import sent_proposal, step

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)
NEXT_MONDAY = TODAY + WEEK


@pytest.fixture
def waiting():
    """One dossier that waits at the Sở since TODAY."""
    unit = make_unit()
    drafter, leader, _ = make_team(unit)
    return sent_proposal(make_call(), drafter, leader)


def weekly():
    return Mail.objects.filter(kind="weekly")


def test_monday_morning_tells_what_waits_oldest_and_whose(waiting):
    mine = make_specialist(full_name="Nguyễn Minh Anh")
    boss = make_specialist(Role.DEPT_LEADER)
    make_specialist(Role.DEPT_READER)
    Dossier.objects.filter(pk=waiting.pk).update(assignee=mine)
    assert plan_weekly(now=moment(NEXT_MONDAY, hour=6)) == 2
    mail = weekly().get(person=mine)
    assert mail.subject == "Việc chờ xử lý, tuần từ 30/11/2026: 1 hồ sơ của ông/bà"
    assert mail.not_before == moment(NEXT_MONDAY, hour=7)
    assert f"{waiting.code}, “{waiting.title}” – chờ 5 ngày làm việc" in mail.text
    assert f"/quan-tri/proposals/proposal/{waiting.pk}/change/" in mail.html
    told = weekly().get(person=boss)
    assert told.subject == "Việc chờ xử lý, tuần từ 30/11/2026: 1 hồ sơ chờ Sở"
    assert "1 hồ sơ, lâu nhất 5 ngày làm việc" in told.text
    assert InboxItem.objects.filter(key=mail.dedupe_key, person=mine).exists()


def test_once_a_week_whatever_comes_up_later(waiting):
    make_specialist()
    assert plan_weekly(now=moment(NEXT_MONDAY)) == 1
    make_specialist()
    assert plan_weekly(now=moment(NEXT_MONDAY, hour=10)) == 0
    assert plan_weekly(now=moment(NEXT_MONDAY + dt.timedelta(days=2))) == 0
    assert plan_weekly(now=moment(NEXT_MONDAY + WEEK)) == 2
    assert list(WeeklyRun.objects.order_by("week").values_list("week", "mails")) == [("2026-W49", 1), ("2026-W50", 2)]


def test_a_monday_off_shifts_to_the_next_working_day(waiting):
    make_specialist()
    Holiday.objects.create(day=NEXT_MONDAY, name="Nghỉ bù")
    assert plan_weekly(now=moment(NEXT_MONDAY)) == 0
    assert plan_weekly(now=moment(NEXT_MONDAY + dt.timedelta(days=1))) == 1


@pytest.mark.parametrize("missed", [moment(NEXT_MONDAY - dt.timedelta(days=1)), moment(NEXT_MONDAY, hour=18)])
def test_not_on_days_off_nor_in_the_evening_but_caught_up(waiting, missed):
    make_specialist()
    assert plan_weekly(now=missed) == 0
    assert plan_weekly(now=moment(NEXT_MONDAY + dt.timedelta(days=3))) == 1


def profile_of(user):
    return {"full_name": user.full_name, "post": "", "phone": "", "email": user.email}


def test_who_opts_out_gets_no_weekly_letter_but_every_reminder(waiting, fake, client, time_machine):
    time_machine.move_to(NOW)
    mine, other = make_specialist(full_name="Nguyễn Minh Anh"), make_specialist()
    client.force_login(mine)
    page = client.get(reverse("accounts:profile")).text
    assert "thư nhắc hạn và thư báo kết quả vẫn gửi như thường" in page
    assert client.post(reverse("accounts:profile"), profile_of(mine)).status_code == 302
    fake.owe(unit=make_unit("Xã Muộn"), due=TODAY, assignee_id=mine.pk)
    assert plan_weekly(now=moment(NEXT_MONDAY)) == 1
    plan(now=moment(NEXT_MONDAY))
    assert set(Mail.objects.filter(kind="weekly").values_list("person", flat=True)) == {other.pk}
    assert Mail.objects.filter(kind="digest", person=mine).exists()
    assert AuditEntry.objects.get(action="account.changed").detail["before"] == {"weekly_mail": True}
    client.post(reverse("accounts:profile"), {**profile_of(mine), "weekly_mail": "on"})
    assert plan_weekly(now=moment(NEXT_MONDAY + WEEK)) == 2


def test_who_never_gets_it_is_not_asked(client):
    person = make_user(Role.UNIT_DRAFTER, unit=make_unit())
    client.force_login(person)
    assert "weekly_mail" not in client.get(reverse("accounts:profile")).text
    client.post(reverse("accounts:profile"), profile_of(person))
    person.refresh_from_db()
    assert person.weekly_mail


def test_nothing_to_say_no_mail_that_week():
    make_specialist()
    assert plan_weekly(now=NOW) == 0
    assert not Mail.objects.exists()
    assert WeeklyRun.objects.get().mails == 0


def test_overdue_units_and_mails_in_trouble():
    make_specialist()
    programme = make_programme()
    units = [make_unit(f"Xã Số {number}") for number in range(3)]
    make_cycle(programme=programme, units=units, due_on=TODAY - dt.timedelta(days=3))
    person = make_user()
    for number, (state, at) in enumerate([("unknown", NOW), ("failed", NOW), ("failed", NOW - 3 * WEEK)]):
        Mail.objects.create(
            dedupe_key=f"k{number}",
            kind="status",
            person=person,
            template="step",
            not_before=at,
            created_at=NOW - 2 * WEEK,
            ended_at=at,
            state=state,
        )
    assert plan_weekly(now=NOW) == 1
    mail = weekly().get()
    assert "Báo cáo năm 2026: 3 đơn vị quá hạn, hạn sớm nhất 20/11/2026" in mail.text
    assert "?only=overdue" in mail.text
    assert "1 thư chưa rõ đã đến hay chưa" in mail.text
    assert "1 thư trong 7 ngày qua không gửi được" in mail.text
    assert mail.subject.endswith("3 đơn vị quá hạn; 2 thư cần xem")


def test_it_leaves_like_any_mail_and_the_command_says_how_many(waiting, smtp_sink, capsys):
    make_specialist()
    assert plan_weekly(now=moment(NEXT_MONDAY)) == 1
    Mail.objects.exclude(kind="weekly").delete()
    assert send(now=moment(NEXT_MONDAY)).sent == 1
    (received,) = smtp_sink.wait_for(1)
    assert "tuần từ 30/11/2026" in received.message["subject"]
    call_command("plan_weekly")
    assert "thư tuần:" in capsys.readouterr().out


def test_the_questions_asked_do_not_grow_with_dossiers(waiting):
    person = make_specialist()

    def cost(day):
        with CaptureQueriesContext(connection) as asked:
            assert plan_weekly(now=moment(day)) == 1
        return len(asked)

    Dossier.objects.update(assignee=person)
    few = cost(NEXT_MONDAY)
    call = make_call(plan_year=2028)
    for number in range(6):
        unit = make_unit(f"Xã Số {number}")
        drafter, leader, _ = make_team(unit)
        sent_proposal(call, drafter, leader)
    Dossier.objects.update(assignee=person)
    assert cost(NEXT_MONDAY + WEEK) == few


class TestWhatWaitsOnWhom:
    """Everybody reads what waits on them; every line leads to the page where it is done."""

    COUNCIL = {
        "minutes_number": "12/BB-HĐ",
        "minutes_date": TODAY,
        "recommendation": "do",
        "council_size": 9,
        "ballots": 8,
        "ballots_pass": 7,
    }

    @pytest.fixture
    def people(self):
        names = ("Nguyễn Minh Anh", "Vũ Thị Khác", "Trưởng Phòng", "Lãnh Đạo", "Quản Trị")
        roles = (Role.DEPT_SPECIALIST, Role.DEPT_SPECIALIST, Role.DEPT_HEAD, Role.DEPT_LEADER, Role.DEPT_ADMIN)
        return [make_specialist(role, full_name=name) for role, name in zip(roles, names, strict=True)]

    def letters(self, people):
        plan_weekly(now=moment(NEXT_MONDAY))
        mails = {mail.person_id: mail for mail in weekly()}
        for mail in mails.values():
            assert all(line["url"] for section in mail.context["sections"] for line in section["lines"])
        return [mails.get(person.pk) for person in people]

    @pytest.mark.parametrize("in_charge", [0, 2])  # the specialist, the head: told once all the same
    def test_a_decision_waits_on_those_who_decide_not_on_the_specialist(self, waiting, people, in_charge):
        mine, *_ = people
        for action in ("receive", "mark_valid", "start_review"):
            step(waiting, action, mine)
        step(waiting, "record_council", mine, note="Có địa chỉ ứng dụng.", data=self.COUNCIL)
        Dossier.objects.filter(pk=waiting.pk).update(assignee=people[in_charge])
        own, other, head, boss, admin = self.letters(people)
        assert (own, other, admin) == (None, None, None)  # nothing they could do
        for mail in (head, boss):
            assert mail.subject.endswith(": 1 hồ sơ chờ ông/bà quyết định")
            assert "Đề xuất nhiệm vụ – Kết quả Hội đồng đã ghi nhận: 1 hồ sơ, lâu nhất 5 ngày làm việc" in mail.text
            assert "kind=proposal&status=council" in mail.text
            assert "Đang chờ Sở xử lý" not in mail.text

    def test_what_nobody_has_waits_on_every_specialist_the_totals_stand_last_for_those_above(self, waiting, people):
        call, other_unit = make_call(plan_year=2028), make_unit("Xã Vân Đình")
        drafter, leader, _ = make_team(other_unit)
        given = sent_proposal(call, drafter, leader)
        mine, *_ = people
        Dossier.objects.filter(pk=given.pk).update(assignee=mine)
        Mail.objects.filter(pk=Mail.objects.earliest("pk").pk).update(state="unknown")
        own, free, above, boss, admin = self.letters(people)
        assert own.subject.endswith(": 1 hồ sơ của ông/bà; 1 hồ sơ chưa giao; 1 thư cần xem")
        assert free.subject.endswith(": 1 hồ sơ chưa giao; 1 thư cần xem")
        assert given.code not in free.text
        assert "kind=proposal&status=sent&assignee=none" in free.text
        assert above.subject.endswith(": 1 thư cần xem; 2 hồ sơ chờ Sở")
        assert above.text.index("chưa rõ đã đến") < above.text.index("Đang chờ Sở xử lý")
        assert boss.subject.endswith(": 2 hồ sơ chờ Sở")  # mails are not the leader's to settle
        assert admin.subject.endswith(": 1 thư cần xem")

    def test_late_units_and_broken_promises_of_those_in_charge(self, people):
        mine, other, head, _, _ = people
        units = [make_unit(f"Xã Số {number}") for number in range(3)]
        cycle = make_cycle(units=units, due_on=TODAY)
        first, second, third = Obligation.objects.order_by("pk")
        drafter = make_user(Role.UNIT_DRAFTER, unit=units[0])
        report = start_report(obligation=first, actor=actor(drafter), now=NOW)
        Dossier.objects.filter(pk=report.pk).update(assignee=mine)
        for row, day, by in ((first, 2, head), (second, 3, other), (third, 3, other), (third, 20, other)):
            about = [About(f"report:{row.pk}", row.unit, "Báo cáo năm 2026")]
            told = NOW + dt.timedelta(minutes=day)
            promised = TODAY + dt.timedelta(days=day)
            record(about=about, kind="call", actor=actor(by), now=told, promised_on=promised)
        own, free, above, _, letter_of_admin = self.letters(people)
        assert "Báo cáo năm 2026: 3 đơn vị quá hạn, hạn sớm nhất 23/11/2026" in own.text
        assert "Báo cáo năm 2026: 2 đơn vị quá hạn" in free.text
        assert "Báo cáo năm 2026: 3 đơn vị quá hạn" in above.text
        assert f"{chasing_path(cycle)}?only=overdue" in own.text
        promise = "Xã Số 0: hứa gửi 25/11/2026, chưa gửi – Báo cáo năm 2026"
        assert promise in own.text
        assert promise not in free.text
        assert "Xã Số 1: hứa gửi 26/11/2026, chưa gửi" in free.text
        assert promise in above.text
        for mail in (own, free, above):
            assert "Xã Số 2: hứa gửi" not in mail.text  # promised anew, the day is to come
        assert letter_of_admin is None
