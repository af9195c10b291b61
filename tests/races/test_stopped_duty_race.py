"""Declared, ended or sent in the same second as planner and sender run: nothing is said about it afterwards."""

import asyncio
import datetime as dt
import time

import pytest
from django.db import connections

from notices.models import Reminder
from notices.planner import plan
from notices.sender import send
from reports.declaring import declare
from reports.kind import record_paper
from reports.opening import close_obligation
from tests.factories import NOW, TODAY, actor, make_specialist, moment
from tests.support.at_once import at_once, plan_and_send
from tests.support.report_desk import Desk

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def stop_by(way, obligation, drafter, specialist):
    if way == "declare":
        declare(obligation=obligation, number="45/BC", issued_on=TODAY, actor=actor(drafter), now=NOW)
    elif way == "close":
        close_obligation(obligation=obligation, reason="Theo văn bản số 1", actor=actor(specialist), now=NOW)
    else:
        record_paper(obligation=obligation, arrival_number="1", arrival_date=TODAY, actor=actor(specialist), now=NOW)


def about(sink, obligation):
    """Digests that spoke of the obligation."""
    bodies = [mail.message.get_body(("plain",)).get_content() for mail in sink.messages]
    return sum(f"/nghia-vu/{obligation.pk}/da-gui/" in body for body in bodies)


@pytest.mark.parametrize("way", ["declare", "close", "paper"])
@pytest.mark.parametrize("order", ["stop first", "plan, stop, send", "send first", "at once"])
def test_nothing_leaves_after_it_was_stopped(owed, smtp_sink, writings, way, order):
    obligation, drafter, specialist = owed
    stopped = []

    def stop():
        stop_by(way, obligation, drafter, specialist)
        stopped.append(time.monotonic())

    if order == "stop first":
        stop()
        plan_and_send()
    elif order == "plan, stop, send":
        plan(now=NOW)
        stop()
        send(now=NOW)
    elif order == "send first":
        plan_and_send()
        stop()
    else:
        assert at_once(stop, plan_and_send, plan_and_send) == []
    said = about(smtp_sink, obligation)
    # At once, either may be first. What began to be written after the stop's commit does not speak of it, and what was
    # written before is asked again as it leaves (the next test).
    for began, texts in writings:
        assert began < stopped[0] or not any(f"/nghia-vu/{obligation.pk}/" in text for text in texts)
    assert said in {"stop first": {0}, "plan, stop, send": {0}, "send first": {2}, "at once": {0, 1, 2}}[order]
    for day in range(8):
        plan_and_send(moment(TODAY + dt.timedelta(days=day), hour=17))
    assert about(smtp_sink, obligation) == said
    assert not Reminder.objects.filter(duty_key=f"report:{obligation.pk}", state="planned").exists()


@pytest.mark.parametrize("way", ["declare", "close", "paper"])
def test_what_is_stopped_while_the_server_holds_the_first_mail_is_not_in_the_second(owed, smtp_sink, monkeypatch, way):
    obligation, drafter, specialist = owed
    take, errors = smtp_sink.handle_DATA, []

    def stop():
        try:
            stop_by(way, obligation, drafter, specialist)
        except Exception as error:  # shown by the assertion of the test
            errors.append(error)
        finally:
            connections.close_all()

    async def slow(server, session, envelope):
        if not smtp_sink.messages:
            await asyncio.to_thread(stop)
        return await take(server, session, envelope)

    monkeypatch.setattr(smtp_sink, "handle_DATA", slow)
    plan_and_send()
    assert errors == []
    assert about(smtp_sink, obligation) == 1


@pytest.mark.parametrize("way", ["declare", "close", "paper"])
@pytest.mark.parametrize("order", ["plan, stop, send", "at once"])
def test_nobody_is_chased_to_sign_what_was_stopped(smtp_sink, way, order):
    desk, specialist = Desk(due_on=TODAY), make_specialist()
    desk.fill()
    desk.step("submit_for_signature", desk.drafter)
    send(now=NOW)  # the step's own mail
    before = len(smtp_sink.messages)
    if order == "plan, stop, send":
        plan(now=NOW)
        stop_by(way, desk.obligation, desk.drafter, specialist)
    else:
        assert (
            at_once(lambda: stop_by(way, desk.obligation, desk.drafter, specialist), plan_and_send, plan_and_send) == []
        )
    for day in range(8):
        plan_and_send(moment(TODAY + dt.timedelta(days=day), hour=17))
    signing = [
        mail.message["subject"] for mail in smtp_sink.messages[before:] if "Ký và gửi" in mail.message["subject"]
    ]
    assert len(signing) <= (0 if order == "plan, stop, send" else 1), signing
    assert not Reminder.objects.filter(duty_key__startswith="signature:", state="planned").exists()
