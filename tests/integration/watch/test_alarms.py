"""The alarm that goes out past queue and outbox: who is told, how often, and what a death in between leaves."""

import datetime as dt
import os
import socket
import sys

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.utils import timezone

from notices.alarms import Told, tell
from notices.models import Alarm, Heartbeat
from notices.watching import look
from ops.processes import kill_group, spawn
from tests.factories import NOW
from tests.support.broker import BASE_DIR, database_url
from tests.support.mail import DROP, NOBODY
from tests.support.watch import alive

pytestmark = pytest.mark.django_db
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


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
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, NOBODY
    assert watch(NOW).error
    settings.EMAIL_PORT = port
    assert watch(NOW + MINUTE).error == ""
    assert len(smtp_sink.messages) == 1


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", DROP, "421 4.7.0 too many"])
def test_one_wrong_address_does_not_keep_the_alarm_from_the_others(smtp_sink, settings, admin, answer):
    settings.ALARM_ADDRESSES = ["hai@example.vn", "ba@example.vn", "bon@example.vn"]
    alive(NOW - HOUR)
    smtp_sink.script("RCPT", None, answer)  # the first is told, the second is not
    assert watch(NOW).error == ""
    told = [one.recipients[0] for one in smtp_sink.messages]
    assert told == ["quantri@example.vn", "ba@example.vn", "bon@example.vn"]


@pytest.mark.parametrize("what", ["new", "over"])
def test_behind_a_slow_mail_server_nobody_is_told_twice(smtp_sink, settings, admin, time_machine, monkeypatch, what):
    """Twenty seconds an address, eighty in all; while each mail is under way the next round of cron comes."""
    settings.ALARM_ADDRESSES = ["hai@example.vn", "ba@example.vn", "bon@example.vn"]
    time_machine.move_to(NOW, tick=False)
    alive(NOW - HOUR)
    if what == "over":
        watch(timezone.now())
        smtp_sink.messages.clear()
        alive(NOW + 5 * MINUTE)
    rounds, send = [], EmailBackend.send_messages

    def slowly(backend, mails):
        time_machine.shift(20)
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(EmailBackend, "send_messages", send)
            rounds.append(watch(timezone.now()))
        return send(backend, mails)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    assert getattr(watch(timezone.now()), what)
    assert [(told.new, told.over) for told in rounds] == [((), ())] * 4
    assert len({one.recipients for one in smtp_sink.messages}) == len(smtp_sink.messages) == 4
    time_machine.shift(60)
    assert watch(timezone.now()) == Told()


def test_an_alarm_told_to_the_end_is_told_even_if_another_round_began_it_anew(smtp_sink, admin, monkeypatch):
    """One address that takes longer than a telling is left alone: told twice perhaps, not each minute for ever."""
    alive(NOW - HOUR)
    send = EmailBackend.send_messages

    def slowly(backend, mails):
        Alarm.objects.update(told_at=NOW + MINUTE)  # taken over, by one that is still at it
        return send(backend, mails)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    assert watch(NOW).new
    assert watch(NOW + 5 * MINUTE) == Told()


# --- a teller that dies -------------------------------------------------------------------------


def watch_process(port, **env):
    """``manage.py watch`` on the test's database, telling by the mail server at ``port``."""
    fixed = {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": database_url(connection.settings_dict),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "WATCH_QUEUE_SECONDS": "0",
        "WATCH_HOLIDAY_DAYS": "0",
    }
    return spawn([sys.executable, "manage.py", "watch"], cwd=BASE_DIR, env={**os.environ, **fixed, **env})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_alarm_whose_teller_was_killed_is_told_in_the_next_round(smtp_sink, admin):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection and never says a word
        silent.settimeout(180)
        process = watch_process(silent.getsockname()[1])
        try:
            with silent.accept()[0]:  # it has noted the alarms and wants to tell them
                kill_group(process)
                process.wait()
        finally:
            kill_group(process)
    noted = Alarm.objects.latest("told_at").told_at
    assert watch(noted + MINUTE / 60).new == ()  # so soon, the teller may still be at it
    assert [problem.code for problem in watch(noted + MINUTE).new] == [
        "planner",
        "sender",
        "opener",
        "weekly",
        "worker",
    ]
    assert watch(noted + 2 * MINUTE).new == ()
    assert len(smtp_sink.messages) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_teller_that_died_after_the_answer_doubles_the_alarm_and_loses_nothing(smtp_sink, admin):
    process = watch_process(smtp_sink.port, FAULT_DIE="after:1")
    assert process.wait(180) == 137
    noted = Alarm.objects.latest("told_at").told_at
    assert watch(noted + MINUTE).new
    assert watch(noted + 2 * MINUTE).new == ()
    assert len(smtp_sink.messages) == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_end_whose_teller_died_is_told_in_the_next_round(smtp_sink, admin):
    now = timezone.now()
    assert watch(now).new
    alive(now)
    process = watch_process(smtp_sink.port, FAULT_DIE="before:1")
    assert process.wait(180) == 137
    ended = Alarm.objects.latest("ended_at").ended_at
    alive(ended + MINUTE)
    assert watch(ended + MINUTE / 60).over == ()
    assert len(watch(ended + MINUTE).over) == 5
    alive(ended + 2 * MINUTE)
    assert watch(ended + 2 * MINUTE).over == ()
    assert subjects(smtp_sink)[1:] == ["[Cổng KH&CN] Đã hết sự cố của Cổng"]


def test_a_repeated_alarm_that_no_server_takes_still_owes_its_end(smtp_sink, settings, admin):
    alive(NOW - HOUR, "planner", "sender", "worker", "beat")
    watch(NOW)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, NOBODY
    assert watch(NOW + 7 * HOUR).error
    settings.EMAIL_PORT = port
    alive(NOW + 7 * HOUR)
    assert watch(NOW + 7 * HOUR).over
    assert len(smtp_sink.messages) == 2
