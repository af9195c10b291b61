"""Calls, cycles and programmes: the round's dates and their own data are one page for the Sở."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from dossiers.models import Round
from proposals.models import Call, CallFile
from reports.models import Cycle, Obligation
from tests.factories import (
    NOW,
    TODAY,
    make_call,
    make_cycle,
    make_programme,
    make_specialist,
    make_unit,
    pdf_bytes,
)
from tests.support.admin import inline

pytestmark = pytest.mark.django_db

ROUND = {
    "title": "Đợt đề xuất năm 2028",
    "opens_on": "01/12/2026",
    "due_on": "31/01/2027",
    "shift_due": "on",
    "grace_until": "",
    "locks_on": "31/01/2027",
    "basis": "portal",
}
COUNCIL = {
    "plan_year": "2028",
    "guidance": "Theo Mẫu I.01-ĐHNV.",
    "approver": "UBND Thành phố Hà Nội",
    "council_min": "7",
    "council_max": "11",
    "quorum_numerator": "2",
    "quorum_denominator": "3",
    "pass_numerator": "3",
    "pass_denominator": "4",
    "council_basis": "TT 06/2023/TT-BKHCN",
}


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def specialist(client):
    user = make_specialist()
    client.force_login(user)
    return user


def test_a_call_and_its_round_are_one_page_with_a_guidance_file(client, specialist, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    upload = SimpleUploadedFile("huong-dan.pdf", pdf_bytes(), "application/pdf")
    files = inline("files", {"title": "Hướng dẫn điền phiếu", "upload": upload})

    response = client.post(reverse("admin:proposals_call_add"), {**ROUND, **COUNCIL, **files})

    assert response.status_code == 302, response.context["errors"]
    call = Call.objects.select_related("round").get()
    assert (call.round.kind, call.round.due_on, call.plan_year) == ("proposal", dt.date(2027, 1, 31), 2028)
    guide = CallFile.objects.get()
    assert (guide.title, guide.file.original_name, guide.call) == ("Hướng dẫn điền phiếu", "huong-dan.pdf", call)

    url = reverse("admin:proposals_call_change", args=[call.pk])
    assert "31/01/2027" in client.get(url).text
    kept = inline("files", {"dossier": "", "title": "Hướng dẫn", "id": guide.pk, "call": call.pk}, initial=1)
    response = client.post(url, {**ROUND, **COUNCIL, **kept, "due_on": "15/02/2027", "locks_on": "15/02/2027"})
    assert response.status_code == 302, response.context["errors"]
    assert Round.objects.get().due_on == dt.date(2027, 2, 15)
    assert CallFile.objects.get().title == "Hướng dẫn"


def test_dates_out_of_order_come_back_with_a_sentence_and_nothing_kept(client, specialist):
    response = client.post(
        reverse("admin:proposals_call_add"),
        {**ROUND, **COUNCIL, **inline("files"), "due_on": "30/11/2026", "council_max": "5", "locks_on": "abc"},
    )

    assert response.status_code == 200
    assert "Hạn gửi phải từ ngày mở trở đi." in response.text
    assert "Số thành viên tối đa phải từ số tối thiểu trở lên." in response.text
    assert "Theo Mẫu I.01-ĐHNV." in response.text
    assert not Round.objects.exists()


def test_people_who_only_view_see_the_rounds_dates(client):
    call = make_call()
    client.force_login(make_specialist(Role.DEPT_READER))

    page = client.get(reverse("admin:proposals_call_change", args=[call.pk])).text

    assert "Đợt đề xuất nhiệm vụ KH&amp;CN năm 2027" in page
    assert "17/12/2026" in page
    assert 'name="_save"' not in page


def test_moving_the_due_date_of_an_open_cycle_moves_those_who_still_owe(client, specialist):
    unit, other = make_unit(), make_unit("Xã Sóc Sơn")
    cycle = make_cycle(units=[unit, other])
    Obligation.objects.filter(unit=other).update(first_sent_at=NOW, counted_on=TODAY, days_late=0)
    before = Obligation.objects.get(unit=other).due_on
    values = {"due_on": "25/12/2026", "shift_due": "on", "grace_until": "", "locks_on": "", "save": "1"}
    grounds = {"by": "phone", "dated": "20/11/2026", "decided_by": "Trưởng phòng", "reason": "Chờ số liệu"}

    grounds["previewed"] = "2026-12-25|True|None|None"
    response = client.post(reverse("admin:reports_cycle_move", args=[cycle.pk]), {**values, **grounds}, follow=True)

    assert "Đã chuyển hạn gửi của 1 đơn vị" in response.text
    assert Obligation.objects.get(unit=unit).due_on == dt.date(2026, 12, 25)
    assert Obligation.objects.get(unit=other).due_on == before


def test_a_new_cycle(client, specialist):
    programme = make_programme()
    own = {
        "programme": programme.pk,
        "kind": "year",
        "year": "2027",
        "code_stem": "2027-N",
        "period_start": "15/12/2026",
        "cutoff": "14/12/2027",
        "official_copy": "portal",
    }

    response = client.post(reverse("admin:reports_cycle_add"), {**ROUND, **own, "title": "Báo cáo năm 2027"})

    assert response.status_code == 302, response.context["errors"]
    assert Cycle.objects.get().round.kind == "report"


def test_an_indicator_is_marked_and_switched_off_in_its_programme(client, specialist):
    programme = make_programme(indicators=1)
    one = programme.indicators.get()
    row = {
        "id": one.pk,
        "programme": programme.pk,
        "order": "1",
        "code": "1.1",
        "name": "Số mô hình",
        "group": "",
        "unit_of_measure": "mô hình",
        "measure": "count",
        "theme": "",
        "is_sample": "on",
    }
    values = {"number": programme.number, "name": "Chương trình", "year_from": "2026", "standing_agency": "Sở KH&CN"}

    url = reverse("admin:reports_programme_change", args=[programme.pk])
    response = client.post(url, {**values, **inline("indicators", row, initial=1)})

    assert response.status_code == 302, response.context["errors"]
    one.refresh_from_db()
    assert (one.name, one.active, one.is_sample) == ("Số mô hình", False, True)
