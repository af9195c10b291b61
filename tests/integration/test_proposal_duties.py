"""Duties of a unit about its proposals."""

import datetime as dt

import pytest

from accounts.roles import Role
from dossiers.models import Dossier
from notices import duties
from proposals import filing
from proposals.duties import ClosingProvider, ReturnedProvider
from tests.factories import NOW, TODAY, actor, make_call, make_specialist, make_team, make_unit, moment
from tests.support.proposals import complete, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def team(unit):
    return dict(zip(("drafter", "leader", "clerk"), map(actor, make_team(unit)), strict=True))


def start(call, who):
    return filing.start_proposal(call=call, actor=who, now=NOW)


def returned(call, team, due):
    proposal = complete(start(call, team["drafter"]), team["drafter"])
    step(proposal, "submit_for_signature", team["drafter"])
    step(proposal, "approve_and_send", team["leader"])
    specialist = actor(make_specialist())
    step(proposal, "receive", specialist)
    step(proposal, "request_supplement", specialist, note="Bổ sung số liệu\n\nLàm rõ quy mô", due_on=due)
    return proposal


def of(prefix, now=NOW, **kwargs):
    return [duty for duty in duties.open_duties(now=now, **kwargs) if duty.key.startswith(f"{prefix}:")]


def test_a_returned_proposal_is_owed_by_drafters_and_clerks(team, unit):
    due = TODAY + dt.timedelta(days=9)
    proposal = returned(make_call(), team, due)
    [duty] = of("proposal")
    assert (duty.key, duty.due, duty.unit_id, duty.opened) == (f"proposal:{proposal.pk}:v4", due, unit.pk, TODAY)
    assert duty.roles == {Role.UNIT_DRAFTER, Role.UNIT_CLERK}
    assert "ĐX-2027-0001" in duty.title
    assert duty.detail == f"“{Dossier.objects.get(pk=proposal.pk).title}”; Sở đề nghị bổ sung 2 nội dung"
    mine = {one.key for one in duties.open_duties_of(team["drafter"], now=NOW)}
    assert duty.key in mine
    assert duty.key in {one.key for one in duties.open_duties_of(team["leader"], now=NOW)}


def test_it_stays_while_the_leader_has_the_answer_and_closes_when_it_is_sent(team):
    proposal = returned(make_call(), team, TODAY + dt.timedelta(days=9))
    [key] = [duty.key for duty in of("proposal")]
    assert duties.open_keys([key], now=NOW) == {key}
    step(proposal, "submit_again", team["drafter"])
    [waiting] = of("proposal")
    assert (waiting.key, waiting.urgent, waiting.action) == (key, False, "Xem")
    step(proposal, "approve_and_send_again", team["leader"])
    assert duties.open_keys([key], now=NOW) == set() and not of("proposal")


def test_a_unit_with_drafts_is_told_that_the_call_closes(team, unit):
    call = make_call(due_on=TODAY + dt.timedelta(days=4))
    start(call, team["drafter"]), start(call, team["drafter"])
    [duty] = of("call")
    assert duty.title == "Đợt đề xuất nhiệm vụ KH&CN năm 2027 sắp đóng"
    assert duty.detail == "đơn vị có 2 bản nháp chưa trình ký"
    assert (duty.due, duty.unit_id, duty.kind) == (TODAY + dt.timedelta(days=4), unit.pk, "call_closing")
    assert duties.open_keys([duty.key], now=NOW) == {duty.key}


def test_a_due_day_on_a_sunday_counts_until_monday(team):
    sunday = dt.date(2026, 11, 29)
    start(make_call(due_on=sunday, locks_on=sunday), team["drafter"])
    [duty] = of("call")
    assert duty.due == dt.date(2026, 11, 30)
    assert of("call", now=moment(dt.date(2026, 11, 30), 23, 59))
    assert not of("call", now=moment(dt.date(2026, 12, 1), 0, 1))


def test_no_duty_without_drafts_or_after_the_signature(team):
    call = make_call()
    assert not of("call")
    proposal = complete(start(call, team["drafter"]), team["drafter"])
    [duty] = of("call")
    step(proposal, "submit_for_signature", team["drafter"])
    assert not of("call") and duties.open_keys([duty.key], now=NOW) == set()


def test_asked_for_one_unit_only_its_duties_come(team, unit):
    call, other = make_call(), make_unit("Xã Vân Đình")
    start(call, team["drafter"])
    start(call, actor(make_team(other)[0]))
    assert [duty.unit_id for duty in of("call", unit_ids=[unit.pk])] == [unit.pk]


@pytest.mark.parametrize("key", ["proposal:", "proposal:x", "call:1", "call:-", "call:1-x", "call:999-999"])
def test_a_strange_key_is_a_closed_one(key):
    assert duties.open_keys([key], now=NOW) == set()


@pytest.mark.parametrize(("provider", "most"), [(ReturnedProvider, 1), (ClosingProvider, 3)])
def test_the_number_of_queries_does_not_grow(provider, most, django_assert_max_num_queries):
    calls = [make_call(), make_call(plan_year=2028)]
    for number in range(6):
        members = dict(
            zip(("drafter", "leader", "clerk"), map(actor, make_team(make_unit(f"Xã {number}"))), strict=True)
        )
        for call in calls:
            start(call, members["drafter"])
        returned(calls[0], members, TODAY + dt.timedelta(days=9))
    with django_assert_max_num_queries(most):
        assert len(list(provider().open_duties(now=NOW))) >= 6
    with django_assert_max_num_queries(most):
        keys = [f"{provider.prefix}:1-1", f"{provider.prefix}:2-1"]
        provider().open_keys(keys, now=NOW)
