"""/healthz and /readyz: for probes, without sign-in, secrets or cache."""

import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from kltn_portal import health
from tests.support.broker import BASE_DIR


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
    env = {**os.environ, "DATABASE_URL": "postgres://ai:mat-khau-bi-mat@127.0.0.1:1/kho"}
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=BASE_DIR,
        env={**env, "TEST_DATABASE_URL": env["DATABASE_URL"]},
        capture_output=True,
        text=True,
        timeout=180,
    )
    lines = done.stdout.splitlines()
    assert lines[0].startswith("200"), done.stderr
    assert lines[1].startswith("503")
    assert '"database": "down"' in lines[1]
    assert "bi-mat" not in done.stdout
