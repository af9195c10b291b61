"""/healthz and /readyz: for probes, without sign-in, secrets or cache."""

import json
import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from kltn_portal import health
from kltn_portal.celery import app
from notices import broker
from tests.support.broker import BASE_DIR, point_celery_at


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def test_the_process_answers_without_touching_anything(client):
    answer = client.get("/healthz")  # no database is allowed in this test
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_a_broker_that_is_away_only_degrades(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    expected = {"database": "ok", "files": "ok", "migrations": "ok", "queue": "degraded", "status": "degraded"}
    assert answer.json() == expected
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies


@pytest.mark.django_db
def test_a_silent_broker_does_not_hold_the_probe(client, silent_broker):
    started = time.monotonic()
    assert client.get("/readyz").json()["queue"] == "degraded"
    assert time.monotonic() - started < 30  # no measure of speed: without timeouts it would hang for ever


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/r.sock"])
def test_whoever_asks_the_broker_waits_a_second_for_each_answer(url):
    before = app.conf.broker_url
    try:
        point_celery_at(url)
        with broker._client() as client:
            options = client.connection_pool.connection_kwargs
    finally:
        point_celery_at(before)
    assert 0 < options["socket_timeout"] <= 1
    assert 0 < options["socket_connect_timeout"] <= 1
    assert options["retry"] is None  # each try again would wait anew


@pytest.mark.django_db
def test_everything_there_is_ok(client, redis_url):
    assert client.get("/readyz").json()["status"] == "ok"


@pytest.mark.django_db
def test_migrations_to_come_are_not_ready(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'notices'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "pending")


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_is_not_ready(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "file"
    (tmp_path / "file").write_text("no folder")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["files"]) == (503, "down")


@pytest.mark.django_db
def test_the_probe_is_not_sent_to_https_and_cannot_post(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


OPTIONS = """
import json
from kltn_portal.settings import DATABASES
print(json.dumps(DATABASES["default"].get("OPTIONS", {})))
"""


def portal_settings(code, **changes):
    """What ``code`` prints under the portal's own settings, in a process of its own."""
    argv, env = [sys.executable, "-c", code], {**os.environ, **changes}
    return subprocess.run(argv, cwd=BASE_DIR, env=env, capture_output=True, text=True, timeout=180)


@pytest.mark.once
def test_a_postgresql_whose_machine_has_gone_is_given_up_within_seconds():
    url = "postgres://ai@127.0.0.1/kho?keepalives_idle=60"
    options = json.loads(portal_settings(OPTIONS, DATABASE_URL=url).stdout)
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (5, 5000)
    assert (options["keepalives"], options["keepalives_interval"], options["keepalives_count"]) == (1, 2, 3)
    assert int(options["keepalives_idle"]) == 60  # who names one is followed
    assert "keepalives" not in portal_settings(OPTIONS, DATABASE_URL="sqlite:///kho.sqlite3").stdout


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_database_driver_really_gets_those_limits():
    connection.ensure_connection()
    given = connection.connection.get_dsn_parameters()
    assert (given["tcp_user_timeout"], given["keepalives_idle"], given["keepalives_count"]) == ("5000", "5", "3")


@pytest.mark.once
@pytest.mark.parametrize("url", ["unix:///run/redis.sock?db=2", "redis://127.0.0.1:6379/0?db=2"])
def test_a_broker_whose_database_worker_and_watch_would_read_differently_is_refused(url):
    done = portal_settings("import kltn_portal.settings", REDIS_URL=url)
    assert done.returncode != 0
    assert "REDIS_URL không chọn cơ sở dữ liệu bằng “?db=…”" in done.stderr
    assert portal_settings("import kltn_portal.settings", REDIS_URL=url.partition("?")[0]).returncode == 0


PROBE = """
import django; django.setup()
from django.test import Client
for path in ("/healthz", "/readyz"):
    answer = Client(headers={"host": "localhost"}).get(path)
    print(answer.status_code, answer.content.decode())
"""


@pytest.mark.once
@pytest.mark.slow
def test_a_database_that_is_away_is_said_so_without_its_address():
    nowhere = "postgres://ai:mat-khau-bi-mat@127.0.0.1:1/kho"
    done = portal_settings(PROBE, DATABASE_URL=nowhere, TEST_DATABASE_URL=nowhere)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("200"), done.stderr
    assert lines[1].startswith("503")
    assert '"database": "down"' in lines[1]
    assert "bi-mat" not in done.stdout
