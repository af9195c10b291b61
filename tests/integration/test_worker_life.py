"""Real workers, beats and brokers that die, freeze, come late or come twice: mail still leaves, the watch notices."""

import datetime as dt
import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
import redis
from celery import current_app
from django.conf import settings as real_settings
from django.db import connection
from django.utils import timezone

from kltn_portal.celery import app
from notices import heartbeats
from notices.models import Mail
from notices.watching import look
from ops.processes import spawn, stop, wait_until
from ops.redis_server import RedisServer, find_binary
from tests.factories import make_user
from tests.integration.test_sender import queued
from tests.support.broker import BASE_DIR, FAST, PATIENCE, children_of, database_url, point_celery_at
from tests.support.mail import HANG

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def mails(count, since=0):
    now = timezone.now()
    return [
        queued(number, not_before=now, created_at=now, person=make_user()) for number in range(since, since + count)
    ]


def all_sent():
    return not Mail.objects.exclude(state="sent").exists()


def ids(sink):
    return Counter(received.message["message-id"] for received in sink.messages)


def codes(settings, **limits):
    settings.WATCH = {**dict.fromkeys(real_settings.WATCH, 0), **limits}
    return [problem.code for problem in look(now=timezone.now()).problems]


def test_two_beats_and_two_workers_double_nothing(start_worker, smtp_sink, beats):
    start_worker(EMAIL_URL=smtp_sink.url)
    start_worker(EMAIL_URL=smtp_sink.url)
    mails(40)
    beats(2)
    assert wait_until(all_sent, seconds=PATIENCE)
    assert wait_until(lambda: {"worker", "beat"} <= heartbeats.read().keys(), seconds=PATIENCE)
    mails(40, since=40)
    assert wait_until(all_sent, seconds=PATIENCE)
    assert set(ids(smtp_sink).values()) == {1}
    assert len(smtp_sink.messages) == 80


def test_a_frozen_worker_is_noticed_and_a_dead_beat_too(start_worker, smtp_sink, beats, settings):
    worker = start_worker(EMAIL_URL=smtp_sink.url)
    (beat,) = beats()
    assert wait_until(lambda: {"worker", "beat"} <= heartbeats.read().keys(), seconds=PATIENCE)
    assert codes(settings, worker=30, beat=30) == []

    os.killpg(worker.process.pid, signal.SIGSTOP)  # alive for every process list, and doing nothing
    try:
        assert wait_until(lambda: codes(settings, worker=3, beat=3) == ["worker"], seconds=PATIENCE)
    finally:
        os.killpg(worker.process.pid, signal.SIGCONT)
    assert wait_until(lambda: codes(settings, worker=10, beat=10) == [], seconds=PATIENCE)

    os.kill(beat.pid, signal.SIGSTOP)
    try:
        # Somebody else's messages keep the worker alive, and are no sign of the beat's life.
        def only_the_beat():
            current_app.send_task("notices.heartbeat")
            return codes(settings, worker=3, beat=5) == ["beat"]

        assert wait_until(only_the_beat, seconds=PATIENCE, every=0.5)
    finally:
        os.kill(beat.pid, signal.SIGCONT)


def test_a_slow_mail_server_takes_no_room_from_planner_and_signs_of_life(start_worker, smtp_sink, beats, settings):
    """One run of the sender at a time: a second one would take the other batch, and hang in it too."""
    smtp_sink.script("DATA", HANG, HANG)
    start_worker(EMAIL_URL=smtp_sink.url, DJANGO_SETTINGS_MODULE="tests.support.short_settings")  # waits for minutes
    mails(60)
    beats()
    hanging = Mail.objects.filter(state="sending").exclude(message_id="")
    assert wait_until(hanging.exists, seconds=60)
    seen = timezone.now()

    def goes_on():
        return all(row.at > seen + dt.timedelta(seconds=4) for row in map(heartbeats.read().get, ("worker", "beat")))

    assert wait_until(lambda: {"worker", "beat"} <= heartbeats.read().keys() and goes_on(), seconds=30)
    current_app.send_task("notices.plan")
    assert wait_until(lambda: "mails" in heartbeats.detail_of("planner"), seconds=30)  # its result, no longer awaited
    assert hanging.count() == 1
    assert (Mail.objects.filter(state="sending").count(), Mail.objects.filter(state="queued").count()) == (50, 10)
    assert codes(settings, worker=10, beat=10) == []


def test_a_worker_that_takes_nothing_up_tells_nothing_against_the_beat(redis_url, beats, settings):
    """Every process of the worker is busy, the sender gives the worker's sign of life; the beat goes on."""
    heartbeats.beat("beat", now=timezone.now() - dt.timedelta(minutes=5))

    def found():
        heartbeats.beat("worker", now=timezone.now())
        return codes(settings, worker=10, beat=3)

    assert found() == ["beat"]
    (beat,) = beats()
    assert wait_until(lambda: found() == [], seconds=60)
    os.kill(beat.pid, signal.SIGSTOP)
    try:
        assert wait_until(lambda: found() == ["beat"], seconds=30, every=0.5)
    finally:
        os.kill(beat.pid, signal.SIGCONT)


@pytest.fixture
def own_redis(tmp_path, monkeypatch):
    """A Redis of this test alone, that may be stopped, flushed and frozen; publishing goes there."""
    if find_binary() is None:
        pytest.skip("needs a redis-server")
    server = RedisServer(tmp_path)
    before = app.conf.broker_url
    point_celery_at(server.url)
    yield server
    point_celery_at(before)
    if server.process and server.process.poll() is None:
        stop([server.process])
    server.forget_socket()


def start_pair(server, smtp_sink):
    """Worker and beat in one process group, on ``server``."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kltn_portal.settings",
        "DATABASE_URL": database_url(connection.settings_dict),
        "REDIS_URL": server.url,
        "DATA_DIR": str(server.folder.parent),
        "EMAIL_URL": smtp_sink.url,
        **FAST,
    }
    argv = [sys.executable, "-m", "celery", "--app", "kltn_portal", "--quiet", "worker", "--beat", "--concurrency", "2"]
    argv += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    with open(server.folder.parent / "worker.log", "ab") as log:
        return spawn(argv, env=env, cwd=BASE_DIR, stdout=log, stderr=subprocess.STDOUT)


class Pair:
    """Worker and beat, started again when they end, as every supervisor does."""

    def __init__(self, server, smtp_sink):
        self.start, self.deaths = lambda: start_pair(server, smtp_sink), 0
        self.process = self.start()

    def all_sent(self):
        if self.process.poll() is not None:
            self.process, self.deaths = self.start(), self.deaths + 1
        return all_sent()


def test_a_broker_that_comes_late_is_flushed_restarted_and_frozen_loses_nothing(own_redis, smtp_sink):
    own_redis.folder.mkdir(parents=True)
    pair = Pair(own_redis, smtp_sink)  # no Redis yet: worker and beat wait for it
    try:
        mails(5)
        log = own_redis.folder.parent / "worker.log"
        assert wait_until(lambda: "Trying again" in log.read_text(), seconds=PATIENCE), log.read_text()
        own_redis.start()
        assert wait_until(pair.all_sent, seconds=PATIENCE), log.read_text()
        assert pair.deaths == 0

        mails(5, since=5)
        with redis.from_url(own_redis.url) as client:
            client.flushall()
        assert wait_until(pair.all_sent, seconds=PATIENCE), log.read_text()

        stop([own_redis.process])
        mails(5, since=10)
        own_redis.start()
        assert wait_until(pair.all_sent, seconds=PATIENCE), log.read_text()

        own_redis.process.send_signal(signal.SIGSTOP)  # half-open: connections stand, nobody answers
        mails(5, since=15)
        broken = log.read_text()
        assert wait_until(lambda: log.read_text() != broken, seconds=PATIENCE)
        own_redis.process.send_signal(signal.SIGCONT)
        assert wait_until(pair.all_sent, seconds=PATIENCE), log.read_text()
        assert set(ids(smtp_sink).values()) == {1}
        assert len(smtp_sink.messages) == 20
        # kombu may close its channel twice and end the worker when Redis dies at an unlucky moment; no more than that.
        assert pair.deaths <= 1
    finally:
        if own_redis.process:
            own_redis.process.send_signal(signal.SIGCONT)
        stop([pair.process])


def test_a_worker_killed_in_the_middle_of_a_run_loses_and_doubles_nothing(start_worker, smtp_sink, beats):
    worker = start_worker(EMAIL_URL=smtp_sink.url)
    mails(60)
    current_app.send_task("notices.send")
    smtp_sink.wait_for(5)
    worker.kill()
    Mail.objects.filter(state="sending").update(lease_until=timezone.now())  # as if its time had passed
    worker.start()
    beats()
    assert wait_until(lambda: not Mail.objects.filter(state__in=["queued", "sending"]).exists(), seconds=PATIENCE)
    assert Mail.objects.filter(state="unknown").count() <= 1
    assert set(ids(smtp_sink).values()) == {1}
    assert len(smtp_sink.messages) >= 59


def test_a_task_whose_process_dies_is_taken_up_again_at_once(start_worker, smtp_sink):
    """acks_late and reject_on_worker_lost: nobody else wakes the sender here, and no timeout has passed."""
    worker = start_worker(EMAIL_URL=smtp_sink.url)
    mails(400)
    current_app.send_task("notices.send")
    smtp_sink.wait_for(5)
    for pid in children_of(worker.process.pid):
        os.kill(pid, signal.SIGKILL)
    assert Mail.objects.filter(state="queued").exists()
    assert wait_until(lambda: not Mail.objects.filter(state="queued").exists(), seconds=PATIENCE)
    assert wait_until(
        lambda: Mail.objects.filter(state="sent").count() >= 350, seconds=PATIENCE
    )  # one batch is held by the dead
    assert set(ids(smtp_sink).values()) == {1}


def test_a_worker_told_to_quit_finishes_what_it_does(start_worker, smtp_sink, monkeypatch):
    """worker_soft_shutdown_timeout: without it SIGQUIT ends the task in the middle of a mail."""
    worker, take = start_worker(EMAIL_URL=smtp_sink.url), smtp_sink.handle_DATA

    async def quit_at_the_fifth(*mail):
        if len(smtp_sink.messages) == 4:
            worker.process.send_signal(signal.SIGQUIT)
        return await take(*mail)

    monkeypatch.setattr(smtp_sink, "handle_DATA", quit_at_the_fifth)
    mails(40)  # few enough for the ten seconds of the timeout, on a busy machine too
    current_app.send_task("notices.send")
    worker.process.wait(PATIENCE)
    assert all_sent()
    assert len(smtp_sink.messages) == 40
