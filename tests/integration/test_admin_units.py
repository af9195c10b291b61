"""What a unit owes or still holds: paper received, obligations ended or moved, dossiers handed over."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from districts.loading import refold_units
from districts.models import Succession
from dossiers.models import Dossier
from reports.kind import record_paper
from reports.models import Obligation, Report
from tests.factories import (
    NOW,
    TODAY,
    actor,
    make_call,
    make_cycle,
    make_specialist,
    make_team,
    make_unit,
    make_units,
)
from tests.support.ways import complete_proposal, sent_proposal, step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def specialist(client):
    user = make_specialist()
    client.force_login(user)
    return user


def test_paper_received_for_a_unit_that_never_opened_its_report(client, specialist):
    unit = make_unit()
    make_cycle(units=[unit])
    obligation = Obligation.objects.get()
    url = reverse("admin:reports_obligation_act", args=[obligation.pk, "van-ban"])

    late = client.post(url, {"arrival_number": "1234", "arrival_date": "30/11/2026", "note": "Bản giấy"})
    assert late.status_code == 422
    assert "Ngày đến không được sau hôm nay." in late.text
    assert "Bản giấy" in late.text
    client.post(url, {"arrival_number": "1234", "arrival_date": "20/11/2026"})

    obligation.refresh_from_db()
    assert (obligation.paper_number, obligation.paper_on) == ("1234", dt.date(2026, 11, 20))
    report = Report.objects.get()
    assert client.get(reverse("admin:reports_report_change", args=[report.pk])).status_code == 200
    paper = client.get(reverse("admin:reports_obligation_changelist"), {"state": "paper", "o": "4"})
    assert unit.name in paper.text
    assert unit.name not in client.get(reverse("admin:reports_obligation_changelist"), {"state": "missing"}).text


def test_a_search_for_a_unit_s_very_name_shows_it_first_in_every_cycle(client, specialist):
    old = make_unit("Huyện Ba Vì", valid_to=dt.date(2025, 6, 30))
    units = [make_unit(name) for name in ("Phường Ba Vì Thượng", "Xã Ba Vì", "Xã An Khánh", "Xã Sóc Sơn")]
    for unit in units[:3]:
        Succession.objects.create(predecessor=old, successor=unit, extent="part")
    refold_units()
    for year in (2025, 2026):
        make_cycle(units=units, year=year)
    url = reverse("admin:reports_obligation_changelist")

    def rows(**params):
        found = client.get(url, params).context["cl"].result_list
        return [(row.unit.name, row.cycle.year) for row in found]

    wanted = [("Xã Ba Vì", 2026), ("Xã Ba Vì", 2025), ("Phường Ba Vì Thượng", 2026), ("Phường Ba Vì Thượng", 2025)]
    assert rows(q="Ba Vì")[:4] == wanted
    assert {name for name, _ in rows(q="Ba Vì")[4:]} == {"Xã An Khánh"}
    assert rows(q="xa ba vi")[0][0] == "Xã Ba Vì"
    assert rows(q="Vì Ba")[0][0] == "Phường Ba Vì Thượng"  # words in another order are found too, in the usual order
    by_column = [name for name, _ in rows(q="Ba Vì", o="1")]  # the column chosen goes before
    assert list(dict.fromkeys(by_column)) == ["Phường Ba Vì Thượng", "Xã An Khánh", "Xã Ba Vì"]


def test_an_obligation_is_ended_or_moved_with_its_grounds(client, specialist):
    old, new, third = make_unit("Huyện Ứng Hòa"), make_unit(), make_unit("Xã Sóc Sơn")
    Succession.objects.create(predecessor=old, successor=new, extent="whole")
    make_cycle(units=[old, third])
    first, second = Obligation.objects.get(unit=old), Obligation.objects.get(unit=third)

    page = client.get(reverse("admin:reports_obligation_act", args=[first.pk, "chuyen"])).text
    assert new.name in page and third.name not in page
    client.post(
        reverse("admin:reports_obligation_act", args=[first.pk, "chuyen"]), {"to_unit": new.pk, "resolution": "NQ 1656"}
    )
    client.post(reverse("admin:reports_obligation_act", args=[second.pk, "ket-thuc"]), {"reason": "Kết thúc, NQ 1656"})

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.responsible == new
    assert second.closed_reason == "Kết thúc, NQ 1656"
    again = client.post(reverse("admin:reports_obligation_act", args=[second.pk, "ket-thuc"]), {"reason": "Lần nữa"})
    assert "không còn mở" in again.text
    assert client.get(reverse("admin:reports_obligation_act", args=[second.pk, "khac"])).status_code == 404


def test_the_dossiers_of_an_ended_unit_go_to_named_successors(client, specialist):
    old = make_unit("Huyện Ứng Hòa")
    drafter, leader, _ = make_team(old)
    call = make_call()
    sent = sent_proposal(call, drafter, leader, title="Đã gửi")
    moved = sent_proposal(call, drafter, leader, title="Có người làm trước")
    draft = complete_proposal(call, drafter, title="Nháp riêng của huyện")
    successor = make_unit()
    Succession.objects.create(predecessor=old, successor=successor, extent="whole")
    type(old).objects.filter(pk=old.pk).update(valid_to=TODAY - dt.timedelta(days=1))
    assert "Bàn giao hồ sơ (3)" in client.get(reverse("admin:districts_unit_change", args=[old.pk])).text
    url = reverse("admin:districts_unit_handover", args=[old.pk])
    page = client.get(url).text
    assert "Nháp riêng của huyện" not in page
    values = {"resolution": "Nghị quyết số 1656/NQ-UBTVQH15"}
    for one in (sent, moved, draft):
        values |= {f"to_{one.pk}": successor.pk, f"version_{one.pk}": one.version}
    values[f"to_{draft.pk}"] = ""
    step(moved, "receive", specialist)

    blank = client.post(url, {**values, "resolution": ""})
    assert "Chưa nhập nội dung ô này." in blank.text
    done = client.post(url, values, follow=True)

    assert f"Đã bàn giao 1 hồ sơ, 1 hồ sơ chưa: {moved.code} – Chưa thực hiện được" in done.text
    holders = dict(Dossier.objects.values_list("pk", "holder__name"))
    assert holders == {sent.pk: successor.name, moved.pk: old.name, draft.pk: old.name}
    assert Dossier.objects.get(pk=sent.pk).unit == old


def test_handing_over_is_not_for_readers(client):
    client.force_login(make_specialist(Role.DEPT_READER))

    assert client.get(reverse("admin:districts_unit_handover", args=[make_unit().pk])).status_code == 403


def test_a_unit_in_being_keeps_its_dossiers(client, specialist):
    unit = make_unit()

    response = client.get(reverse("admin:districts_unit_handover", args=[unit.pk]), follow=True)

    assert f"{unit.name} đang hoạt động." in response.text


def test_the_list_of_reports_shows_timing_at_a_constant_cost(client, specialist):
    cycle = make_cycle(units=[make_unit()])
    url = reverse("admin:reports_report_changelist")

    def receive(obligation):
        arrival = {"arrival_number": "1", "arrival_date": TODAY}
        record_paper(obligation=obligation, actor=actor(specialist), now=NOW, **arrival)

    receive(Obligation.objects.get())
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for unit in make_units(10):
        days = {"due_on": TODAY, "counted_until": TODAY}
        receive(Obligation.objects.create(cycle=cycle, unit=unit, responsible=unit, **days))
    Obligation.objects.filter(unit__name="Xã Số 3").update(days_late=2)
    with CaptureQueriesContext(connection) as many:
        page = client.get(url)

    assert len(page.context["lines"]) == 11
    assert len(many) == len(one)
    late = client.get(url, {"timing": "late"}).context["lines"]
    assert [(line["dossier"].unit.name, line["timing"]) for line in late] == [("Xã Số 3", ("late", "Trễ 2 ngày"))]
