"""What the watch sees in tables, broker and disk."""

import datetime as dt

import pytest
from celery import current_app

from notices import broker, heartbeats
from notices.models import Heartbeat, Mail
from notices.runs import run_planner, run_sender
from notices.watching import look, oldest_unsent
from tests.factories import NOW, TODAY, moment
from tests.integration.test_sender import queued
from tests.support.mail import NOBODY
from tests.support.watch import alive, codes

pytestmark = pytest.mark.django_db
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def test_a_living_system_has_no_problem():
    alive()
    assert codes() == []


def test_a_system_that_never_ran_says_so():
    assert codes() == [
        "planner",
        "sender",
        "opener",
        "weekly",
        "worker",
    ]  # the beat is judged through a living worker only


@pytest.mark.parametrize(
    ("name", "minutes"), [("planner", 31), ("sender", 11), ("opener", 31), ("weekly", 91), ("worker", 2), ("beat", 3)]
)
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


def test_an_older_sign_of_life_never_takes_the_place_of_a_newer_one(time_machine):
    time_machine.move_to(NOW)
    heartbeats.beat("beat", now=NOW)
    heartbeats.beat("beat", now=NOW - HOUR)
    assert heartbeats.read()["beat"].at == NOW


@pytest.mark.parametrize("name", ["planner", "sender", "worker", "beat"])
def test_a_sign_of_life_from_a_clock_ahead_does_not_speak_for_the_dead(name, time_machine):
    time_machine.move_to(NOW)
    alive()
    heartbeats.beat(name, now=NOW + 48 * HOUR)
    assert codes() == [name]
    (problem,) = look(now=NOW).problems
    assert "chưa tới" in problem.words
    assert problem.todo.startswith("Chỉnh đồng hồ")
    heartbeats.beat(name, now=NOW + MINUTE)  # it lives, and its clock is right again
    assert codes(NOW + MINUTE) == []
    assert heartbeats.read()[name].at == NOW + MINUTE


def test_clocks_of_two_machines_may_differ_a_little(time_machine):
    time_machine.move_to(NOW)
    alive(NOW + 4 * MINUTE)
    assert codes() == []


def test_a_message_of_a_beat_ahead_does_not_speak_for_it(redis_url, limits, time_machine):
    time_machine.move_to(NOW + 48 * HOUR)
    current_app.send_task("notices.heartbeat", headers={"celery_beat_task": True})
    time_machine.move_to(NOW)
    limits.WATCH = {**limits.WATCH, "queue": 300}
    alive(NOW - 5 * MINUTE)
    alive(NOW, "worker", "planner", "sender")
    assert broker.look().beaten == NOW + 48 * HOUR
    assert codes() == ["beat"]


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
    settings.EMAIL_PORT = NOBODY
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
    queued(1, state="failed", ended_at=NOW - 25 * HOUR)
    queued(2, state="failed", address="", ended_at=NOW - HOUR)  # nobody to write to: no alarm
    assert codes() == []
    queued(3, state="failed", created_at=NOW - 30 * HOUR, ended_at=NOW - HOUR)  # tried for more than a day
    queued(4, state="unknown", created_at=NOW - 100 * HOUR)
    assert codes() == ["failed", "unknown"]


def test_a_full_disk_is_seen(limits):
    alive()
    limits.WATCH = {**limits.WATCH, "disk_mb": 10**9}
    assert codes() == ["disk"]


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
    assert codes(state.oldest) == []
    alive(state.oldest + 6 * MINUTE)
    assert codes(state.oldest + 6 * MINUTE) == ["queue"]


def test_a_broker_that_is_away_is_seen(limits):
    limits.WATCH = {**limits.WATCH, "queue": 300}
    alive()
    assert codes() == ["broker"]


def value_of(label, now=NOW):
    return next((sign.value, sign.tone) for sign in look(now=now).signs if sign.label == label)


def test_mails_put_off_are_not_said_to_be_none():
    alive()
    assert value_of("Thư chờ lâu nhất") == ("không có thư nào chờ", "ok")
    for number in range(8):
        queued(number, attempts=1, refusals=1, not_before=NOW + (number + 5) * MINUTE)
    assert value_of("Thư chờ lâu nhất") == ("8 thư chờ gửi lại, sớm nhất lúc 09:05 23/11/2026", "warn")
    queued(9, not_before=NOW + HOUR)
    assert "1 thư chờ đến giờ gửi" in value_of("Thư chờ lâu nhất")[0]
    queued(10, not_before=NOW - 3 * MINUTE)
    assert value_of("Thư chờ lâu nhất")[0].startswith("3 phút; 8 thư chờ gửi lại")


def test_mails_without_address_are_counted_apart():
    alive()
    queued(1, state="failed", address="", ended_at=NOW)
    queued(2, state="failed", ended_at=NOW)
    assert value_of("Thư không gửi được trong 24 giờ") == (
        "1 thư máy chủ từ chối; ngoài ra 1 thư không có địa chỉ người nhận",
        "late",
    )


def test_a_mail_that_used_up_its_tries_is_told_however_old_it_is(smtp_sink):
    """Put off for more than a day and then refused for good: the end counts, not the beginning."""
    alive()
    mail = queued(created_at=NOW - 40 * HOUR, refusals=99)
    smtp_sink.script("RCPT", "450 4.2.0 later")
    run_sender(now=NOW)
    mail.refresh_from_db()
    assert (mail.state, mail.ended_at is not None) == ("failed", True)
    assert codes() == ["failed"]
