"""The reading page of the Sở: each decision by role, refusals that keep what was typed, two deciders, many at once."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import DEPT_ROLES, Role
from dossiers.models import Dossier, Event
from proposals.process import PROCESS
from reports.kind import record_paper
from reports.models import Obligation
from reports.process import PROCESS as REPORTS
from tests.factories import NOW, TODAY, actor, make_call, make_cycle, make_specialist, make_team, make_unit
from tests.support.ways import sent_proposal, step

pytestmark = pytest.mark.django_db

LIST = "admin:proposals_proposal_changelist"
NOTES = {"note": "Bổ sung số liệu về diện tích.", "due_on": (TODAY + dt.timedelta(days=7)).strftime("%d/%m/%Y")}
VALUES = {
    "minutes_number": "12/BB-HĐ",
    "minutes_date": "20/11/2026",
    "recommendation": "do",
    "council_size": "9",
    "ballots": "9",
    "ballots_pass": "8",
    "submission_number": "33/TTr-SKHCN",
    "submission_date": "20/11/2026",
    "decision_number": "4455/QĐ-UBND",
    "decision_date": "20/11/2026",
    "approved_name": "Xử lý rơm rạ",
    "approved_aim": "Giảm đốt rơm rạ",
    "approved_state_budget": "800",
}
REPORT_STEPS = [one for one in REPORTS.steps if one.roles & DEPT_ROLES and one.action != "record_on_paper"]
OURS = [one for one in PROCESS.steps if one.roles & DEPT_ROLES]


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def team():
    return make_team(make_unit())


@pytest.fixture
def dossier(team):
    drafter, leader, _ = team
    return sent_proposal(make_call(), drafter, leader)


def signed_in(role=Role.DEPT_SPECIALIST, **kwargs):
    client = Client()
    client.user = make_specialist(role, **kwargs)
    client.force_login(client.user)
    return client


def page(dossier):
    return reverse("admin:proposals_proposal_change", args=[dossier.pk])


def answer(dossier, action, **values):
    """What the page of this dossier would post for the step."""
    fields = {"version": dossier.version, "content_seq": dossier.content_seq, **NOTES, **VALUES, **values}
    return {"step": action, **{f"{action}-{name}": value for name, value in fields.items()}}


def put(dossier, status):
    Dossier.objects.filter(pk=dossier.pk).update(status=status, turn=PROCESS.status(status).turn)
    return Dossier.objects.get(pk=dossier.pk)


@pytest.mark.parametrize("one", OURS, ids=lambda one: one.action)
def test_each_step_is_taken_by_its_roles_and_refused_to_the_others(dossier, one):
    dossier = put(dossier, one.sources[0])
    for role in sorted(DEPT_ROLES - one.roles):
        response = signed_in(role).post(page(dossier), answer(dossier, one.action))
        assert response.status_code == 409, role
        assert Dossier.objects.get(pk=dossier.pk).version == dossier.version
    before = signed_in(next(iter(one.roles & DEPT_ROLES)))

    response = before.post(page(dossier), answer(dossier, one.action), follow=True)

    assert response.redirect_chain, response.context["refused"] or response.context["posted"].errors
    assert Dossier.objects.get(pk=dossier.pk).status == one.target
    assert f"Đã ghi nhận “{one.label}”" in response.text


@pytest.mark.parametrize("one", REPORT_STEPS, ids=lambda one: one.action)
def test_the_same_for_reports(one):
    make_cycle(units=[make_unit()])
    clerk = make_specialist(Role.DEPT_CLERK)
    arrival = {"arrival_number": "12", "arrival_date": TODAY}
    record_paper(obligation=Obligation.objects.get(), actor=actor(clerk), now=NOW, **arrival)
    Dossier.objects.update(status=one.sources[0], turn="department", code="BC-2026-N-1")
    dossier = Dossier.objects.get()
    url = reverse("admin:reports_report_change", args=[dossier.pk])
    for role in sorted(DEPT_ROLES - one.roles):
        assert signed_in(role).post(url, answer(dossier, one.action)).status_code == 409, role

    response = signed_in(next(iter(one.roles & DEPT_ROLES))).post(url, answer(dossier, one.action), follow=True)

    assert response.redirect_chain, response.context["refused"] or response.context["posted"].errors
    assert Dossier.objects.get().status == one.target


def test_steps_of_other_roles_are_shown_greyed_with_the_reason(dossier):
    dossier = put(dossier, "review")

    response = signed_in(Role.DEPT_SPECIALIST).get(page(dossier))

    by_action = {panel.choice.step.action: panel.choice for panel in response.context["panels"]}
    assert by_action["record_council"].allowed
    assert not by_action["mark_out_of_scope"].allowed
    assert "do trưởng phòng, lãnh đạo Sở thực hiện" in response.text
    assert "withdraw" not in by_action


def test_a_missing_date_keeps_everything_typed(dossier):
    dossier = put(dossier, "received")

    response = signed_in().post(page(dossier), answer(dossier, "request_supplement", due_on="31/02/2027"))

    assert response.status_code == 422
    assert "Bổ sung số liệu về diện tích." in response.text
    assert "31/02/2027" in response.text
    assert "không có ngày 31" in response.text
    assert Event.objects.filter(dossier=dossier, action="request_supplement").count() == 0


def test_the_second_decider_is_refused_by_name_and_loses_no_word(dossier):
    dossier = put(dossier, "received")
    first, second = signed_in(full_name="Trần Văn Nhất"), signed_in(full_name="Lê Thị Nhì")
    first.post(page(dossier), answer(dossier, "mark_valid"))

    response = second.post(page(dossier), answer(dossier, "mark_out_of_scope", note="Chuyển chương trình nông thôn."))
    again = second.post(page(dossier), answer(dossier, "request_supplement"))

    assert response.status_code == again.status_code == 409
    assert "người thực hiện: Trần Văn Nhất" in again.text
    assert "Hồ sơ hợp lệ" in again.text
    assert "Bổ sung số liệu về diện tích." in again.text
    assert "Chuyển chương trình nông thôn." in response.text
    # the page now shown carries the new version: read and decided again, it goes through
    fresh = Dossier.objects.get(pk=dossier.pk)
    assert f'name="request_supplement-version" value="{fresh.version}"' in again.text
    second.post(page(fresh), answer(fresh, "request_supplement"))
    assert Dossier.objects.get(pk=dossier.pk).status == "supplement"


def test_a_step_that_is_gone_still_shows_what_was_typed(dossier):
    dossier = put(dossier, "received")
    specialist = signed_in()
    put(dossier, "published")
    Dossier.objects.filter(pk=dossier.pk).update(version=dossier.version + 1)

    response = specialist.post(page(dossier), answer(dossier, "request_supplement"))

    assert response.status_code == 409
    assert "Nội dung vừa nhập cho “Yêu cầu bổ sung, chỉnh sửa”" in response.text
    assert "Bổ sung số liệu về diện tích." in response.text


def test_ballots_are_shown_here_and_not_to_the_unit(dossier, team):
    dossier = put(dossier, "review")
    client = signed_in()
    client.post(page(dossier), answer(dossier, "record_council"))

    assert "Số phiếu thu về" in client.get(page(dossier)).text
    drafter = Client()
    drafter.force_login(team[0])
    theirs = drafter.get(reverse("proposals:detail", args=[dossier.pk]))
    assert theirs.status_code == 200
    assert "Số phiếu" not in theirs.text


def test_assigning_a_specialist_and_taking_back(dossier):
    client = signed_in()
    url = reverse("admin:proposals_proposal_assign", args=[dossier.pk])

    client.post(url, {"person": client.user.pk})
    assert Dossier.objects.get(pk=dossier.pk).assignee == client.user
    signed_in(Role.DEPT_READER).post(url, {"person": ""})
    assert Dossier.objects.get(pk=dossier.pk).assignee == client.user
    client.post(url, {"person": ""})
    assert Dossier.objects.get(pk=dossier.pk).assignee is None


def test_a_draft_of_a_unit_is_not_found(team):
    from tests.support.ways import complete_proposal

    draft = complete_proposal(make_call(), team[0])

    assert signed_in().get(page(draft)).status_code == 404
    assert signed_in().get(reverse("admin:proposals_proposal_change", args=["abc"])).status_code == 404


def test_many_at_once_with_the_refused_named(team):
    drafter, leader, _ = team
    call = make_call()
    rows = [sent_proposal(call, drafter, leader, title=f"Đề xuất {number}") for number in range(3)]
    client = signed_in(Role.DEPT_CLERK)
    selected = [f"{row.pk}:{row.version}" for row in rows]
    step(rows[1], "receive", make_specialist(full_name="Trần Văn Nhất"))

    confirm = client.post(reverse(LIST), {"step": "receive", "selected": selected})
    assert "2 trong 3 hồ sơ đã chọn" in confirm.text
    assert Dossier.objects.filter(status="received").count() == 1
    done = client.post(reverse(LIST), {"step": "receive", "selected": selected, "confirmed": "1"}, follow=True)

    assert Dossier.objects.filter(status="received").count() == 3
    assert "2 hồ sơ đã thực hiện, 1 hồ sơ chưa: " in done.text
    assert f"{rows[1].code} – Chưa thực hiện được" in done.text
    assert "Nội dung vừa nhập" not in done.text
    assert "Trần Văn Nhất" in done.text


def test_many_at_once_is_for_bulk_steps_the_role_may_take(team, dossier):
    selected = [f"{dossier.pk}:{dossier.version}"]
    reader = signed_in(Role.DEPT_READER)
    assert not reader.get(reverse(LIST)).context["bulk_steps"]

    answer = reader.post(reverse(LIST), {"step": "receive", "selected": selected, "confirmed": "1"}, follow=True)
    assert "0 hồ sơ đã thực hiện, 1 hồ sơ chưa" in answer.text
    client = signed_in()
    nothing = client.post(reverse(LIST), {"step": "receive"}, follow=True)
    assert "Chưa chọn hồ sơ nào" in nothing.text
    single = client.post(reverse(LIST), {"step": "request_supplement", "selected": selected}, follow=True)
    assert "Chọn một việc" in single.text
    too_many = client.post(
        reverse(LIST),
        {"step": "receive", "selected": [f"{pk}:1" for pk in range(1, 202)], "confirmed": "1"},
        follow=True,
    )
    assert "tối đa 200 hồ sơ" in too_many.text
    assert Dossier.objects.get(pk=dossier.pk).status == "sent"


def test_the_list_filters_by_closed_choices(team):
    drafter, leader, _ = team
    call = make_call()
    first = sent_proposal(call, drafter, leader, title="Một")
    second = step(sent_proposal(call, drafter, leader, title="Hai"), "receive", make_specialist())
    client = signed_in()

    def listed(**chosen):
        return [line["dossier"] for line in client.get(reverse(LIST), chosen).context["lines"]]

    assert listed() == [second, first]
    assert listed(status="received") == [second]
    assert listed(round=call.pk, theme=first.theme_id, unit_kind="Xã") == [second, first]
    assert listed(unit_kind="Phường") == []
    assert listed(status="no-such") == [second, first]
    statuses = {code for code, _ in client.get(reverse(LIST)).context["filter"].fields["status"].choices}
    assert "draft" not in statuses and "sent" in statuses


def test_the_page_costs_the_same_after_many_steps_and_remarks(dossier):
    client = signed_in()
    client.get(page(dossier))
    with CaptureQueriesContext(connection) as few:
        client.get(page(dossier))
    url = reverse("dossiers:comment", args=[dossier.pk])
    for number in range(10):
        client.post(url, {"body": f"Ý kiến {number}", "internal": "on"})
    dossier = step(dossier, "receive", client.user)
    for number in range(4):
        dossier = step(dossier, "request_supplement", client.user, note="Sửa.", due_on=TODAY)
        dossier = put(dossier, "received")
        del number
    with CaptureQueriesContext(connection) as many:
        response = client.get(page(dossier))

    assert "Ý kiến 9" in response.text
    assert len(many) <= len(few) + 1
