"""“Đôn đốc”: who has not sent, the letter with its annex, the message, the call with its promise."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from accounts.roles import Role
from notices.models import Touch
from notices.planner import plan
from notices.sender import send
from records.models import AuditEntry
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_cycle, make_units, make_user
from tests.support.chasing import DRAFT, chosen, names, url

pytestmark = pytest.mark.django_db
DUE = TODAY - dt.timedelta(days=4)  # a Thursday: two working days late


@pytest.fixture
def cycle(units):
    make_user(Role.UNIT_DRAFTER, unit=units[0], full_name="Trần Thị Soạn")
    make_user(Role.UNIT_DRAFTER, unit=units[1], full_name="Lê Thị Lặng", email="")
    return make_cycle(units=units, due_on=DUE)


def test_rows_tell_lateness_contacts_and_mails(client, specialist, cycle):
    plan(now=NOW)
    send(now=NOW)
    response = client.get(url("", cycle.pk))
    assert len(names(response)) == 3
    assert "Quá hạn 2 ngày làm việc" in response.text
    assert "1 thư nhắc, gần nhất 23/11/2026" in response.text
    assert response.text.count("chưa có thư điện tử") == 1
    assert "Chưa có người làm" in response.text
    assert client.get(url("_latest")).url == url("", cycle.pk)


def test_filters_and_order(client, specialist, cycle, units):
    late = Obligation.objects.get(unit=units[0])
    Obligation.objects.exclude(pk=late.pk).update(due_on=TODAY, counted_until=TODAY)
    Touch.objects.create(
        duty_key=f"report:{Obligation.objects.get(unit=units[2]).pk}",
        unit=units[2],
        title="x",
        kind="call",
        at=NOW,
        by=specialist,
        promised_on=TODAY,
    )
    page = url("", cycle.pk)
    assert names(client.get(page))[0] == "Xã Ứng Hòa"
    assert names(client.get(page, {"only": "overdue"})) == ["Xã Ứng Hòa"]
    assert set(names(client.get(page, {"only": "no_email"}))) == {"Phường Hai Bà Trưng"}
    assert names(client.get(page, {"only": "promised"})) == ["Xã Vắng"]
    assert names(client.get(page, {"sort": "promise"}))[0] == "Xã Vắng"
    assert names(client.get(page, {"q": "hai ba"})) == ["Phường Hai Bà Trưng"]
    assert len(names(client.get(page, {"only": "?", "sort": "?"}))) == 3
    Obligation.objects.filter(pk=late.pk).update(first_sent_at=NOW)
    assert "Xã Ứng Hòa" not in names(client.get(page))


def test_the_number_of_queries_does_not_follow_the_units(client, specialist):
    few, many = make_cycle(units=make_units(1), due_on=DUE), make_cycle(units=make_units(30), due_on=DUE, year=2027)
    for one in Obligation.objects.all():
        person = make_user(Role.UNIT_DRAFTER, unit=one.unit)
        Touch.objects.create(
            duty_key=f"report:{one.pk}", unit=one.unit, title="x", kind="call", at=NOW, by=person, promised_on=TODAY
        )
    counts = []
    for cycle in (few, few, many):
        with CaptureQueriesContext(connection) as found:
            client.get(url("", cycle.pk))
        counts.append(len(found))
    assert counts[1] == counts[2]


def test_a_draft_without_units_or_date_is_refused_and_keeps_what_was_typed(client, specialist, cycle, units):
    nobody = client.post(url("_docx", cycle.pk), DRAFT)
    assert nobody.status_code == 422
    broken = client.post(url("_docx", cycle.pk), {**chosen(units[0]), **DRAFT, "reply_by": "32/11/2026"})
    assert broken.status_code == 422
    assert "32/11/2026" in broken.text
    assert "Nguyễn Minh Anh, 024 1" in broken.text


def test_number_and_date_become_a_touch_of_each_unit(client, specialist, cycle, units):
    query = "&".join(f"chon={pk}" for pk in chosen(*units[:2])["chon"])
    address = url("_letter", cycle.pk) + f"?{query}"
    assert len(client.get(address).context["rows"]) == 2
    bad = client.post(address, {**chosen(*units[:2]), "number": "12/SKHCN-QLKH", "issued_on": "24/11/2026"})
    assert bad.status_code == 422
    assert "chưa tới" in bad.text
    values = {**chosen(*units[:2]), "number": "12/SKHCN-QLKH", "issued_on": "23/11/2026"}
    assert client.post(address, values).status_code == 302
    again = client.post(address, values, follow=True)  # the same letter counts once
    assert "2 đơn vị đã có công văn này trong sổ đôn đốc từ trước" in again.text
    assert again.text.count("Đã ghi nhận công văn cho") == 1  # of the first time
    assert set(Touch.objects.values_list("unit__name", "kind", "number")) == {
        ("Xã Ứng Hòa", "letter", "12/SKHCN-QLKH"),
        ("Phường Hai Bà Trưng", "letter", "12/SKHCN-QLKH"),
    }
    assert Touch.objects.count() == 2
    assert "Công văn 12/SKHCN-QLKH ngày 23/11/2026" in client.get(url("", cycle.pk)).text
    noted = AuditEntry.objects.get(action="chasing.noted").detail
    assert (set(noted["units"]), noted["number"]) == ({"Xã Ứng Hòa", "Phường Hai Bà Trưng"}, "12/SKHCN-QLKH")


def test_a_message_for_each_unit(client, specialist, cycle, units):
    query = f"chon={chosen(units[0])['chon'][0]}"
    page = client.get(url("_message", cycle.pk) + f"?{query}")
    text = page.context["lines"][0][1]
    for words in ("Kính gửi UBND xã Ứng Hòa", "hạn gửi 19/11/2026", "quá hạn 2 ngày làm việc", "/bao-cao/"):
        assert words in text
    assert "data-copy" in page.text
    client.post(url("_message", cycle.pk) + f"?{query}", chosen(units[0]))
    assert Touch.objects.get().kind == "message"


def test_a_call_with_its_promise_which_turns_red_when_it_passes(client, specialist, cycle, units):
    pk = Obligation.objects.get(unit=units[0]).pk
    address = url("_call", cycle.pk, pk)
    past = client.post(address, {"note": "Đang chờ ký", "promised_on": "20/11/2026"})
    assert past.status_code == 422
    assert "đã qua" in past.text
    assert "Đang chờ ký" in past.text
    values = {"contact": "Bà Lan", "note": "Đang chờ ký", "promised_on": "25/11/2026"}
    assert client.post(address, values).status_code == 302
    page = client.get(url("", cycle.pk))
    assert '<span class="chip info">25/11<' in page.text
    assert "Bà Lan" in client.get(address).text
    with travel(NOW + dt.timedelta(days=3), tick=False):
        client.force_login(specialist)
        assert '<span class="chip late">25/11, đã qua<' in client.get(url("", cycle.pk)).text


def test_a_promise_years_away_is_a_slip_and_another_year_is_printed(client, specialist, cycle, units):
    address = url("_call", cycle.pk, Obligation.objects.get(unit=units[0]).pk)
    far = client.post(address, {"note": "Đang chờ ký", "promised_on": "24/11/2030"})
    assert far.status_code == 422
    assert far.context["form"].errors["promised_on"] == ["Ngày hứa gửi 24/11/2030 sau hơn một năm. Kiểm tra lại năm."]
    client.post(address, {"note": "Đang chờ ký", "promised_on": "05/01/2027"})
    assert '<span class="chip info">05/01/2027<' in client.get(url("", cycle.pk)).text
    assert "hứa gửi 05/01/2027" in client.get(url("_phone", cycle.pk)).text


def test_without_any_cycle_the_page_says_so(client, specialist):
    assert "Chưa có kỳ báo cáo nào đã mở" in client.get(url("_latest"), follow=True).text


def test_the_list_for_the_phone(client, specialist, cycle, units):
    person = make_user(Role.UNIT_CLERK, unit=units[0], full_name="Bùi Văn Thư")
    type(person).objects.filter(pk=person.pk).update(phone="0912 345 678")
    keys = Obligation.objects.get(unit=units[0]).pk
    client.post(url("_call", cycle.pk, keys), {"contact": "Bà Lan", "note": "Đang chờ ký", "promised_on": "25/11/2026"})
    page = client.get(url("_phone", cycle.pk))
    assert len(page.context["rows"]) == 3
    first = next(row for row in page.context["rows"] if row.unit == units[0])
    assert [one.full_name for one in first.callees] == ["Bùi Văn Thư", "Trần Thị Soạn"]  # who has a number comes first
    for words in (
        'href="tel:0912345678"',
        "Báo cáo năm 2026, hạn 19/11/2026",
        '<th scope="col">Thời hạn</th>',
        "Quá hạn 2 ngày làm việc",
        "Cuộc gọi 23/11/2026, Bà Lan: Đang chờ ký",
        "hứa gửi 25/11",
        "Chưa có người làm",
    ):
        assert words in page.text
    assert len(client.get(url("_phone", cycle.pk), chosen(units[0])).context["rows"]) == 1
    Obligation.objects.update(first_sent_at=NOW)
    assert "Không có đơn vị nào cần gọi" in client.get(url("_phone", cycle.pk)).text


def test_nothing_to_chase_says_so(client, specialist, cycle):
    Obligation.objects.update(first_sent_at=NOW)
    page = client.get(url("", cycle.pk))
    assert "Không có đơn vị nào ở đây" in page.text
    assert "Chọn tất cả" not in page.text
