"""“Đôn đốc”: who has not sent, the letter with its annex, the message, the call with its promise."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document
from docx.shared import Pt
from time_machine import travel

from accounts.roles import Role
from notices.models import Touch
from notices.planner import plan
from notices.sender import send
from records.models import AuditEntry
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_cycle, make_specialist, make_unit, make_units, make_user

pytestmark = pytest.mark.django_db
DUE = TODAY - dt.timedelta(days=4)  # a Thursday: two working days late


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
def units():
    return [make_unit("Xã Ứng Hòa"), make_unit("Phường Hai Bà Trưng"), make_unit("Xã Vắng")]


@pytest.fixture
def cycle(units):
    make_user(Role.UNIT_DRAFTER, unit=units[0], full_name="Trần Thị Soạn")
    make_user(Role.UNIT_DRAFTER, unit=units[1], full_name="Lê Thị Lặng", email="")
    return make_cycle(units=units, due_on=DUE)


def names(response):
    return [row.unit.name for row in response.context["rows"]]


def url(name, *args):
    return reverse(f"admin:reports_chasing{name}", args=args)


def chosen(*units):
    rows = Obligation.objects.filter(unit__in=units)
    return {"chon": [str(pk) for pk in rows.values_list("pk", flat=True)]}


def test_rows_tell_lateness_contacts_and_mails(client, specialist, cycle):
    plan(now=NOW)
    send(now=NOW)
    response = client.get(url("", cycle.pk))
    assert len(names(response)) == 3
    assert "Quá hạn 2 ngày làm việc" in response.text
    assert "1 thư nhắc, gần nhất 23/11/2026" in response.text
    assert response.text.count("chưa có e-mail") == 1
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
    assert set(names(client.get(page, {"only": "no_email"}))) == {"Phường Hai Bà Trưng", "Xã Vắng"}
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


DRAFT = {"reply_by": "30/11/2026", "contact": "Nguyễn Minh Anh, 024 1", "symbol": "SKHCN-QLKH", "signature": "deputy"}


def fetch(client, cycle, *units, **values):
    response = client.get(url("_docx", cycle.pk), {**chosen(*units), **DRAFT, **values})
    assert response.status_code == 200, response.text
    assert "attachment" in response["Content-Disposition"]
    return Document(io.BytesIO(response.content))


def text_of(document):
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_the_letter_keeps_the_layout_of_decree_30(client, specialist, cycle, units):
    document = fetch(client, cycle, *units)
    page = document.sections[0]
    margins = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    assert [round(length.mm) for length in (page.page_width, page.page_height, *margins)] == [210, 297, 20, 20, 30, 20]
    style = document.styles["Normal"]
    assert (style.font.name, style.font.size) == ("Times New Roman", Pt(14))
    assert page.different_first_page_header_footer
    assert "PAGE" in page.header._element.xml
    text = text_of(document)
    for words in (
        "THÀNH PHỐ HÀ NỘI",
        "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số:          /SKHCN-QLKH",
        "Hà Nội, ngày       tháng       năm 2026",
        "Kính gửi: Ủy ban nhân dân các xã, phường",
        "còn 03 đơn vị chưa gửi báo cáo",
        "trước khi hết ngày 30/11/2026",
        "KT. GIÁM ĐỐC",
        "Nơi nhận:",
        "./.",
    ):
        assert words in text


def test_the_annex_names_each_unit_that_has_not_sent(client, specialist, cycle, units):
    Obligation.objects.filter(unit=units[2]).update(first_sent_at=NOW)
    annex = fetch(client, cycle, *units).tables[-1]
    rows = [[cell.text for cell in row.cells] for row in annex.rows]
    assert rows[0][:2] == ["STT", "Đơn vị"]
    assert {row[1] for row in rows[1:]} == {"Xã Ứng Hòa", "Phường Hai Bà Trưng"}
    assert rows[1][2:] == ["19/11/2026", "2", "Chưa bắt đầu"]
    assert "tblHeader" in annex.rows[0]._tr.xml


def test_one_unit_is_addressed_by_its_name(client, specialist, cycle, units):
    text = text_of(fetch(client, cycle, units[0], signature="head"))
    assert "Kính gửi: Ủy ban nhân dân xã Ứng Hòa" in text
    assert "TL. GIÁM ĐỐC" in text


def test_a_draft_without_units_or_date_is_refused_and_keeps_what_was_typed(client, specialist, cycle, units):
    nobody = client.get(url("_docx", cycle.pk), DRAFT)
    assert nobody.status_code == 422
    broken = client.get(url("_docx", cycle.pk), {**chosen(units[0]), **DRAFT, "reply_by": "32/11/2026"})
    assert broken.status_code == 422
    assert "32/11/2026" in broken.text
    assert "Nguyễn Minh Anh, 024 1" in broken.text


def test_number_and_date_become_a_touch_of_each_unit(client, specialist, cycle, units):
    query = "&".join(f"chon={pk}" for pk in chosen(*units[:2])["chon"])
    address = url("_letter", cycle.pk) + f"?{query}"
    assert len(client.get(address).context["ticked"]) == 2
    bad = client.post(address, {**chosen(*units[:2]), "number": "12/SKHCN-QLKH", "issued_on": "24/11/2026"})
    assert bad.status_code == 422
    assert "chưa tới" in bad.text
    values = {**chosen(*units[:2]), "number": "12/SKHCN-QLKH", "issued_on": "23/11/2026"}
    assert client.post(address, values).status_code == 302
    client.post(address, values)  # again: the same letter counts once
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
    assert '<span class="chip info">hứa gửi 25/11' in page.text
    assert "Bà Lan" in client.get(address).text
    with travel(NOW + dt.timedelta(days=3), tick=False):
        client.force_login(specialist)
        assert '<span class="chip late">hứa gửi 25/11' in client.get(url("", cycle.pk)).text


def test_who_only_reads_may_not_note(client, cycle, units):
    client.force_login(make_specialist(Role.DEPT_READER))
    assert "Soạn công văn" not in client.get(url("", cycle.pk)).text
    pk = Obligation.objects.get(unit=units[0]).pk
    assert client.post(url("_call", cycle.pk, pk), {"note": "x"}).status_code == 403
    assert not Touch.objects.exists()


def test_without_any_cycle_the_page_says_so(client, specialist):
    assert "Chưa có kỳ báo cáo nào đã mở" in client.get(url("_latest"), follow=True).text
