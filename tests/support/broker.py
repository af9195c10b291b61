"""A Redis of the test process's own and real Celery workers on the test database."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import redis
from django.conf import settings
from django.db import connection

from kltn_portal.celery import app
from notices.wake import nudger
from ops.processes import kill_group, spawn, stop, wait_until
from ops.redis_server import HOW_TO_GET, RedisServer, find_binary
from tests.support.need import missing

BASE_DIR = Path(__file__).resolve().parent.parent.parent
FAST = {"NOTICES_EVERY_SECONDS": "1", "HEARTBEAT_EVERY_SECONDS": "1"}  # of a beat whose work can be waited for
PATIENCE = 180  # seconds; on a machine at its limits the start of one Celery alone takes forty


def database_url(config):
    """DATABASE_URL of a Django database configuration – of the test database once that exists."""
    if config["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{config['NAME']}"
    user = quote(config["USER"] or "", safe="")
    if config["PASSWORD"]:
        user += ":" + quote(config["PASSWORD"], safe="")
    port = f":{config['PORT']}" if config["PORT"] else ""
    options = "?" + urlencode(config["OPTIONS"]) if config["OPTIONS"] else ""
    return f"postgres://{user}@{quote(config['HOST'] or '', safe='')}{port}/{config['NAME']}{options}"


def point_celery_at(url):
    """Make this process publish to ``url``; connections to the former broker are forgotten.

    Whatever is being published goes to the former broker: a test must not find the message of the one before it.
    """
    nudger.wait(60)
    app.conf.update(broker_url=url.replace("unix://", "redis+socket://", 1))
    app._pool = None
    app.amqp._producer_pool = None


def children_of(pid):
    """Process ids of the living children of ``pid``: of a worker, its pool."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for listed in lists for child in listed.read_text().split()]


def beat_process(redis_url, number, **env):
    """A real ``celery beat`` with a schedule file of its own; wakes the sender each second."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kltn_portal.settings",
        "DATABASE_URL": database_url(connection.settings_dict),
        "REDIS_URL": redis_url,
        "DATA_DIR": str(settings.DATA_DIR),
        **FAST,
        **env,
    }
    schedule = os.path.join(settings.DATA_DIR, f"beat-{number}")
    argv = [sys.executable, "-m", "celery", "--app", "kltn_portal", "--quiet", "beat", "--schedule", schedule]
    argv += ["--pidfile", "", "--loglevel", "WARNING"]
    with open(os.path.join(settings.DATA_DIR, "beat.log"), "ab") as log:
        return spawn(argv, env=env, cwd=BASE_DIR, stdout=log, stderr=subprocess.STDOUT)


class Worker:
    """A real ``celery worker`` process (no beat: tests publish what they want run)."""

    def __init__(self, env, number=0):
        self.env, self.process = env, None
        self.name = f"test-{os.getpid()}-{number}@{socket.gethostname()}"
        self.log = Path(settings.DATA_DIR) / "worker.log"

    def start(self):
        """Start it and wait until it answers; fails the test with the worker's log when it does not."""
        argv = [sys.executable, "-m", "celery", "--app", "kltn_portal", "--quiet", "worker", "--hostname", self.name]
        argv += ["--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        with open(self.log, "ab") as log:
            self.process = spawn(argv, env=self.env, cwd=BASE_DIR, stdout=log, stderr=subprocess.STDOUT)
        there = wait_until(lambda: self.process.poll() is not None or self.answers(), seconds=PATIENCE)
        if not there or self.process.poll() is not None:
            pytest.fail(f"Celery worker did not start:\n{self.log.read_text()}", pytrace=False)

    def answers(self):
        """Whether the worker takes part in remote control, thus consumes."""
        return bool(app.control.ping(destination=[self.name], timeout=1))

    def stop(self):
        """Warm shutdown: running tasks finish."""
        if self.process:
            stop([self.process])

    def kill(self):
        """The worker and its children die in the middle of whatever they do."""
        kill_group(self.process)
        self.process.wait()


@pytest.fixture(scope="session")
def redis_server():
    """URL of a running Redis: TEST_REDIS_URL, else one of this process's own (queues of xdist's workers never mix)."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    if find_binary() is None:
        missing(HOW_TO_GET)
    server = RedisServer(settings.DATA_DIR)
    process = server.start()
    yield server.url
    stop([process])
    server.forget_socket()


@pytest.fixture
def redis_url(redis_server):
    """URL of an empty Redis that this process publishes to during the test."""
    with redis.from_url(redis_server) as client:
        client.flushdb()
    before = app.conf.broker_url
    point_celery_at(redis_server)
    yield redis_server
    point_celery_at(before)


@pytest.fixture
def start_worker(transactional_db, redis_url):
    """``start_worker(**env)`` starts a Worker on the test database and the test's Redis; stopped at the end."""
    started = []
    fixed = {
        "DJANGO_SETTINGS_MODULE": "kltn_portal.settings",
        "DATABASE_URL": database_url(connection.settings_dict),
        "REDIS_URL": redis_url,
        "DATA_DIR": str(settings.DATA_DIR),
        "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
    }

    def start(**env):
        started.append(Worker({**os.environ, **fixed, **env}, len(started)))
        started[-1].start()
        return started[-1]

    yield start
    for worker in started:
        worker.stop()


@pytest.fixture
def beats(redis_url):
    """``beats(count)`` starts so many beats; returns all that were started."""
    started = []

    def start(count=1):
        started.extend(beat_process(redis_url, len(started) + number) for number in range(count))
        return started

    yield start
    stop(started)


@pytest.fixture
def worker(smtp_sink, start_worker):
    """A running Celery worker whose mails land in ``smtp_sink``."""
    return start_worker(EMAIL_URL=smtp_sink.url)


@pytest.fixture
def silent_broker():
    """Accepts connections and never says a word, as a half-open Redis does; yields the accepted connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        taken = []

        def accept():
            try:
                while True:
                    taken.append(server.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        before = app.conf.broker_url
        point_celery_at(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        yield taken
        point_celery_at(before)
        server.shutdown(socket.SHUT_RDWR)
        for one in taken:
            one.close()
