"""What the beat wakes at fixed minutes, and the days off that all of it counts with."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.roles import Role
from districts.loading import load_holidays
from districts.models import Holiday
from notices import heartbeats, tasks
from notices.models import Heartbeat
from notices.watching import look
from reports.tasks import open_cycles_task
from tests.factories import NOW, make_cycle, make_specialist, moment
from tests.support.watch import alive, codes

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
AUTUMN, WINTER = moment(dt.date(2026, 10, 1)), moment(dt.date(2026, 11, 2))  # 60 days end in 2026, in 2027


def sign(label, now=NOW):
    return next(sign for sign in look(now=now).signs if sign.label == label)


# --- cycles and weekly letters ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["opener", "weekly"])
def test_task_and_command_leave_the_same_sign_of_life(name, time_machine, capsys):
    time_machine.move_to(NOW, tick=False)
    {"opener": open_cycles_task, "weekly": tasks.plan_weekly_mails}[name]()
    assert heartbeats.read()[name].at == NOW
    time_machine.move_to(NOW + MINUTE, tick=False)
    call_command({"opener": "open_cycles", "weekly": "plan_weekly"}[name])
    assert heartbeats.read()[name].at == NOW + MINUTE
    assert sign({"opener": "Bộ mở kỳ báo cáo", "weekly": "Bộ lập thư tuần"}[name], NOW + MINUTE).tone == "ok"


def test_a_run_that_fails_leaves_no_sign_of_life(monkeypatch):
    make_cycle(opens_on=NOW.date())

    def broken(*_):
        raise RuntimeError("hỏng")

    monkeypatch.setattr("reports.opening.load_calendar", broken)
    with pytest.raises(RuntimeError):
        open_cycles_task()
    assert "opener" not in heartbeats.read()


def test_after_a_fresh_start_the_clock_is_awaited_before_an_alarm_is_raised(time_machine):
    time_machine.move_to(NOW, tick=False)
    tasks.heartbeat.run()
    alive(NOW, "sender", "beat")
    Heartbeat.objects.filter(name__in=["opener", "weekly"]).delete()
    tasks.heartbeat.run()
    assert codes() == []
    assert (sign("Bộ mở kỳ báo cáo").value, sign("Bộ mở kỳ báo cáo").tone) == ("chưa lần nào", "idle")
    later = NOW + 91 * MINUTE
    time_machine.move_to(later, tick=False)
    tasks.heartbeat.run()  # the worker lives on; what was awaited first is still awaited since then
    heartbeats.beat("sender", now=later)
    heartbeats.beat("beat", now=later)
    assert codes(later) == ["planner", "opener", "weekly"]
    assert all("chưa chạy lần nào" in problem.words for problem in look(now=later).problems)


# --- days off -----------------------------------------------------------------------------------


@pytest.fixture
def days_off(limits):
    limits.WATCH = {**limits.WATCH, "holidays": 60}
    load_holidays([2026])


def test_a_year_without_days_off_is_told_sixty_days_before(days_off):
    alive(AUTUMN)
    assert codes(AUTUMN) == []
    alive(WINTER)
    (problem,) = look(now=WINTER).problems
    assert problem.code == "holidays"
    assert problem.words == "Chưa có lịch nghỉ năm 2027: nạp hoặc nhập trước ngày 01/01/2027."
    assert "manage.py load_reference" in problem.todo
    load_holidays([2027])
    assert codes(WINTER) == []


def test_a_year_with_some_of_its_days_off_is_not_taken_for_known(days_off):
    alive(WINTER)
    Holiday.objects.create(day=dt.date(2027, 1, 1), name="Tết Dương lịch", kind=Holiday.Kind.HOLIDAY)
    (problem,) = look(now=WINTER).problems
    assert problem.words == "Lịch nghỉ năm 2027 mới có 1 ngày nghỉ: nạp hoặc nhập đủ trước ngày 01/01/2027."


def test_within_the_year_it_is_wanted_at_once(days_off):
    new_year = moment(dt.date(2027, 1, 4))
    alive(new_year)
    (problem,) = look(now=new_year).problems
    assert problem.words == "Chưa có lịch nghỉ năm 2027: nạp hoặc nhập ngay."


def test_working_and_ordinary_days_are_no_days_off(days_off):
    alive(AUTUMN)
    Holiday.objects.update(kind=Holiday.Kind.ORDINARY)
    assert codes(AUTUMN) == ["holidays"]


def test_the_page_names_the_days_that_nobody_has_confirmed(days_off, client, time_machine):
    load_holidays([2027])
    time_machine.move_to(WINTER, tick=False)
    alive(WINTER)
    Holiday.objects.create(day=dt.date(2027, 3, 8), name="Nghỉ thử nghiệm", kind=Holiday.Kind.SWAP_OFF, confirmed=True)
    client.force_login(make_specialist(Role.DEPT_ADMIN))
    page = client.get(reverse("admin:notices_heartbeat_changelist")).content.decode()
    assert "Tết Dương lịch" in page.replace("Tết dương lịch", "Tết Dương lịch")
    assert "01/01/2027" in page
    assert "Nghỉ thử nghiệm" not in page
    assert "chưa xác nhận)" in sign("Lịch nghỉ", WINTER).value
    assert sign("Lịch nghỉ", WINTER).tone == "warn"
    assert "năm 2026: 15 ngày (1 ngày chưa xác nhận)" in sign("Lịch nghỉ", WINTER).value  # the one to come
    Holiday.objects.update(confirmed=True)
    assert sign("Lịch nghỉ", WINTER).tone == "ok"
    assert "01/01/2027" not in client.get(reverse("admin:notices_heartbeat_changelist")).content.decode()
