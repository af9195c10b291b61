"""A touch noted by mistake stays readable, struck through, and counts nowhere."""

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices.models import LetterDraft, Mail, Touch
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
    assert noted.object_label == "Đôn đốc: Cuộc gọi, Xã Ứng Hòa"


def test_an_older_promise_counts_again(client, specialist, obligation):
    call(client, obligation, promised="25/11/2026", note="Lần một")
    address, values = mark(call(client, obligation, promised="30/11/2026", note="Lần hai"))
    client.post(address, values)
    (row,) = client.get(url("", obligation.cycle_id)).context["rows"]
    assert (row.promised_day, row.last_touch.note, len(row.touches)) == ("25/11, sau hạn", "Lần một", 1)


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
    assert "Lý do khác" in again.text  # what was typed can be read
    looked = client.get(address).text  # no form that would only be refused
    assert f"Lý do: {REASON}" in looked
    assert 'name="reason"' not in looked
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


# --- a letter recorded wrongly for many units ---


@pytest.fixture
def three(obligation):
    units = [make_unit(f"Xã Thư {number}") for number in range(3)]
    return make_cycle(units=units, year=2025, due_on=TODAY)


def letter(client, cycle, number="1501/SKHCN-QLKH", **values):
    values |= {"number": number, "issued_on": "23/11/2026"}
    keys = ".".join(str(pk) for pk in cycle.obligations.values_list("pk", flat=True))
    assert client.post(url("_letter", cycle.pk), {"chon": keys, **values}).status_code == 302
    return Touch.objects.filter(number=number).first()


def whole(touch):
    return reverse("admin:notices_touch_letter_mistaken", args=[touch.pk])


def test_a_letter_is_marked_as_a_whole_in_one_confirmation(client, specialist, obligation, three):
    call(client, obligation)
    other = letter(client, three, "1502/SKHCN-QLKH")
    touch = letter(client, three)
    page = client.get(reverse("admin:notices_touch_change", args=[touch.pk])).text
    assert whole(touch) in page
    assert "Ghi nhầm cả công văn (3 đơn vị)" in page
    asked = client.get(whole(touch)).text
    assert all(name in asked for name in ("Xã Thư 0, Xã Thư 1, Xã Thư 2", "1501/SKHCN-QLKH", "23/11/2026"))
    assert client.post(whole(touch), {"reason": " "}).status_code == 422
    assert not Touch.objects.exclude(mistaken_at=None).exists()
    done = client.post(whole(touch), {"reason": REASON}, follow=True)
    assert "Đã đánh dấu ghi nhầm công văn 1501/SKHCN-QLKH, 3 đơn vị." in done.text
    assert set(Touch.objects.exclude(mistaken_at=None).values_list("number", "mistaken_reason")) == {
        ("1501/SKHCN-QLKH", REASON)
    }
    assert Touch.objects.filter(mistaken_at=None, number=other.number).count() == 3
    entry = AuditEntry.objects.get(action="chasing.mistaken")
    assert entry.object_label == "Đôn đốc: Công văn 1501/SKHCN-QLKH, 3 đơn vị"
    assert len(entry.detail["units"]) == 3
    again = client.post(whole(touch), {"reason": "Lý do khác"})
    assert (again.status_code, "Lý do khác" in again.text) == (422, True)


def test_a_draft_recorded_under_a_wrong_number_waits_for_it_again(client, specialist, three):
    draft = {"reply_by": "30/11/2026", "contact": "024 1", "symbol": "SKHCN-QLKH", "signature": "deputy"}
    keys = [str(pk) for pk in three.obligations.values_list("pk", flat=True)]
    client.post(url("_docx", three.pk), {"chon": keys, "once": "trang", **draft})
    touch = letter(client, three, once="trang")
    client.post(url("_docx", three.pk), {"chon": keys[:2], "once": "trang", **draft})  # the page goes on
    client.post(whole(touch), {"reason": REASON})
    kept = {len(one.duty_keys): one for one in LetterDraft.objects.filter(recorded_at=None)}
    assert set(kept) == {2, 3}
    client.post(url("_draft", three.pk, kept[3].pk), {"number": "1510", "issued_on": "23/11/2026"})
    assert Touch.objects.filter(number="1510/SKHCN-QLKH", mistaken_at=None).count() == 3


@pytest.mark.parametrize("role", [Role.DEPT_SPECIALIST, Role.DEPT_READER])
def test_the_whole_letter_is_for_its_author_or_a_manager(client, specialist, three, role):
    touch = letter(client, three)
    other = signed_in(role)
    assert other.get(whole(touch)).status_code == other.post(whole(touch), {"reason": REASON}).status_code == 403
    assert whole(touch) not in other.get(reverse("admin:notices_touch_change", args=[touch.pk])).text
    assert not Touch.objects.exclude(mistaken_at=None).exists()
    assert signed_in(Role.DEPT_HEAD).post(whole(touch), {"reason": REASON}).status_code == 302


def test_a_call_is_no_letter(client, specialist, obligation):
    touch = call(client, obligation)
    assert whole(touch) not in client.get(reverse("admin:notices_touch_change", args=[touch.pk])).text
    assert client.post(whole(touch), {"reason": REASON}).status_code == 403
    assert not Touch.objects.exclude(mistaken_at=None).exists()


@pytest.mark.parametrize("term", ["1501", "1501/SKHCN-QLCN&ĐMST", "qlcn&đmst"])
def test_the_book_is_searched_by_the_number_of_a_letter(client, specialist, obligation, three, term):
    call(client, obligation)
    letter(client, three, "1502/SKHCN")
    letter(client, three, "1501/SKHCN-QLCN&ĐMST")
    found = client.get(reverse("admin:notices_touch_changelist"), {"q": term}).context["cl"].result_list
    assert {touch.number for touch in found} == {"1501/SKHCN-QLCN&ĐMST"}
    assert len(found) == 3
    by_unit = client.get(reverse("admin:notices_touch_changelist"), {"q": "ung hoa"}).context["cl"].result_list
    assert [touch.kind for touch in by_unit] == ["call"]


def test_no_filter_offers_what_is_never_written(client, specialist):
    assert "Thư riêng" not in client.get(reverse("admin:notices_touch_changelist")).text
