"""A touch noted by mistake stays readable, struck through, and counts nowhere."""

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices.models import Mail, Touch
from notices.weekly import plan_weekly
from records.models import AuditEntry
from tests.factories import NOW, TODAY, make_cycle, make_specialist, make_unit

pytestmark = pytest.mark.django_db
REASON = "Gọi cho đơn vị khác"


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def specialist(client):
    user = make_specialist()
    client.force_login(user)
    return user


@pytest.fixture
def obligation():
    return make_cycle(units=[make_unit("Xã Ứng Hòa")], due_on=TODAY).obligations.get()


def url(name, *args):
    return reverse(f"admin:reports_chasing{name}", args=args)


def call(client, obligation, *, promised="25/11/2026", note="Đang chờ ký"):
    address = url("_call", obligation.cycle_id, obligation.pk)
    assert client.post(address, {"note": note, "promised_on": promised}).status_code == 302
    return Touch.objects.order_by("-pk").first()


def mark(touch, **values):
    return reverse("admin:notices_touch_mistaken", args=[touch.pk]), {"reason": REASON, **values}


def signed_in(role):
    client = Client()
    client.force_login(make_specialist(role, full_name="Đỗ Văn Khác"))
    return client


def test_the_author_marks_it_from_the_log_and_it_counts_nowhere(client, specialist, obligation):
    board, log = url("", obligation.cycle_id), url("_call", obligation.cycle_id, obligation.pk)
    touch = call(client, obligation)
    address, values = mark(touch)
    assert f"{address}?next=" in client.get(log).text
    assert "25/11/2026" in client.get(address).text
    blank = client.post(address, {"reason": " "})
    assert blank.status_code == 422
    assert client.post(f"{address}?next={log}", values).url == log
    shown = client.get(log).text
    assert "<s>Đang chờ ký</s>" in shown
    assert "<s>Hứa gửi 25/11/2026</s>" in shown
    assert f"Ghi nhầm, không tính: {REASON}" in shown
    assert f"{address}?next=" not in shown
    page = client.get(board, {"only": "promised"})
    assert page.context["rows"] == []
    everybody = client.get(board).text
    assert "Đang chờ ký" not in everybody
    assert "25/11" not in everybody
    assert "hứa gửi" not in client.get(url("_phone", obligation.cycle_id)).text
    noted = AuditEntry.objects.get(action="chasing.mistaken")
    assert (noted.actor, noted.detail["reason"]) == (specialist, REASON)


def test_an_older_promise_counts_again(client, specialist, obligation):
    call(client, obligation, promised="25/11/2026", note="Lần một")
    address, values = mark(call(client, obligation, promised="30/11/2026", note="Lần hai"))
    client.post(address, values)
    (row,) = client.get(url("", obligation.cycle_id)).context["rows"]
    assert (row.promised_day, row.last_touch.note, len(row.touches)) == ("25/11", "Lần một", 1)


def test_a_promise_noted_by_mistake_is_not_told_as_broken(client, specialist, obligation):
    address, values = mark(call(client, obligation, promised="25/11/2026"))
    client.post(address, values)
    with travel(NOW.replace(day=30), tick=False):
        assert plan_weekly(now=NOW.replace(day=30)) == 1  # the unit is overdue by now
        mail = Mail.objects.get(kind="weekly")
    assert "hứa gửi" not in str(mail.context)


def test_the_list_and_the_page_of_the_touch_show_it_struck_through(client, specialist, obligation):
    touch = call(client, obligation)
    page = reverse("admin:notices_touch_change", args=[touch.pk])
    address, values = mark(touch)
    assert address in client.get(page).text
    assert client.post(address, values).url == page
    shown = client.get(page).text
    assert REASON in shown
    assert f"{address}?next=" not in shown
    listed = client.get(reverse("admin:notices_touch_changelist")).text
    assert "<s>25/11/2026</s>" in listed
    assert f"Ghi nhầm: {REASON}" in listed


@pytest.mark.parametrize("role", [Role.DEPT_SPECIALIST, Role.DEPT_READER])
@pytest.mark.parametrize("manager", [Role.DEPT_HEAD, Role.DEPT_ADMIN])
def test_only_the_author_or_a_manager_marks_it(client, specialist, obligation, role, manager):
    touch = call(client, obligation)
    address, values = mark(touch)
    other = signed_in(role)
    assert address not in other.get(url("_call", obligation.cycle_id, obligation.pk)).text
    assert other.get(address).status_code == other.post(address, values).status_code == 403
    assert Touch.objects.get().mistaken_at is None
    assert signed_in(manager).post(address, values).status_code == 302
    again = client.post(address, {"reason": "Lý do khác"})
    assert again.status_code == 422
    assert "đã được đánh dấu ghi nhầm" in again.text
    assert Touch.objects.get().mistaken_reason == REASON


def test_a_letter_marked_by_mistake_can_be_noted_again(client, specialist, obligation):
    letter = url("_letter", obligation.cycle_id)
    values = {"chon": obligation.pk, "number": "12/SKHCN", "issued_on": "23/11/2026"}
    client.post(letter, values)
    address, marked = mark(Touch.objects.get())
    client.post(address, marked)
    again = client.post(letter, values, follow=True)
    assert "Đã ghi nhận công văn cho 1 đơn vị" in again.text
    assert Touch.objects.filter(mistaken_at=None).count() == 1
    assert client.post(letter, values).status_code == 302
    assert Touch.objects.count() == 2  # counts once, as ever
