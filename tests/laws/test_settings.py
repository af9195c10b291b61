"""Production settings: Django's own deployment check is silent, and secrets are demanded, not invented."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template import Context, Template

from ops.lint import PRODUCTION_LIKE
from tests.support.source import ROOT


def manage(*arguments, **changes):
    env = {**os.environ, **PRODUCTION_LIKE, "DJANGO_SETTINGS_MODULE": "kltn_portal.settings", **changes}
    env["DJANGO_ALLOW_ASYNC_UNSAFE"] = None  # a browser test of this process may have set it
    env = {name: value for name, value in env.items() if value is not None}
    argv = [sys.executable, "manage.py", *arguments]
    return subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.once
def test_deployment_check_is_silent():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.once
@pytest.mark.parametrize("name", ["SECRET_KEY", "EMAIL_URL", "SITE_URL", "DEFAULT_FROM_EMAIL", "HOTLINE"])
def test_production_refuses_to_start_without(name):
    done = manage("check", **{name: None})
    assert done.returncode != 0
    assert done.stderr.startswith(f"Chưa đặt {name}")  # one sentence that says what to do, no traceback
    assert done.stderr.strip().count("\n") == 0


@pytest.mark.once
def test_the_sentence_comes_before_an_unknown_command_too():
    done = manage("plan_reminders", SECRET_KEY=None)
    assert (done.returncode, done.stdout) == (1, "")
    assert "DEMO=1 .venv/bin/python manage.py plan_reminders" in done.stderr


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_sessions_and_cookies():
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_AGE <= 12 * 3600
    assert settings.X_FRAME_OPTIONS == "DENY"
    assert settings.TIME_ZONE == "Asia/Ho_Chi_Minh"


def test_a_key_stands_in_an_address_without_dots():
    """With Django's thousand separator every {{ pk }} from 1000 on would break its link."""
    assert Template("?unit={{ pk }}").render(Context({"pk": 1640})) == "?unit=1640"
    assert Template("{{ count|vnumber }}").render(Context({"count": 1640})) == "1.640"
