"""The watch: what it sees in tables, broker and disk, and the alarm that goes out past queue and outbox."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from celery import current_app
from django.conf import settings as real_settings
from django.core.management import call_command
from django.urls import reverse

from accounts.roles import Role
from notices import broker, heartbeats
from notices.alarms import tell
from notices.models import Alarm, Heartbeat, Mail
from notices.runs import run_planner, run_sender
from notices.watching import look, oldest_unsent
from tests.factories import NOW, TODAY, make_specialist, make_unit, make_user, moment
from tests.integration.test_sender import queued
from tests.support.broker import BASE_DIR
from tests.support.mail import free_port

pytestmark = pytest.mark.django_db
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def admin():
    return make_specialist(Role.DEPT_ADMIN, email="quantri@example.vn")


@pytest.fixture(autouse=True)
def limits(settings):
    """Thresholds of the portal, without the broker (its own tests switch it on)."""
    settings.WATCH = {**real_settings.WATCH, "queue": 0}
    return settings


def alive(now=NOW, *names):
    for name in names or ("planner", "sender", "worker", "beat"):
        heartbeats.beat(name, now=now)


def codes(now=NOW):
    return [problem.code for problem in look(now=now).problems]


def test_a_living_system_has_no_problem():
    alive()
    assert codes() == []


def test_a_system_that_never_ran_says_so():
    assert codes() == ["planner", "sender", "worker"]  # the beat is judged through a living worker only


@pytest.mark.parametrize(("name", "minutes"), [("planner", 31), ("sender", 11), ("worker", 2), ("beat", 3)])
def test_a_part_that_fell_silent_is_named_once(name, minutes):
    alive()
    Heartbeat.objects.filter(name=name).update(at=NOW - minutes * MINUTE)
    assert codes() == [name]
    (problem,) = look(now=NOW).problems
    assert str(minutes) in problem.words or "phút" in problem.words
    assert problem.todo


def test_parts_can_be_left_unwatched_where_cron_does_without_celery(limits):
    limits.WATCH = {**limits.WATCH, "worker": 0}
    alive(NOW, "planner", "sender")
    assert codes() == []


def test_an_older_sign_of_life_never_takes_the_place_of_a_newer_one():
    heartbeats.beat("beat", now=NOW)
    heartbeats.beat("beat", now=NOW - HOUR)
    assert heartbeats.read()["beat"].at == NOW


def test_planner_and_sender_leave_a_sign_of_life_with_their_result(smtp_sink):
    queued()
    run_planner(now=NOW)
    run_sender(now=NOW)
    rows = heartbeats.read()
    assert rows["planner"].detail["mails"] == 0
    assert (rows["sender"].at, rows["sender"].detail["sent"], rows["sender"].detail["away"]) == (NOW, 1, "")


def test_a_mail_that_waits_too_long_is_seen():
    alive()
    queued(not_before=NOW - 14 * MINUTE)
    assert codes() == []
    queued(2, not_before=NOW - 16 * MINUTE)
    assert codes() == ["mail"]


def test_a_digest_that_waited_for_the_weekend_to_end_is_not_late_on_monday_at_seven():
    friday = TODAY - dt.timedelta(days=3)
    queued(kind=Mail.DIGEST, not_before=moment(friday, 17, 30))
    saturday, early = moment(friday + dt.timedelta(days=1)), moment(hour=7, minute=1)
    assert oldest_unsent(now=saturday) is None
    assert oldest_unsent(now=early) == moment(hour=7)


def test_a_mail_server_that_stays_away_is_seen_although_its_mails_are_put_back(smtp_sink, settings):
    alive()
    mail = queued()
    settings.EMAIL_PORT = free_port()
    now = NOW
    for _ in range(6):
        run_sender(now=now)
        mail.refresh_from_db()
        now = mail.not_before
    run_sender(now=now - MINUTE / 2)  # nothing to try: what was known of the server still holds
    alive(now, "planner", "worker", "beat")
    assert codes(now) == ["mail-server"]
    settings.EMAIL_PORT = int(smtp_sink.url.rpartition(":")[2])
    run_sender(now=now)
    assert codes(now) == []


def test_what_ended_badly_is_seen():
    alive()
    queued(1, state="failed", created_at=NOW - 25 * HOUR)
    queued(2, state="failed", address="")  # nobody to write to: listed by name on the page, no alarm
    assert codes() == []
    queued(3, state="failed", created_at=NOW - HOUR)
    queued(4, state="unknown", created_at=NOW - 100 * HOUR)
    assert codes() == ["failed", "unknown"]


def test_a_full_disk_is_seen(limits):
    alive()
    limits.WATCH = {**limits.WATCH, "disk_mb": 10**9}
    assert codes() == ["disk"]


# --- the queue ----------------------------------------------------------------------------------


def test_the_queue_is_measured(redis_url, limits):
    limits.WATCH = {**limits.WATCH, "queue": 300, "queue_length": 2}
    assert broker.look() == broker.QueueState()
    for _ in range(3):
        current_app.send_task("notices.heartbeat")
    state = broker.look()
    assert (state.length, state.error) == (3, "")
    alive(state.oldest)
    assert codes(state.oldest) == ["queue"]
    limits.WATCH = {**limits.WATCH, "queue_length": 500}
    alive(state.oldest + 6 * MINUTE)
    assert codes(state.oldest) == []
    assert codes(state.oldest + 6 * MINUTE) == ["queue"]


def test_a_broker_that_is_away_is_seen(limits):
    limits.WATCH = {**limits.WATCH, "queue": 300}
    alive()
    assert codes() == ["broker"]


# --- alarms -------------------------------------------------------------------------------------


def watch(now):
    return tell(look(now=now).problems, now=now)


def subjects(sink):
    return [received.message["subject"].strip() for received in sink.messages]


def test_an_alarm_goes_to_every_administrator_alone_and_once_in_six_hours(smtp_sink, settings, admin):
    settings.ALARM_ADDRESSES = ["truc@example.vn", "quantri@example.vn"]
    alive()
    later = NOW + 20 * MINUTE
    alive(later, "planner", "worker", "beat")
    assert [problem.code for problem in watch(later).new] == ["sender"]
    assert [one.recipients for one in smtp_sink.wait_for(2)] == [("quantri@example.vn",), ("truc@example.vn",)]
    assert "Bộ gửi thư" in subjects(smtp_sink)[0]
    assert "Việc cần làm: " in smtp_sink.messages[0].message.get_content()
    assert watch(later + MINUTE).new == ()
    alive(later + 7 * HOUR, "planner", "worker", "beat")
    assert len(watch(later + 7 * HOUR).new) == 1
    assert len(smtp_sink.messages) == 4


def test_the_end_of_a_problem_is_told_once(smtp_sink, admin):
    alive(NOW - HOUR)
    alive(NOW, "planner", "worker", "beat")
    watch(NOW)
    alive()
    assert [alarm.code for alarm in watch(NOW).over] == ["sender"]
    assert watch(NOW + MINUTE / 2).over == ()
    assert subjects(smtp_sink)[1] == "[Cổng KH&CN] Đã hết sự cố của Cổng"


def test_a_problem_that_comes_and_goes_is_not_told_each_time(smtp_sink, admin):
    for minute in range(0, 60, 10):
        now = NOW + minute * MINUTE
        alive(now)
        watch(now)
        Heartbeat.objects.filter(name="planner").update(at=now - HOUR)
        watch(now)
    assert len(smtp_sink.messages) == 2  # its beginning, and the first end
    assert Alarm.objects.get().code == "planner"


def test_an_alarm_that_no_server_takes_is_told_as_soon_as_one_does(smtp_sink, settings, admin):
    alive(NOW - HOUR)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert watch(NOW).error
    settings.EMAIL_PORT = port
    assert watch(NOW + MINUTE).error == ""
    assert len(smtp_sink.messages) == 1


def test_one_wrong_address_does_not_keep_the_alarm_from_the_others(smtp_sink, settings, admin):
    settings.ALARM_ADDRESSES = ["truc@example.vn"]
    alive(NOW - HOUR)
    smtp_sink.script("RCPT", "550 5.1.1 no such user")
    assert watch(NOW).error == ""
    assert [one.recipients for one in smtp_sink.messages] == [("truc@example.vn",)]


def run_command(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("watch")
    return ended.value.code, capsys.readouterr()


def test_the_command_is_silent_about_what_is_well_and_says_what_is_not(smtp_sink, admin, capsys, time_machine):
    time_machine.move_to(NOW)
    alive()
    call_command("watch")
    assert "bình thường" in capsys.readouterr().out
    Heartbeat.objects.filter(name="worker").update(at=NOW - HOUR)
    code, printed = run_command(capsys)
    assert code == 1
    assert "Khởi động lại worker" in printed.out
    assert len(smtp_sink.messages) == 1


def test_without_a_mail_server_the_command_speaks_on_stderr(smtp_sink, settings, admin, capsys, time_machine):
    time_machine.move_to(NOW)
    settings.EMAIL_PORT = free_port()
    code, printed = run_command(capsys)
    assert code == 2
    assert "Không gửi được thư cảnh báo" in printed.err
    assert "Tiến trình xử lý nền" in printed.err


def test_without_anybody_to_tell_the_command_speaks_on_stderr(capsys, time_machine):
    time_machine.move_to(NOW)
    code, printed = run_command(capsys)
    assert code == 2
    assert "ALARM_ADDRESSES" in printed.err


@pytest.mark.once
@pytest.mark.slow
def test_without_a_database_the_command_tells_those_of_the_environment(smtp_sink):
    changes = {
        "TEST_DATABASE_URL": "postgres://ai:bi-mat@127.0.0.1:1/kho",
        "DJANGO_SETTINGS_MODULE": "kltn_portal.settings",
    }
    changes |= {
        "DATABASE_URL": changes["TEST_DATABASE_URL"],
        "ALARM_ADDRESSES": "truc@example.vn",
        "EMAIL_URL": smtp_sink.url,
    }
    argv = [sys.executable, "manage.py", "watch"]
    done = subprocess.run(argv, cwd=BASE_DIR, env={**os.environ, **changes}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "Cơ sở dữ liệu không trả lời" in done.stderr
    assert "bi-mat" not in done.stderr
    assert smtp_sink.wait_for(1)[0].recipients == ("truc@example.vn",)


# --- the page -----------------------------------------------------------------------------------


def test_the_page_says_what_is_wrong_and_what_to_do(client, admin, time_machine):
    time_machine.move_to(NOW)
    make_user(Role.UNIT_DRAFTER, unit=make_unit(), full_name="Đỗ Không Thư", email="")
    alive()
    Heartbeat.objects.filter(name="worker").update(at=NOW - HOUR)
    queued(1, state="failed", last_error="550 5.1.1 không có hộp thư", subject="Đã gửi báo cáo")
    client.force_login(admin)
    page = client.get(reverse("admin:notices_heartbeat_changelist")).content.decode()
    for words in ("Khởi động lại worker", "550 5.1.1", "Đỗ Không Thư", "Máy chủ thư", "Bộ hẹn giờ"):
        assert words in page
    assert "Tình trạng hệ thống" in client.get(reverse("admin:catalogue")).content.decode()


def test_the_page_is_for_the_department(client):
    client.force_login(make_user(Role.UNIT_DRAFTER, unit=make_unit()))
    for name, args in (("heartbeat_changelist", []), ("why", []), ("why_person", [1])):
        assert client.get(reverse(f"admin:notices_{name}", args=args)).status_code in (302, 403)
