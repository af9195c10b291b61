"""“Sở chưa nhận được văn bản”: it stands on the unit's pages until the unit answers, and in a mail that leads on."""

import datetime as dt

import pytest
from django.core import mail as locmem
from django.urls import reverse
from time_machine import travel

from notices.planner import plan
from notices.sender import send
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_specialist, moment
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db
NOTE = "Không có số này trong sổ văn bản đến."


@pytest.fixture(autouse=True)
def clock():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return Desk(due_on=TODAY + dt.timedelta(days=1))


@pytest.fixture
def office(desk):
    return desk.client(make_specialist())


def address(desk, name="declare"):
    return reverse(f"reports:{name}", args=[desk.obligation.pk])


def say(desk, number="45/BC-UBND", issued_on="20/11/2026", **more):
    return desk.client().post(address(desk), {"number": number, "issued_on": issued_on, "seen": "", **more})


def miss(desk, office):
    assert say(desk).status_code == 302
    act = reverse("admin:reports_obligation_act", args=[desk.obligation.pk, "chua-nhan"])
    assert office.post(act, {"note": NOTE}).status_code == 302


def stands():
    return Obligation.objects.get().declared_number


def test_it_stands_on_the_pages_of_the_unit_until_it_declares_anew(desk, office):
    miss(desk, office)
    pages = "/", address(desk), address(desk, "open")
    for page in pages:
        text = " ".join(desk.client().get(page).text.split()).casefold()
        assert "ngày 23/11/2026 sở báo chưa nhận được văn bản số 45/bc-ubnd" in text, page
        assert NOTE.casefold().rstrip(".") in text, page
    assert NOTE in office.get(reverse("admin:reports_obligation_change", args=[desk.obligation.pk])).text
    tomorrow = moment(TODAY + dt.timedelta(days=1))
    plan(now=tomorrow)
    send(now=tomorrow)
    digest = next(mail for mail in locmem.outbox if "hôm nay là hạn" in mail.subject)
    assert "Sở báo chưa nhận được văn bản số 45/BC-UBND" in digest.body

    assert say(desk, "46/BC-UBND").status_code == 302
    for page in pages:
        assert NOTE not in desk.client().get(page).text.partition("Lịch sử")[0]


def test_it_goes_with_the_sending(desk, office):
    miss(desk, office)
    desk.fill()
    dossier = desk.send()
    assert NOTE not in desk.client().get("/").text
    page = desk.client().get(reverse("reports:detail", args=[dossier.pk])).text
    assert page.count(NOTE) == 1  # in the history, no longer as a warning
    assert page.index("Lịch sử") < page.index(NOTE)


def test_the_same_letter_again_is_asked_about_and_taken_knowingly(desk, office):
    miss(desk, office)
    asked = say(desk)
    assert asked.status_code == 200
    assert "Sở đã báo chưa nhận được văn bản này." in asked.text
    assert "Đơn vị đã gửi lại văn bản đúng số, ngày này" in asked.text
    assert 'value="45/BC-UBND"' in asked.text
    assert stands() == ""
    assert say(desk, again="on").status_code == 302
    assert stands() == "45/BC-UBND"


@pytest.mark.parametrize("typed", [{"number": "46/BC-UBND"}, {"issued_on": "23/11/2026"}])
def test_another_number_or_day_is_not_asked_about(desk, office, typed):
    miss(desk, office)
    assert "Đơn vị đã gửi lại văn bản" not in desk.client().get(address(desk)).text
    assert say(desk, **typed).status_code == 302


def test_the_mail_leads_to_the_report_and_to_the_declaration_and_names_the_day(desk, office):
    miss(desk, office)
    send(now=NOW)
    (mail, *others) = [one for one in locmem.outbox if "Sở chưa nhận được văn bản báo cáo" in one.subject]
    assert len(others) == 2
    for part in (mail.body, mail.alternatives[0][0]):
        assert address(desk, "open") in part
        assert address(desk) in part
        assert "hết thứ Ba, 24/11/2026" in part
        assert NOTE in part


@pytest.mark.parametrize("day", ["01/01/1990", "14/12/2025"])
def test_a_letter_older_than_the_period_is_refused_at_its_field(desk, day):
    answer = say(desk, issued_on=day)
    assert "Ngày văn bản: Trước ngày bắt đầu kỳ số liệu (15/12/2025). Kiểm tra lại năm." in answer.text
    assert 'href="#id_issued_on"' in answer.text
    assert stands() == ""
    assert say(desk, issued_on="15/12/2025").status_code == 302


def test_correcting_has_words_of_its_own(desk):
    say(desk)
    page = desk.client().get(address(desk, "declare_correct")).text
    assert "Lưu số, ngày mới" in page
    assert "Số, ngày ghi dưới đây thay số, ngày đã báo" in page
    assert "Ghi nhận đã gửi" not in page
    assert "Thư nhắc dừng ngay" not in page
