"""The council's result as the Sở records it: the call's rules, each refusal at its field, what was typed kept."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.roles import DEPT_ROLES, Role
from dossiers.models import Dossier
from proposals.models import Call, CouncilResult
from proposals.process import PROCESS
from tests.factories import NOW, TODAY, make_call, make_specialist, make_team, make_unit
from tests.support.ways import sent_proposal, step

pytestmark = pytest.mark.django_db

COUNCIL = {
    "note": "Có địa chỉ ứng dụng.",
    "minutes_number": "12/BB-HĐ",
    "minutes_date": "20/11/2026",
    "recommendation": "do",
    "council_size": "9",
    "ballots": "8",
    "ballots_pass": "7",
}
SUBMISSION = {"submission_number": "33/TTr-SKHCN", "submission_date": "20/11/2026"}


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def dossier():
    drafter, leader, _ = make_team(make_unit())
    dossier = sent_proposal(make_call(), drafter, leader)
    specialist = make_specialist()
    for action in ("receive", "mark_valid", "start_review"):
        dossier = step(dossier, action, specialist)
    return dossier


def page(dossier):
    return reverse("admin:proposals_proposal_change", args=[dossier.pk])


def take(dossier, action, role=Role.DEPT_LEADER, **values):
    client = Client()
    client.force_login(make_specialist(role))
    dossier = Dossier.objects.get(pk=dossier.pk)
    values = {"version": dossier.version, "content_seq": dossier.content_seq, **values}
    return client.post(page(dossier), {"step": action, **{f"{action}-{name}": v for name, v in values.items()}})


def in_council(dossier, recommendation):
    passing = "2" if recommendation == "dont" else "7"
    answer = take(dossier, "record_council", **COUNCIL | {"recommendation": recommendation, "ballots_pass": passing})
    assert answer.status_code == 302
    return Dossier.objects.get(pk=dossier.pk)


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"council_size": "12"}, "council_size", "từ 7 đến 11 thành viên, đang ghi 12"),
        ({"council_size": "5", "ballots": "5", "ballots_pass": "5"}, "council_size", "từ 7 đến 11 thành viên"),
        ({"ballots": "5", "ballots_pass": "5"}, "ballots", "5 phiếu trên 9 thành viên chưa đủ 2/3"),
        ({"ballots": "10"}, "ballots", "không thể vượt số thành viên Hội đồng (9)"),
        ({"ballots": "0", "ballots_pass": "0"}, "ballots", "từ 1 trở lên"),
        ({"ballots_pass": "9"}, "ballots_pass", "không thể vượt số phiếu thu về (8)"),
        ({"ballots_pass": "6"}, "recommendation", "6/8 phiếu “đạt yêu cầu” chưa đủ"),
        ({"recommendation": "dont"}, "recommendation", "đã đủ để đề nghị thực hiện"),
        ({"minutes_number": "1" * 101}, "minutes_number", "dài quá 100 ký tự"),
        ({"minutes_date": "24/11/2026"}, "minutes_date", "(24/11/2026) sau hôm nay"),
    ],
)
def test_each_refusal_stands_at_its_field_and_keeps_what_was_typed(dossier, wrong, field, words):
    answer = take(dossier, "record_council", **COUNCIL | wrong)

    assert answer.status_code == 422
    form = next(panel.form for panel in answer.context["panels"] if panel.is_open)
    assert words in " ".join(form.errors[field])
    assert list(form.errors) == [field]
    assert f'id="id_record_council-{field}_error"' in answer.text
    assert "Có địa chỉ ứng dụng." in answer.text and answer.context["refused"] is None
    assert Dossier.objects.get(pk=dossier.pk).status == "review"
    assert not CouncilResult.objects.exists()


def test_several_wrong_fields_are_told_at_once(dossier):
    wrong = {"council_size": "12", "ballots": "7", "ballots_pass": "9", "minutes_number": "1" * 101}

    answer = take(dossier, "record_council", **COUNCIL | wrong)

    form = next(panel.form for panel in answer.context["panels"] if panel.is_open)
    assert set(form.errors) == {"council_size", "ballots", "ballots_pass", "minutes_number"}


def test_the_rules_are_those_of_the_call(dossier):
    Call.objects.update(
        council_min=3, council_max=5, quorum_numerator=1, quorum_denominator=2, pass_numerator=1, pass_denominator=2
    )
    small = {"council_size": "5", "ballots": "3", "ballots_pass": "2"}

    assert take(dossier, "record_council", **COUNCIL).status_code == 422
    assert take(dossier, "record_council", **COUNCIL | small).status_code == 302
    result = CouncilResult.objects.get()
    assert (result.council_size, result.ballots, result.ballots_pass) == (5, 3, 2)


@pytest.mark.parametrize(
    ("status", "action", "field", "values"),
    [
        ("council", "submit_to_city", "submission_date", SUBMISSION),
        ("at_city", "record_rejection", "decision_date", {"note": "x", "decision_number": "1", "decision_date": ""}),
    ],
)
def test_no_paper_has_a_date_to_come(dossier, status, action, field, values):
    Dossier.objects.filter(pk=dossier.pk).update(status=status, turn=PROCESS.status(status).turn)
    tomorrow = (TODAY + dt.timedelta(days=1)).strftime("%d/%m/%Y")

    answer = take(dossier, action, **values | {field: tomorrow})

    form = next(panel.form for panel in answer.context["panels"] if panel.is_open)
    assert answer.status_code == 422 and "sau hôm nay" in form.errors[field][0]
    assert Dossier.objects.get(pk=dossier.pk).status == status


def test_going_to_the_city_against_the_council_needs_its_reason(dossier):
    in_council(dossier, "dont")

    refused = take(dossier, "submit_to_city", **SUBMISSION)
    form = next(panel.form for panel in refused.context["panels"] if panel.is_open)
    assert refused.status_code == 422
    assert "Ghi lý do vẫn trình" in form.errors["against_council"][0]

    assert take(dossier, "submit_to_city", **SUBMISSION, against_council="Nhu cầu cấp bách.").status_code == 302
    event = dossier.events.get(action="submit_to_city")
    assert event.data["against_council"] == "Nhu cầu cấp bách."


def test_going_to_the_city_with_the_council_asks_for_no_reason(dossier):
    in_council(dossier, "do")

    assert take(dossier, "submit_to_city", **SUBMISSION).status_code == 302


def test_after_the_council_a_proposal_can_still_go_to_another_programme(dossier):
    in_council(dossier, "adjust")

    answer = take(dossier, "mark_out_of_scope", Role.DEPT_HEAD, note="Chuyển chương trình nông thôn mới.")

    assert answer.status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).status == "out_of_scope"


@pytest.mark.parametrize("role", sorted(DEPT_ROLES))
def test_how_the_council_voted_is_for_those_who_work_on_it(dossier, role):
    in_council(dossier, "do")
    client = Client()
    client.force_login(make_specialist(role))

    text = client.get(page(dossier)).text

    assert "Số biên bản họp Hội đồng" in text
    assert ("Số phiếu thu về" in text) is (role != Role.DEPT_READER)
    assert ("Số phiếu “đạt yêu cầu”" in text) is (role != Role.DEPT_READER)
