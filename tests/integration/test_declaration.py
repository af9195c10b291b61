"""“Đã gửi, số …”: reminders stop at once, nothing counts as sent, the Sở confirms or has not got it."""

import datetime as dt

import pytest
from django.core import mail as locmem
from django.test import Client
from django.urls import reverse
from time_machine import travel

from dossiers.refusals import StepRefused
from notices.explain import explain
from notices.models import Mail, Reminder
from notices.planner import plan
from notices.sender import send
from reports.declaring import declare, not_arrived
from reports.models import Obligation
from tests.factories import NOW, TODAY, actor, make_cycle, make_specialist, make_team, make_unit, make_user, moment

pytestmark = pytest.mark.django_db
DUE = TODAY + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def team():
    return make_team(make_unit())


@pytest.fixture
def obligation(team):
    make_cycle(units=[team[0].memberships.get().unit], due_on=DUE)
    return Obligation.objects.get()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def address(obligation):
    return reverse("reports:declare", args=[obligation.pk])


def said(obligation, user, number="45/BC-UBND", issued_on=TODAY):
    declare(obligation=obligation, number=number, issued_on=issued_on, actor=actor(user), now=NOW)


def test_the_mail_has_the_link_and_a_declaration_ends_the_reminders(team, obligation):
    plan(now=NOW)
    send(now=NOW)
    message = locmem.outbox[0]
    for part in (message.body, message.alternatives[0][0]):
        assert address(obligation) in part
        assert "“Đã gửi, số …”" in part
    client = signed_in(team[0])
    answer = client.post(address(obligation), {"number": "45/BC-UBND", "issued_on": "23/11/2026"})
    assert answer.status_code == 302
    obligation.refresh_from_db()
    assert (obligation.declared_number, obligation.declared_on, obligation.declared_by) == (
        "45/BC-UBND",
        TODAY,
        team[0],
    )
    assert obligation.is_open
    why = explain(person=team[0], duty_key=f"report:{obligation.pk}", now=moment(DUE)).verdict.text
    assert "đã báo gửi qua hệ thống văn bản, số 45/BC-UBND, ngày 23/11/2026" in why
    assert obligation.counted_on is None
    before = len(locmem.outbox)
    for day in range(1, 12):
        later = moment(TODAY + dt.timedelta(days=day))
        plan(now=later)
        send(now=later)
    assert len(locmem.outbox) == before
    assert (
        "Đơn vị đã báo gửi qua hệ thống văn bản: số 45/BC-UBND"
        in client.get(reverse("reports:open", args=[obligation.pk])).content.decode()
    )


def test_a_unit_that_answers_no_longer_declares_nothing(team, obligation):
    """Responsibility moved between the page and its form."""
    page = Obligation.objects.get(pk=obligation.pk)
    Obligation.objects.filter(pk=obligation.pk).update(responsible=make_unit("Xã Mới"))
    with pytest.raises(StepRefused):
        said(page, team[0])
    obligation.refresh_from_db()
    assert (obligation.declared_number, obligation.declared_at) == ("", None)


def test_a_digest_already_in_the_queue_does_not_leave(team, obligation):
    plan(now=NOW)
    said(obligation, team[0])
    send(now=NOW)
    assert locmem.outbox == []
    assert set(Mail.objects.values_list("state", flat=True)) == {"superseded"}
    assert not Reminder.objects.filter(state="planned").exists()


def test_the_office_finds_it_confirms_it_or_has_not_got_it(team, obligation):
    said(obligation, team[0])
    client = signed_in(make_specialist())
    listed = client.get(reverse("admin:reports_obligation_changelist"), {"state": "declared"}).content.decode()
    assert "Đơn vị báo đã gửi: số 45/BC-UBND, ngày 23/11/2026" in listed
    page = client.get(reverse("admin:reports_obligation_change", args=[obligation.pk])).content.decode()
    assert "Chưa nhận được" in page
    act = reverse("admin:reports_obligation_act", args=[obligation.pk, "chua-nhan"])
    assert client.post(act, {"note": ""}).status_code == 422
    assert client.post(act, {"note": "Không có số này trong sổ văn bản đến."}).status_code == 302
    obligation.refresh_from_db()
    assert (obligation.declared_at, obligation.declared_number) == (None, "")
    send(now=NOW)
    told = [message for message in locmem.outbox if "Sở chưa nhận được văn bản báo cáo" in message.subject]
    assert len(told) == 3
    assert "Không có số này trong sổ văn bản đến." in told[0].body
    plan(now=moment(TODAY + dt.timedelta(days=1)))
    assert Reminder.objects.filter(state="planned", offset=0).exists()  # goes on

    said(obligation, team[0], number="46/BC-UBND")
    act = reverse("admin:reports_obligation_act", args=[obligation.pk, "van-ban"])
    assert client.post(act, {"arrival_number": "812", "arrival_date": "23/11/2026"}).status_code == 302
    obligation.refresh_from_db()
    assert (obligation.is_open, obligation.days_late) == (False, 0)


def test_bad_input_is_refused_with_a_sentence_and_keeps_what_was_typed(team, obligation):
    client = signed_in(team[2])
    page = client.post(address(obligation), {"number": "45/BC", "issued_on": "24/11/2026"}).content.decode()
    assert "Ngày văn bản: Không được sau hôm nay." in page
    assert "45/BC" in page
    assert "is-invalid" in client.post(address(obligation), {"number": " ", "issued_on": ""}).content.decode()
    said(obligation, team[0], number="45/BC\nUBND")
    assert "\n" not in obligation.declared_number
    Obligation.objects.update(closed_at=NOW, closed_reason="x")
    with pytest.raises(StepRefused, match="không cần báo thêm"):
        said(obligation, team[0])
    with pytest.raises(StepRefused, match="không còn báo"):
        not_arrived(obligation=obligation, note="x", actor=actor(make_specialist()), now=NOW)


def test_another_unit_does_not_know_of_it_and_a_reader_may_not(team, obligation):
    stranger = make_user("unit_drafter", unit=make_unit("Xã Khác"))
    assert signed_in(stranger).get(address(obligation)).status_code == 404
    reader = make_user("unit_reader", unit=obligation.unit)
    answer = signed_in(reader).post(address(obligation), {"number": "1/BC", "issued_on": "23/11/2026"})
    assert "Người soạn thảo, văn thư" in answer.content.decode()
    with pytest.raises(StepRefused):
        not_arrived(obligation=obligation, note="x", actor=actor(team[0]), now=NOW)
