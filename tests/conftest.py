"""Servers the tests need, started on demand; each is skipped with a sentence where the machine lacks it."""

import hypothesis
import pytest
from django.conf import settings

from notices.wake import nudger
from tests.faults.summary import pytest_terminal_summary  # noqa: F401
from tests.support.broker import beats, redis_server, redis_url, silent_broker, start_worker, worker  # noqa: F401
from tests.support.browser import chromium, complaints, new_page, page  # noqa: F401
from tests.support.duties import fake  # noqa: F401
from tests.support.mail import smtp_sink  # noqa: F401
from tests.support.need import missing
from tests.support.postgres import HOW_TO_GET

# The same examples in every run, as long as each may take: a red run must come from a change, not from luck or load.
hypothesis.settings.register_profile(
    "same", derandomize=True, database=None, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("same")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Tests marked ``postgres`` run on PostgreSQL only."""
    if item.get_closest_marker("postgres") and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        missing(HOW_TO_GET + " Chạy: python -m ops.testrun postgres")


@pytest.fixture(scope="session", autouse=True)
def _no_publisher_left():
    """The thread that wakes the sender may still knock at a broker that is away; it must not outlive the log."""
    yield
    nudger.wait(10)
