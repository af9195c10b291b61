"""“Đôn đốc” of more units than a page holds: one letter for all of them, messages page by page, or one to the group."""

import datetime as dt
import io

import pytest
from docx import Document

from notices.models import Touch
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_cycle, make_units
from tests.support.chasing import DRAFT, url

pytestmark = pytest.mark.django_db
DUE = TODAY - dt.timedelta(days=4)


@pytest.fixture
def crowd():
    """More than a page of “Đôn đốc”; two have sent meanwhile."""
    units = make_units(310)
    cycle = make_cycle(units=units, due_on=DUE)
    Obligation.objects.filter(unit__in=units[:2]).update(first_sent_at=NOW)
    return cycle


def names_in(response):
    return {row.cells[1].text for row in Document(io.BytesIO(response.content)).tables[-1].rows[1:]}


def test_everybody_over_all_pages_stands_in_one_letter(client, specialist, crowd):
    page = client.get(url("", crowd.pk))
    assert len(page.context["rows"]) == 200
    assert "Chọn tất cả 308 đơn vị chưa gửi" in page.text
    ticked = [row.obligation.pk for row in page.context["rows"]]
    letter = client.get(url("_letter", crowd.pk), {"tat_ca": "1", "chon": ticked})
    assert len(letter.context["rows"]) == 308
    keys = {"chon": letter.context["all_keys"]}
    left_out = letter.context["rows"][7]
    draft = client.post(url("_docx", crowd.pk), {**keys, **DRAFT, "bo": left_out.obligation.pk})
    assert len(names_in(draft)) == 307
    assert left_out.unit.name not in names_in(draft)
    values = {**keys, "bo": left_out.obligation.pk, "number": "12/SKHCN-QLKH", "issued_on": "23/11/2026"}
    assert client.post(url("_letter", crowd.pk), values).status_code == 302
    assert Touch.objects.filter(kind="letter").count() == 307
    assert not Touch.objects.filter(unit=left_out.unit).exists()


def test_everybody_means_everybody_the_filter_shows(client, specialist, crowd):
    letter = client.get(url("_letter", crowd.pk), {"tat_ca": "1", "q": "Số 30"})
    assert {row.unit.name for row in letter.context["rows"]} == {"Xã Số 30", *(f"Xã Số {n}" for n in range(300, 310))}
    assert "theo bộ lọc" in client.get(url("", crowd.pk), {"only": "overdue"}).text


def test_more_ticks_than_fit_one_question_to_the_database(client, specialist, crowd, monkeypatch):
    monkeypatch.setattr("reports.chasing.KEYS_AT_ONCE", 5)
    some = [str(pk) for pk in Obligation.objects.filter(first_sent_at=None).values_list("pk", flat=True)[:20]]
    assert len(names_in(client.post(url("_docx", crowd.pk), {"chon": ",".join(some), **DRAFT}))) == 20


def test_who_has_sent_meanwhile_is_left_out_of_the_letter_from_the_start(client, specialist, crowd):
    sent = Obligation.objects.exclude(first_sent_at=None).first()
    waiting = Obligation.objects.filter(first_sent_at=None).first()
    letter = client.get(url("_letter", crowd.pk), {"chon": [sent.pk, waiting.pk]})
    assert letter.context["out"] == {sent.pk}


def said(page, **values):
    """What the page of messages sends back."""
    return {"dong": page.context["all_keys"], **values}


def lines(page):
    return [row.obligation.pk for row, _ in page.context["lines"]]


def test_messages_go_page_by_page(client, specialist, crowd):
    address = url("_message", crowd.pk) + "?tat_ca=1"
    first = client.get(address)
    assert len(lines(first)) == 200
    answer = client.post(address, said(first, chon=lines(first)))
    assert answer.url == address + "&page=2"
    last = client.get(address + "&page=2")
    assert len(lines(last)) == 108
    done = client.post(address + "&page=2", said(last, chon=lines(last)))
    assert done.url == url("", crowd.pk)
    assert Touch.objects.filter(kind="message").count() == 308
    whole = client.post(address, said(first, nhom=first.context["group_keys"]))  # one message to the group they share
    assert whole.url == url("", crowd.pk)
    assert Touch.objects.filter(kind="message").count() == 308 + 308
