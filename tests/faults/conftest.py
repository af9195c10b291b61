"""The stage of a scenario."""

import faulthandler
import os

import pytest

from kltn_portal.celery import app
from notices import duties
from ops.processes import stop
from ops.redis_server import HOW_TO_GET, RedisServer, find_binary
from tests.faults.app.provider import FileProvider
from tests.faults.world import World, data_folder
from tests.support.broker import point_celery_at
from tests.support.need import missing

TIME_BOX = float(os.environ.get("FAULTS_TIME_BOX", 900))  # seconds a scenario, setting up and clearing away included


def pytest_collection_modifyitems(items):
    """Every test below this folder is slow and a fault scenario, on a database that other processes can see."""
    for item in items:
        if "tests/faults/" in str(item.path):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def real_stderr(request):
    """The standard error of this process, past pytest's capture: what is captured is lost when a process is ended."""
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        copy = os.dup(2)
    yield copy
    os.close(copy)


@pytest.fixture(autouse=True)
def time_box(real_stderr):
    """A scenario that blocks for ever ends this process with a traceback; what it had started dies with it."""
    faulthandler.dump_traceback_later(TIME_BOX, exit=True, file=real_stderr)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def world(transactional_db, smtp_sink):
    """A World with 126 units; in this process, too, only its duties are known."""
    stage, others = World(smtp_sink, data_folder()), duties.providers()
    for other in others:
        duties.unregister(other.prefix)
    duties.register(FileProvider(stage.duties))
    stage.settle()
    yield stage
    stage.close()
    duties.unregister(FileProvider.prefix)
    for other in others:
        duties.register(other)


@pytest.fixture
def own_redis(world):
    """A RedisServer of this scenario alone, to be flushed, killed and silenced; this process publishes to it."""
    if find_binary() is None:
        missing(HOW_TO_GET)
    server, before = RedisServer(world.folder), app.conf.broker_url
    server.start()
    point_celery_at(server.url)
    yield server
    point_celery_at(before)
    stop([server.process], patience=3)
    server.forget_socket()
