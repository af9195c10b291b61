"""The one door: what a step writes, what it refuses, and that a second click changes nothing."""

import datetime as dt

import pytest
from django.db import transaction

from dossiers.content import touch
from dossiers.door import take_step
from dossiers.models import Dossier, Event, Revision
from dossiers.models.dossier import DoorOnly
from dossiers.refusals import ContentRefused, StepRefused
from notices.models import Mail
from tests.factories import NOW, TODAY, actor, make_call, make_specialist, make_team, make_unit
from tests.support.ways import complete_proposal, sent_proposal, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def team(unit):
    return make_team(unit)


@pytest.fixture
def call():
    return make_call()


def test_sending_writes_status_event_revision_code_and_mails_together(call, team):
    drafter, leader, _clerk = team

    dossier = sent_proposal(call, drafter, leader)

    assert (dossier.status, dossier.turn, dossier.version) == ("sent", "department", 2)
    assert dossier.code == "ĐX-2027-0001"
    assert dossier.first_submitted_at == dossier.submitted_at == NOW
    assert [event.action for event in dossier.events.order_by("version")] == [
        "submit_for_signature",
        "approve_and_send",
    ]
    revision = Revision.objects.get(dossier=dossier)
    assert (revision.number, revision.content_seq) == (1, dossier.content_seq)
    told = set(Mail.objects.filter(dedupe_key__startswith="event:").values_list("person__full_name", flat=True))
    assert told == {"Lê Văn Chủ", "Trần Thị Soạn", "Phạm Thị Thư"}


def test_codes_run_on_and_a_second_sending_keeps_the_first_code(call, team):
    drafter, leader, _ = team
    specialist = make_specialist()

    first = sent_proposal(call, drafter, leader)
    second = sent_proposal(call, drafter, leader, title="Đề xuất khác")
    step(first, "receive", specialist)
    step(first, "request_supplement", specialist, note="Bổ sung số liệu.", due_on=TODAY + dt.timedelta(days=5))
    step(first, "submit_again", drafter)
    first = step(first, "approve_and_send_again", leader, now=NOW + dt.timedelta(hours=1))

    assert (first.code, second.code) == ("ĐX-2027-0001", "ĐX-2027-0002")
    assert first.first_submitted_at == NOW
    assert first.submitted_at == NOW + dt.timedelta(hours=1)
    assert [revision.number for revision in first.revisions.order_by("number")] == [1, 2]
    assert first.due_on is None


def test_a_second_click_returns_the_first_event(call, team):
    drafter, leader, _ = team
    dossier = complete_proposal(call, drafter)
    step(dossier, "submit_for_signature", drafter)
    dossier.refresh_from_db()
    page = {"dossier": dossier, "action": "approve_and_send", "actor": actor(leader), "version": 1, "now": NOW}

    first, second = take_step(**page), take_step(**page)

    assert first.pk == second.pk
    assert Event.objects.filter(dossier=dossier, action="approve_and_send").count() == 1
    assert dossier.revisions.count() == 1


def test_the_second_of_two_deciders_is_told_who_was_first(call, team):
    drafter, leader, _ = team
    dossier = sent_proposal(call, drafter, leader)
    first, second = make_specialist(), make_specialist(full_name="Vũ Thị Hai")
    seen = dossier.version
    step(dossier, "receive", first)

    with pytest.raises(StepRefused, match=r"“Đã tiếp nhận”.*Nguyễn Minh Anh"):
        take_step(dossier=dossier, action="receive", actor=actor(second), version=seen, now=NOW)


def test_a_leader_sends_exactly_what_he_saw(call, team):
    drafter, leader, _ = team
    dossier = complete_proposal(call, drafter)
    dossier = step(dossier, "submit_for_signature", drafter)

    with pytest.raises(StepRefused, match="đã thay đổi sau khi"):
        take_step(
            dossier=dossier,
            action="approve_and_send",
            actor=actor(leader),
            version=dossier.version,
            content_seq=dossier.content_seq - 1 if dossier.content_seq else 7,
            now=NOW,
        )


def test_reason_and_reply_date_are_demanded(call, team):
    drafter, leader, _ = team
    specialist = make_specialist()
    dossier = step(sent_proposal(call, drafter, leader), "receive", specialist)

    with pytest.raises(StepRefused, match="Nhập nội dung cần bổ sung"):
        step(dossier, "request_supplement", specialist, note="  ", due_on=TODAY)
    with pytest.raises(StepRefused, match="Chọn ngày gửi lại"):
        step(dossier, "request_supplement", specialist, note="Bổ sung.", due_on=TODAY - dt.timedelta(days=1))
    dossier.refresh_from_db()
    assert dossier.status == "received"


def test_an_incomplete_draft_is_not_put_up_for_signature(call, team):
    drafter, _, _ = team
    dossier = complete_proposal(call, drafter)
    Dossier.objects.filter(pk=dossier.pk).update(title="")

    with pytest.raises(StepRefused) as refused:
        step(dossier, "submit_for_signature", drafter)

    assert [problem.place for problem in refused.value.problems] == ["Mục 1. Tên nhiệm vụ"]
    assert Event.objects.count() == 0


def test_a_sent_dossier_takes_no_more_content(call, team):
    drafter, leader, _ = team
    dossier = sent_proposal(call, drafter, leader)
    before = dossier.content_seq

    with pytest.raises(ContentRefused, match="“Đã gửi”"), transaction.atomic():
        touch(dossier=dossier, actor=actor(drafter), now=NOW, title="Tên mới")

    dossier.refresh_from_db()
    assert (dossier.content_seq, dossier.title) == (before, "Ứng dụng chế phẩm vi sinh xử lý rơm rạ")


def test_nobody_writes_a_status_by_saving_the_row(call, team):
    dossier = complete_proposal(call, team[0])
    dossier.status = "approved"

    with pytest.raises(DoorOnly):
        dossier.save()


def test_history_is_not_rewritten(call, team):
    drafter, leader, _ = team
    dossier = sent_proposal(call, drafter, leader)
    event, revision = dossier.events.first(), dossier.revisions.first()

    for row in (event, revision):
        with pytest.raises(RuntimeError):
            row.save()
        with pytest.raises(RuntimeError):
            row.delete()


def test_a_draft_is_put_aside_and_taken_back_without_losing_a_word(call, team):
    drafter = team[0]
    dossier = complete_proposal(call, drafter)

    dossier = step(dossier, "discard", drafter)
    assert (dossier.status, dossier.turn) == ("discarded", "none")
    dossier = step(dossier, "take_back_draft", drafter)

    assert (dossier.status, dossier.title) == ("draft", "Ứng dụng chế phẩm vi sinh xử lý rơm rạ")
