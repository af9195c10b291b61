"""The flows are walked on one and the same morning: no weekend, no midnight half way, whatever the day of the run."""

import time

import pytest
from time_machine import escape_hatch, travel

from tests.factories import NOW


@pytest.fixture(autouse=True)
def morning():
    """The clock of this process and of the portal it serves; it goes on from there."""
    with travel(NOW, tick=True):
        yield


@pytest.fixture
def worker(smtp_sink, start_worker):
    """A Celery worker of the same morning, whose mails land in ``smtp_sink``."""
    real = escape_hatch.time.time()  # asked first: a worker may be ahead of us, never behind
    ahead = time.time() - real
    moved = {"DJANGO_SETTINGS_MODULE": "tests.support.moved_settings", "FAULT_OFFSET": str(ahead)}
    return start_worker(EMAIL_URL=smtp_sink.url, **moved)
