"""The reading page of the Sở: each decision by role, refusals that keep what was typed, two deciders, many at once."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import DEPT_ROLES, Role
from districts.models import Holiday
from dossiers.models import Dossier, Event
from proposals.process import PROCESS
from reports.kind import record_paper
from reports.models import Obligation
from reports.process import PROCESS as REPORTS
from tests.factories import NOW, TODAY, actor, make_call, make_cycle, make_specialist, make_team, make_unit
from tests.support.admin import signed_in
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


def test_a_day_off_to_answer_by_is_asked_about_and_not_forbidden(dossier):
    dossier, client = put(dossier, "received"), signed_in()
    Holiday.objects.create(day=dt.date(2026, 11, 30), name="Nghỉ", kind=Holiday.Kind.HOLIDAY)

    def post(**values):
        return client.post(page(dossier), answer(dossier, "request_supplement", **values))

    asked = post(due_on="28/11/2026")
    assert asked.status_code == 422
    assert "Thứ Bảy, 28/11/2026 không phải ngày làm việc. Chọn một trong hai ngày dưới đây." in asked.text
    assert "Đổi sang thứ Ba, 01/12/2026, ngày làm việc tiếp theo" in asked.text
    assert "Giữ thứ Bảy, 28/11/2026" in asked.text
    assert "Bổ sung số liệu về diện tích." in asked.text
    assert "Thứ Hai, 30/11/2026 không" in post(due_on="30/11/2026", which_day="keep-2026-11-28").text  # of another date
    assert Dossier.objects.get(pk=dossier.pk).status == "received"

    assert post(due_on="28/11/2026", which_day="keep-2026-11-28").status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).due_on == dt.date(2026, 11, 28)
    dossier = put(Dossier.objects.get(pk=dossier.pk), "received")
    assert post(due_on="28/11/2026", which_day="2026-12-01").status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).due_on == dt.date(2026, 12, 1)


def test_a_working_day_and_a_past_day_are_not_asked_about(dossier):
    dossier, client = put(dossier, "received"), signed_in()
    past = client.post(page(dossier), answer(dossier, "request_supplement", due_on="21/11/2026"))
    assert "Chọn ngày gửi lại, từ hôm nay trở đi." in past.text and "which_day" not in past.text
    assert "which_day" not in client.get(page(dossier)).text
    done = client.post(page(dossier), answer(dossier, "request_supplement", due_on="01/12/2026"))
    assert done.status_code == 302


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
