"""One step for many dossiers: what is possible is told before, what was refused is named after."""

import contextlib

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from dossiers import bulk
from dossiers.models import Dossier
from tests.factories import NOW, actor, make_call, make_specialist, make_team, make_unit
from tests.support.admin import signed_in
from tests.support.ways import sent_proposal, step

pytestmark = pytest.mark.django_db

LIST = "admin:proposals_proposal_changelist"


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


@contextlib.contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_many_at_once_with_the_refused_named(team):
    drafter, leader, _ = team
    call = make_call()
    rows = [sent_proposal(call, drafter, leader, title=f"Đề xuất {number}") for number in range(3)]
    client = signed_in(Role.DEPT_CLERK)
    selected = [f"{row.pk}:{row.version}" for row in rows]
    step(rows[1], "receive", make_specialist(full_name="Trần Văn Nhất"))

    confirm = client.post(reverse(LIST), {"step": "receive", "selected": selected})
    assert "2 trong 3 hồ sơ đã chọn thực hiện được" in confirm.text
    first, *others = confirm.context["lines"]
    assert first.dossier == rows[1] and not any(line.reason for line in others)
    assert "Hồ sơ đã được chuyển sang “Đã tiếp nhận” lúc 09:00 (người thực hiện: Trần Văn Nhất)." in (confirm.text)
    assert [text for text in selected if f'value="{text}"' in confirm.text] == [selected[0], selected[2]]
    assert "Tiếp nhận: 2 hồ sơ</button>" in confirm.text
    assert Dossier.objects.filter(status="received").count() == 1
    done = client.post(reverse(LIST), {"step": "receive", "selected": selected, "confirmed": "1"}, follow=True)

    assert Dossier.objects.filter(status="received").count() == 3
    assert "2 hồ sơ đã thực hiện, 1 hồ sơ chưa: " in done.text
    assert f"{rows[1].code} – Chưa thực hiện được" in done.text
    assert "Nội dung vừa nhập" not in done.text
    assert "Trần Văn Nhất" in done.text


def test_what_is_not_possible_for_any_row_is_told_before_and_cannot_be_confirmed(team, dossier):
    client = signed_in()
    selected = [f"{dossier.pk}:{dossier.version}"]
    page = client.post(reverse(LIST), {"step": "mark_valid", "selected": selected}).text
    assert "0 trong 1 hồ sơ đã chọn" in page
    assert "đang ở trạng thái “Đã gửi”" in page or "chuyển sang “Đã gửi”" in page
    assert 'type="submit">Hồ sơ hợp lệ' not in page
    read_before = [f"{dossier.pk}:{dossier.version - 1}"]
    assert "0 trong 1 hồ sơ" in client.post(reverse(LIST), {"step": "receive", "selected": read_before}).text
    reader = signed_in(Role.DEPT_READER).post(reverse(LIST), {"step": "receive", "selected": selected}).text
    assert "“Tiếp nhận” do" in reader
    many = {"step": "receive", "selected": [f"{pk}:1" for pk in range(1, 202)]}
    assert "tối đa 200 hồ sơ" in client.post(reverse(LIST), many, follow=True).text


def test_the_preview_and_the_door_agree_for_every_bulk_step_and_state(team):
    """Whatever the preview calls possible the door takes, and nothing else."""
    drafter, leader, _ = team
    call, head = make_call(), make_specialist(Role.DEPT_HEAD)
    rows = [sent_proposal(call, drafter, leader, title=f"Đề xuất {number}") for number in range(4)]
    for number, action in enumerate(("receive", "mark_valid", "start_review")):
        rows[number + 1 :] = [step(row, action, head) for row in rows[number + 1 :]]
    for action in ("receive", "mark_valid", "start_review"):
        wish = {"kind": "proposal", "action": action, "actor": actor(head), "now": NOW}
        seen = {row.pk: row.version for row in Dossier.objects.filter(pk__in=[row.pk for row in rows])}
        told = {line.dossier.pk: not line.reason for line in bulk.preview(seen=seen, **wish)}
        with rolled_back():
            done = {row.pk for row in bulk.take_steps(seen=seen, **wish).done}
        assert {pk for pk, possible in told.items() if possible} == done and len(done) == 1


def test_the_preview_takes_as_many_queries_for_many_as_for_few(team):
    drafter, leader, _ = team
    call, client = make_call(), signed_in()
    rows = [
        step(sent_proposal(call, drafter, leader, title=f"Đề xuất {n}"), "receive", make_specialist()) for n in range(6)
    ]

    def cost(some):
        with CaptureQueriesContext(connection) as asked:
            client.post(reverse(LIST), {"step": "receive", "selected": [f"{row.pk}:{row.version}" for row in some]})
        return len(asked)

    cost(rows[:1])
    assert cost(rows) == cost(rows[:1])


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
