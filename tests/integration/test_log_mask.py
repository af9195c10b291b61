"""The portal's own log never holds the address of somebody's calendar."""

import io
import logging

import pytest
from django.conf import settings
from django.urls import reverse

from kltn_portal.log_mask import MaskCalendarTokens, masked
from notices import feed as feeds
from tests.factories import NOW, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed():
    return feeds.create_feed(person=make_user(username="lan"), now=NOW)


@pytest.fixture
def log(monkeypatch):
    """What the handlers of the settings write, wherever in the tree of loggers they hang."""
    written = io.StringIO()
    names = ("", "django", "django.request", "django.security")
    found = [handler for name in names for handler in logging.getLogger(name).handlers]
    ours = [one for one in found if type(one) is logging.StreamHandler]
    assert ours, "the handler of settings.LOGGING is in use"
    for handler in ours:
        monkeypatch.setattr(handler, "stream", written)
    return written


def token_of(feed):
    return feeds.address(feed).rsplit("/", 1)[1].removesuffix(".ics")


def test_a_calendar_that_fails_is_told_without_its_address(client, feed, log, monkeypatch):
    token = token_of(feed)

    def broken(*_, **__):
        raise RuntimeError(f"no file for /lich/{token}.ics")

    monkeypatch.setattr("notices.views.calendar.write_calendar", broken)
    client.raise_request_exception = False
    assert client.get(f"/lich/{token}.ics").status_code == 500
    assert "Internal Server Error: /lich/…" in log.getvalue()
    assert "Traceback" in log.getvalue()
    assert token not in log.getvalue()


def test_an_address_not_found_is_told_without_it(client, feed, log):
    token = token_of(feed)
    feeds.create_feed(person=feed.person, now=NOW)  # the old address is stopped, a copy of it still asks
    for path in (f"/lich/{token}.ics", f"/lich/{token}", f"/lich/{token}/x", f"/LICH/{token}.ics"):
        assert client.get(path).status_code == 404
    assert log.getvalue().count("Not Found: /lich/…") + log.getvalue().count("Not Found: /LICH/…") == 4
    assert token not in log.getvalue()


def test_other_addresses_stay_readable(client, log):
    client.get("/khong-co/")
    assert "Not Found: /khong-co/" in log.getvalue()
    for path in (reverse("calendar-new"), "/bao-cao/17/", "/lich/"):
        assert masked(path) == path


def test_a_traceback_that_repeats_the_address_is_masked():
    try:
        raise ValueError("GET /lich/bi-mat.ics?x=1")
    except ValueError as error:
        told = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "%s failed", ("/lich/bi-mat.ics",), told)
    assert MaskCalendarTokens().filter(record)
    said = logging.Formatter("%(message)s").format(record)
    assert "/lich/… failed" in said
    assert "/lich/…?x=1" in said
    assert "bi-mat" not in said


def test_a_message_that_does_not_fit_its_values_is_left_to_the_handler():
    assert MaskCalendarTokens().filter(logging.LogRecord("x", logging.INFO, "f", 1, "%d", ("một",), None))


def test_the_web_servers_own_log_is_masked_too():
    import kltn_portal.wsgi

    assert kltn_portal.wsgi.application
    for name in ("gunicorn.error", "gunicorn.access"):
        assert any(isinstance(one, MaskCalendarTokens) for one in logging.getLogger(name).filters)


def test_every_handler_of_the_settings_masks():
    assert all("calendar_tokens" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
