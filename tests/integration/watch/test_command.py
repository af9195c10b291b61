"""``manage.py watch`` and the page “Tình trạng hệ thống”."""

import datetime as dt
import os
import re
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices.alarms import STAMP
from notices.management.commands.watch import TROUBLE
from notices.models import Heartbeat
from tests.factories import NOW, make_unit, make_user
from tests.integration.test_sender import queued
from tests.support.broker import BASE_DIR
from tests.support.mail import NOBODY
from tests.support.watch import alive

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


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
    assert code == TROUBLE
    assert "Khởi động lại worker" in printed.out
    assert len(smtp_sink.messages) == 1


def test_without_a_mail_server_the_command_speaks_on_stderr(smtp_sink, settings, admin, capsys, time_machine):
    time_machine.move_to(NOW)
    settings.EMAIL_PORT = NOBODY
    code, printed = run_command(capsys)
    assert code == 2
    assert "Không gửi được thư cảnh báo" in printed.err
    assert "Tiến trình xử lý nền" in printed.err


def test_without_anybody_to_tell_the_command_speaks_on_stderr(capsys, time_machine):
    time_machine.move_to(NOW)
    code, printed = run_command(capsys)
    assert code == 2
    assert "ALARM_ADDRESSES" in printed.err


def watch_alone(**changes):
    """``manage.py watch`` under the portal's own settings, to its end."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "kltn_portal.settings", **changes}
    argv = [sys.executable, "manage.py", "watch"]
    return subprocess.run(argv, cwd=BASE_DIR, env=env, capture_output=True, text=True, timeout=180)


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize("broken", [{"SECRET_KEY": ""}, {"WATCH_HOLIDAY_DAYS": "x"}])
def test_a_watch_that_breaks_down_never_looks_like_one_that_has_told_everybody(broken):
    done = watch_alone(**broken)
    assert next(iter(broken)) in done.stderr or "ValueError" in done.stderr
    assert done.returncode == 1 != TROUBLE
    unit = (BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    assert re.findall(r"^SuccessExitStatus=(\d+)$", unit, re.M) == [str(TROUBLE)]


@pytest.mark.once
@pytest.mark.slow
def test_without_a_database_the_command_tells_those_of_the_environment(smtp_sink):
    nowhere = "postgres://ai:bi-mat@127.0.0.1:1/kho"
    done = watch_alone(DATABASE_URL=nowhere, ALARM_ADDRESSES="truc@example.vn", EMAIL_URL=smtp_sink.url)
    assert done.returncode == 2
    assert "Cơ sở dữ liệu không trả lời" in done.stderr
    assert "bi-mat" not in done.stderr
    assert smtp_sink.wait_for(1)[0].recipients == ("truc@example.vn",)


@pytest.fixture
def no_database(monkeypatch, settings, tmp_path):
    def away(**_):
        raise OperationalError("connection refused")

    monkeypatch.setattr("notices.management.commands.watch.look", away)
    settings.ALARM_ADDRESSES, settings.DATA_DIR, settings.WATCH_REPEAT_HOURS = ["truc@example.vn"], tmp_path, 6
    return settings


def test_without_a_database_a_night_is_told_of_in_a_few_mails(no_database, smtp_sink, capsys, time_machine):
    for minute in range(0, 12 * 60, 15):
        time_machine.move_to(NOW + HOUR * minute / 60)
        code, printed = run_command(capsys)
        assert code == 2  # and cron is told each time
        assert "Cơ sở dữ liệu không trả lời" in printed.err
    assert len(smtp_sink.messages) == 2
    assert "một lần trong 6 giờ" in smtp_sink.messages[0].message.get_content()


def test_what_no_mail_server_took_is_told_by_the_next_round(no_database, smtp_sink, capsys, time_machine):
    time_machine.move_to(NOW)
    smtp_sink.down()
    run_command(capsys)
    smtp_sink.up()
    run_command(capsys)
    run_command(capsys)
    assert len(smtp_sink.messages) == 1


@pytest.mark.parametrize("kept", ["", "hỏng", "2026-11-23", (NOW + HOUR).isoformat()])
def test_a_moment_that_cannot_be_kept_or_read_keeps_nobody_from_being_told(no_database, smtp_sink, capsys, kept):
    folder = no_database.DATA_DIR
    if kept:
        (folder / STAMP).write_text(kept, encoding="utf-8")
    else:
        no_database.DATA_DIR = folder / "nowhere"
    with travel(NOW):
        run_command(capsys)
        run_command(capsys)
    assert len(smtp_sink.messages) == (1 if kept else 2)


# --- the page -----------------------------------------------------------------------------------


def test_the_page_says_what_is_wrong_and_what_to_do(client, admin, time_machine):
    time_machine.move_to(NOW)
    make_user(Role.UNIT_DRAFTER, unit=make_unit(), full_name="Đỗ Không Thư", email="")
    alive()
    Heartbeat.objects.filter(name="worker").update(at=NOW - HOUR)
    queued(1, state="failed", ended_at=NOW, last_error="550 5.1.1 không có hộp thư", subject="Đã gửi báo cáo")
    client.force_login(admin)
    page = client.get(reverse("admin:notices_heartbeat_changelist")).content.decode()
    for words in ("Khởi động lại worker", "550 5.1.1", "Đỗ Không Thư", "Máy chủ thư", "Bộ hẹn giờ"):
        assert words in page
    assert "Tình trạng hệ thống" in client.get(reverse("admin:catalogue")).content.decode()


def test_the_page_is_for_the_department(client):
    client.force_login(make_user(Role.UNIT_DRAFTER, unit=make_unit()))
    for name, args in (("heartbeat_changelist", []), ("why", []), ("why_person", [1])):
        assert client.get(reverse(f"admin:notices_{name}", args=args)).status_code in (302, 403)
