"""What settings say about the queue really arrives in Celery and kombu."""

import pytest
from django.conf import settings

from kltn_portal.celery import app


def test_tasks_survive_their_worker_and_one_is_fetched_at_a_time():
    conf = app.conf
    assert conf.task_acks_late is conf.task_reject_on_worker_lost is True
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_ignore_result is True
    assert conf.worker_soft_shutdown_timeout > 0
    assert conf.broker_connection_max_retries is None  # 0 makes kombu give up at once
    for name, task in app.tasks.items():
        if not name.startswith("celery."):
            assert task.acks_late, name
            assert task.reject_on_worker_lost, name
            assert task.ignore_result, name


def test_no_task_outlives_its_invisibility():
    conf = app.conf
    assert 0 < conf.task_time_limit < conf.broker_transport_options["visibility_timeout"]
    assert conf.task_soft_time_limit is None  # it would raise in the middle of a mail


def test_json_only():
    assert list(app.conf.accept_content) == ["json"]
    assert {app.conf.task_serializer, app.conf.result_serializer, app.conf.event_serializer} == {"json"}


def test_every_periodic_message_expires_and_has_a_task():
    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        assert entry["options"]["expires"] > 0, name
        assert entry["task"] in app.tasks, name
        assert not {"countdown", "eta"} & set(entry["options"]), name


def test_the_beat_counts_in_hanoi():
    assert str(app.timezone) == settings.TIME_ZONE == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/r.sock"])
def test_kombu_gets_the_timeouts(url):
    with app.connection_for_write(url=url) as connection:
        assert connection.connect_timeout == 1
        channel = object.__new__(connection.transport.Channel)
        assert {"socket_timeout", "socket_connect_timeout", "visibility_timeout"} <= set(channel.from_transport_options)
        options = connection.transport_options
        assert options["socket_timeout"] <= 2
        assert options["unacked_restore_interval"] * options["unacked_restore_throttle"] <= 10


def test_a_channel_is_really_made_with_them(redis_url):
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        parameters = channel._connparams()
        assert parameters["socket_timeout"] == 2
        assert channel.visibility_timeout == 900
        assert channel.unacked_restore_interval == 10
