"""Whoever follows docs/operations.md or the README types commands that exist, with options they know."""

import re
from pathlib import Path

import pytest
from celery.bin.celery import celery as celery_command
from django.conf import settings
from django.core.management import get_commands, load_command_class
from gunicorn.config import Config

pytestmark = pytest.mark.once
ROOT = Path(settings.BASE_DIR)
PAGES = ("README.md", "docs/operations.md", "docs/reliability.md")
OPTION = re.compile(r"(?<!\S)(--?[a-zA-Z][\w-]*)")


def calls(start):
    """(page, first word, its options) of every command on the pages that begins with ``start``."""
    found = []
    for page in PAGES:
        for rest in re.findall(rf"{start}([^`\n|]*)", (ROOT / page).read_text(encoding="utf-8")):
            word, _, arguments = rest.strip().partition(" ")
            found.append((page, word, OPTION.findall(arguments.partition("[")[0] + arguments.partition("[")[2])))
    return found


def test_every_management_command_exists_with_its_options():
    ours, typed = get_commands(), calls(r"manage\.py ")
    assert {"watch", "plan_weekly", "resolve_unknown", "send_mail"} <= {word for _, word, _ in typed}
    for page, word, options in typed:
        assert word in ours, f"{page}: manage.py {word}"
        known = load_command_class(ours[word], word).create_parser("manage.py", word)._option_string_actions
        assert set(options) <= known.keys(), f"{page}: manage.py {word}"


def test_every_celery_command_exists_with_its_options():
    typed = calls(r"celery -A kltn_portal ")
    assert {"worker", "beat"} <= {word for _, word, _ in typed}
    for page, word, options in typed:
        known = {name for parameter in celery_command.commands[word].params for name in parameter.opts}
        assert set(options) <= known, f"{page}: celery {word}"


def test_every_option_of_the_web_server_exists():
    typed = calls(r"gunicorn kltn_portal\.wsgi")
    assert typed
    known = {name for action in Config().parser()._actions for name in action.option_strings}
    for page, first, options in typed:
        assert {*OPTION.findall(first), *options} <= known, page


def test_every_threshold_of_the_watch_stands_there_with_its_default():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    source = (ROOT / "kltn_portal/settings.py").read_text(encoding="utf-8")
    read = dict(re.findall(r'env\.int\("(WATCH_\w+)", default=([\d *]+)\)', source))
    assert len(read) == len(settings.WATCH)
    for name, default in read.items():
        seconds = 1
        for factor in default.split("*"):
            seconds *= int(factor)
        assert re.search(rf"`{name}` {seconds}\b", text), name
