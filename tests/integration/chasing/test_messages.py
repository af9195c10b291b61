"""“Sao chép lời nhắn”: noted is who was written to, whatever the units have done in between; and once."""

import pytest

from accounts.roles import Role
from notices.models import Touch
from reports.filing import start_report
from reports.models import Obligation
from tests.factories import NOW, TODAY, actor, make_cycle, make_user
from tests.support.chasing import DRAFT, chosen, keys, text_of, url
from tests.support.chasing import fetch as fetch_letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle(units):
    return make_cycle(units=units, due_on=TODAY)


def written():
    return sorted(Touch.objects.filter(kind="message").values_list("unit__name", flat=True))


def form_of(page, **values):
    return {"dong": page.context["all_keys"], "once": page.context["once"], **values}


def test_a_unit_that_sends_before_the_note_was_written_to_all_the_same(client, specialist, cycle, units):
    address = url("_message", cycle.pk) + f"?chon={keys(units[0])}"
    page = client.get(address)
    Obligation.objects.filter(unit=units[0]).update(first_sent_at=NOW)
    said = client.post(address, form_of(page, chon=keys(units[0])), follow=True)
    assert "Đã ghi nhận lời nhắn cho 1 đơn vị." in said.text
    assert written() == ["Xã Ứng Hòa"]


def test_the_group_is_the_one_whose_names_were_copied(client, specialist, cycle, units):
    address = url("_message", cycle.pk) + "?tat_ca=1&only=not_started"
    Obligation.objects.filter(unit=units[2]).update(first_sent_at=NOW)
    page = client.get(address)
    assert f'name="nhom" id="da-nhom" value="{page.context["group_keys"]}"' in page.text
    drafter = make_user(Role.UNIT_DRAFTER, unit=units[0])
    start_report(obligation=Obligation.objects.get(unit=units[0]), actor=actor(drafter), now=NOW)
    Obligation.objects.filter(unit=units[2]).update(first_sent_at=None)  # joins the filter after the copy
    client.post(address, form_of(page, nhom=page.context["group_keys"]))
    assert written() == sorted(["Xã Ứng Hòa", "Phường Hai Bà Trưng"])


def test_without_a_tick_the_same_messages_are_shown_again(client, specialist, cycle, units):
    address = url("_message", cycle.pk) + "?tat_ca=1&only=not_started"
    page = client.get(address)
    again = client.post(address, form_of(page))
    assert "Chọn ít nhất một đơn vị." in again.text
    assert again.context["all_keys"] == page.context["all_keys"]
    assert again.context["once"] == page.context["once"]


def test_the_message_names_the_contact_the_letter_names(client, specialist, cycle, units):
    type(specialist).objects.filter(pk=specialist.pk).update(phone="024 3825 1111")
    contact = f"Nguyễn Minh Anh, Phòng Quản lý khoa học, 024 3825 1111, {specialist.email}"
    letter = client.get(url("_letter", cycle.pk), {"tat_ca": "1"}).context["draft"].initial["contact"]
    page = client.get(url("_message", cycle.pk), {"tat_ca": "1"})
    texts = [page.context["group_text"], *(text for _, text in page.context["lines"])]
    assert letter == contact
    assert [text.count(f"Liên hệ: {contact}. Trân trọng.") for text in texts] == [1] * 4
    assert f"đề nghị liên hệ: {contact}." in text_of(fetch_letter(client, cycle, *units, contact=letter))


@pytest.mark.parametrize("way", ["chon", "nhom"])
def test_the_same_page_sent_twice_is_one_message(client, specialist, cycle, units, way):
    address = url("_message", cycle.pk) + "?tat_ca=1"
    values = form_of(client.get(address), **{way: keys(*units)})
    client.post(address, values)
    again = client.post(address, values, follow=True)
    assert "3 đơn vị đã có lời nhắn này trong sổ đôn đốc từ trước" in again.text
    assert len(written()) == 3
    client.post(address, form_of(client.get(address), **{way: keys(*units)}))  # another visit, another message
    assert len(written()) == 6


def test_the_same_call_sent_twice_is_one_and_another_word_is_another_call(client, specialist, cycle, units):
    address = url("_call", cycle.pk, int(keys(units[0])))
    page = client.get(address)
    assert f'name="once" value="{page.context["once"]}"' in page.text
    values = {"once": page.context["once"], "note": "Đang chờ ký", "promised_on": "23/11/2026"}
    for _ in range(2):
        assert client.post(address, values).status_code == 302
    assert Touch.objects.count() == 1
    client.post(address, {**values, "note": "Đang chờ ký, gọi lại chiều"})  # gone back and typed anew: not lost
    assert Touch.objects.count() == 2
    Touch.objects.update(mistaken_at=NOW, mistaken_by=specialist)
    client.post(address, values)
    assert Touch.objects.filter(mistaken_at=None).count() == 1


def test_a_promise_after_the_deadline_is_marked_and_said(client, specialist, cycle, units):
    Obligation.objects.update(due_on="2026-12-17", counted_until="2026-12-17")
    for unit, day in zip(units, ("17/12/2026", "18/12/2026", "30/12/2026"), strict=True):
        address = url("_call", cycle.pk, int(keys(unit)))
        said = client.post(address, {"note": "Hẹn", "promised_on": day}, follow=True).text
        late = day != "17/12/2026"
        assert (f"Ngày hứa gửi {day} sau hạn 17/12/2026 của {unit.name}" in said) is late
    board = client.get(url("", cycle.pk)).text
    for chip in ('info">17/12<', 'warn">18/12, sau hạn<', 'warn">30/12, sau hạn<'):
        assert f'<span class="chip {chip}' in board
    assert "Hứa gửi 30/12/2026 (sau hạn)" in client.get(address).text
    assert "hứa gửi 30/12, sau hạn" in client.get(url("_phone", cycle.pk)).text


def test_a_call_about_no_report_of_this_cycle_is_not_found(client, specialist, cycle, units):
    assert client.get(url("_call", cycle.pk, 99999)).status_code == 404
    assert client.post(url("_call", cycle.pk, 99999), {"note": "x"}).status_code == 404


# --- a refusal in one half of the letter page keeps the other ---


def test_a_wrong_issue_date_keeps_the_draft_as_it_was_typed(client, specialist, cycle, units):
    typed = {"contact": "Bà Hoa, 024 2", "symbol": "SKHCN-VP", "signature": "director", "reply_by": "4/12/2026"}
    typed |= {"signer": "Lê Thị Ký", "early": "on"}
    values = {**chosen(*units), **typed, "number": "12", "issued_on": "24/11/2027", "bo": keys(units[1])}
    page = client.post(url("_letter", cycle.pk), values)
    assert page.status_code == 422
    draft = page.context["draft"]
    assert {name: draft[name].value() for name in typed} == typed
    assert 'value="4/12/2026"' in page.text
    assert draft.errors == {}
    assert page.context["out"] == {int(keys(units[1]))}


def test_a_wrong_draft_keeps_number_and_date(client, specialist, cycle, units):
    values = {**chosen(*units), **DRAFT, "reply_by": "32/11/2026", "number": "12/SKHCN", "issued_on": "23/11/2026"}
    page = client.post(url("_docx", cycle.pk), values)
    assert page.status_code == 422
    issued = page.context["issued"]
    assert (issued["number"].value(), issued["issued_on"].value()) == ("12/SKHCN", "23/11/2026")
    assert issued.errors == {}
    assert "32/11/2026" in page.text
