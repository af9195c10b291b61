"""The weekly letter: once a week, on its first working day, only to people of the Sở and only with something to say."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from districts.models import Holiday
from dossiers.models import Dossier
from notices.models import InboxItem, Mail, WeeklyRun
from notices.sender import send
from notices.weekly import plan_weekly
from tests.factories import (
    NOW,
    TODAY,
    make_call,
    make_cycle,
    make_programme,
    make_specialist,
    make_team,
    make_unit,
    make_user,
    moment,
)
from tests.support.ways import sent_proposal

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
    assert mail.subject.startswith("Việc chờ xử lý, tuần từ 30/11/2026: 1 hồ sơ của ông/bà; 1 hồ sơ chờ Sở")
    assert mail.not_before == moment(NEXT_MONDAY, hour=7)
    assert f"{waiting.code}: {waiting.title} – chờ 5 ngày làm việc" in mail.text
    assert "1 hồ sơ, lâu nhất 5 ngày làm việc" in mail.text
    assert f"/quan-tri/proposals/proposal/{waiting.pk}/change/" in mail.html
    assert "của ông/bà" not in weekly().get(person=boss).subject
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
            created_at=at,
            state=state,
        )
    assert plan_weekly(now=NOW) == 1
    mail = weekly().get()
    assert "Báo cáo năm 2026: 3 đơn vị quá hạn, hạn sớm nhất 20/11/2026" in mail.text
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
