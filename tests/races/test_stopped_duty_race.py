"""Declared, ended or sent in the same second as planner and sender run: nothing is said about it afterwards."""

import datetime as dt
import threading

import pytest
from django.db import connections

from notices.models import Reminder
from notices.planner import plan
from notices.sender import send
from reports.declaring import declare
from reports.kind import record_paper
from reports.models import Obligation
from reports.opening import close_obligation
from tests.factories import NOW, TODAY, actor, make_cycle, make_specialist, make_team, make_unit, moment

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def at_once(*works):
    barrier, wrong = threading.Barrier(len(works)), []

    def run(work):
        try:
            barrier.wait()
            work()
        except Exception as error:  # shown by the assertion of the test
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert wrong == []


def stop_by(way, obligation, drafter, specialist):
    if way == "declare":
        declare(obligation=obligation, number="45/BC", issued_on=TODAY, actor=actor(drafter), now=NOW)
    elif way == "close":
        close_obligation(obligation=obligation, reason="Theo văn bản số 1", actor=actor(specialist), now=NOW)
    else:
        record_paper(obligation=obligation, arrival_number="1", arrival_date=TODAY, actor=actor(specialist), now=NOW)


def plan_and_send(now=NOW):
    plan(now=now)
    send(now=now)


def about(sink, obligation):
    """Digests that spoke of the obligation."""
    bodies = [mail.message.get_body(("plain",)).get_content() for mail in sink.messages]
    return sum(f"/nghia-vu/{obligation.pk}/da-gui/" in body for body in bodies)


@pytest.fixture
def owed():
    unit = make_unit()
    drafter = make_team(unit)[0]
    make_cycle(units=[unit], due_on=TODAY)
    return Obligation.objects.get(), drafter, make_specialist()


@pytest.mark.parametrize("way", ["declare", "close", "paper"])
@pytest.mark.parametrize("order", ["stop first", "plan, stop, send", "send first", "at once"])
def test_nothing_leaves_after_it_was_stopped(owed, smtp_sink, way, order):
    obligation, drafter, specialist = owed

    def stop():
        stop_by(way, obligation, drafter, specialist)

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
        at_once(stop, plan_and_send, plan_and_send)
    said = about(smtp_sink, obligation)
    assert said in {"stop first": {0}, "plan, stop, send": {0}, "send first": {2}, "at once": {0, 1, 2}}[order]
    for day in range(8):
        plan_and_send(moment(TODAY + dt.timedelta(days=day), hour=17))
    assert about(smtp_sink, obligation) == said
    assert not Reminder.objects.filter(duty_key=f"report:{obligation.pk}", state="planned").exists()
