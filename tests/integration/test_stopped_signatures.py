"""What has come another way asks nobody to sign or to mend it, whatever was under way on the portal."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from dossiers.duties import ReworkProvider, SignatureProvider
from dossiers.models import Dossier
from notices.duties import open_duties, open_keys
from reports.declaring import declare
from reports.kind import record_paper
from reports.opening import close_obligation
from tests.factories import NOW, TODAY, actor, make_specialist
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return Desk(due_on=TODAY + dt.timedelta(days=1))


def stop(desk, way):
    specialist = actor(make_specialist())
    if way == "declare":
        declare(obligation=desk.obligation, number="1", issued_on=TODAY, actor=actor(desk.drafter), now=NOW)
    elif way == "close":
        close_obligation(obligation=desk.obligation, reason="NQ số 1", actor=specialist, now=NOW)
    else:
        record_paper(obligation=desk.obligation, arrival_number="1", arrival_date=TODAY, actor=specialist, now=NOW)


@pytest.mark.parametrize("way", ["declare", "close", "paper"])
@pytest.mark.parametrize("step", ["submit_for_signature", "return_to_drafter"])
def test_what_was_stopped_asks_nobody_to_sign_or_mend(desk, way, step):
    desk.fill()
    desk.step("submit_for_signature", desk.drafter)
    if step == "return_to_drafter":
        desk.step(step, desk.leader, note="Sửa mục II")
    keys = [duty.key for duty in open_duties(now=NOW)]
    assert {key.partition(":")[0] for key in keys} == {
        "report",
        "signature" if step == "submit_for_signature" else "rework",
    }
    stop(desk, way)
    left = [duty for duty in open_duties(now=NOW) if duty.unit_id is not None]
    asked = [duty.kind for duty in left if not duty.settled and not duty.calm]
    shown = [duty.kind for duty in left if not duty.settled]
    assert asked == []
    assert shown == (["signature"] if (way, step) == ("declare", "submit_for_signature") else [])
    assert open_keys(keys, now=NOW) == set()


def test_a_paper_copy_is_signed_when_it_suits(desk):
    stop(desk, "paper")
    desk.fill()
    desk.step("submit_paper_copy", desk.drafter)
    (duty,) = (duty for duty in open_duties(now=NOW) if duty.kind == "signature")
    assert duty.calm
    assert open_keys([duty.key], now=NOW) == set()


def test_a_report_sent_after_a_declaration_is_signed_again(desk):
    stop(desk, "declare")
    desk.fill()
    desk.send()
    answer = {"note": "Thiếu số", "due_on": TODAY + dt.timedelta(days=7)}
    desk.step("request_supplement", make_specialist(), **answer)
    desk.step("submit_again", desk.drafter)
    (duty,) = (duty for duty in open_duties(now=NOW) if duty.kind == "signature")
    assert open_keys([duty.key], now=NOW) == {duty.key}


def test_asking_the_kinds_costs_no_query(desk):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            list(SignatureProvider().open_duties(now=NOW))
            list(ReworkProvider().open_duties(now=NOW))
        return len(queries)

    desk.fill()
    desk.step("submit_for_signature", desk.drafter)
    one = cost()
    other = Desk(due_on=TODAY + dt.timedelta(days=1))
    other.fill()
    other.step("submit_for_signature", other.drafter)
    assert Dossier.objects.filter(status="awaiting").count() == 2
    assert cost() == one
