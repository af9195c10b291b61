"""The flows are walked on one and the same morning: no weekend, no midnight half way, whatever the day of the run."""

import time

import pytest
from time_machine import escape_hatch, travel

from ops.processes import stop
from tests.factories import NOW
from tests.support.broker import beat_process


@pytest.fixture(autouse=True)
def morning():
    """The clock of this process and of the portal it serves; it goes on from there."""
    with travel(NOW, tick=True):
        yield


@pytest.fixture
def worker(smtp_sink, start_worker, redis_url):
    """A Celery worker of the same morning, whose mails land in ``smtp_sink``, and a beat: a wake-up is a hint only."""
    real = escape_hatch.time.time()  # asked first: a worker may be ahead of us, never behind
    ahead = time.time() - real
    moved = {"DJANGO_SETTINGS_MODULE": "tests.support.moved_settings", "FAULT_OFFSET": str(ahead)}
    started = start_worker(EMAIL_URL=smtp_sink.url, **moved)
    beat = beat_process(redis_url, "flow", **moved, NOTICES_EVERY_SECONDS="5", HEARTBEAT_EVERY_SECONDS="20")
    yield started
    stop([beat])
