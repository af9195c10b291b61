"""One cycle per programme, kind and year; what rests on an open cycle stays."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from time_machine import travel

from reports.models import Cycle
from tests.factories import NOW, make_cycle, make_programme, make_specialist, make_unit

pytestmark = pytest.mark.django_db

VALUES = {
    "title": "Báo cáo năm 2027",
    "opens_on": "01/12/2026",
    "due_on": "31/01/2027",
    "shift_due": "on",
    "basis": "portal",
    "kind": "year",
    "year": "2026",
    "code_stem": "2026-N",
    "period_start": "15/12/2025",
    "cutoff": "14/12/2026",
    "official_copy": "portal",
}


@pytest.fixture(autouse=True)
def signed_in(client):
    with travel(NOW, tick=False):
        client.force_login(make_specialist())
        yield


def test_a_second_cycle_of_the_same_period_is_refused_with_a_sentence(client):
    first = make_cycle()
    values = VALUES | {"programme": first.programme_id}

    answer = client.post(reverse("admin:reports_cycle_add"), values)

    assert answer.status_code == 200
    assert "Chương trình đã có kỳ báo cáo loại này của năm đó." in answer.text
    assert "Báo cáo năm 2027" in answer.text  # what was typed
    assert client.post(reverse("admin:reports_cycle_add"), values | {"kind": "half"}).status_code == 302
    assert Cycle.objects.count() == 2


def test_the_database_holds_the_rule_too():
    first = make_cycle()
    copy = Cycle(round=make_cycle(year=2025).round, programme=first.programme, kind=first.kind, year=first.year)
    copy.code_stem, copy.period_start, copy.cutoff = "X", first.period_start, first.cutoff
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_update=True)


def test_an_open_cycle_keeps_kind_and_cut_off_and_says_why(client):
    cycle = make_cycle(units=[make_unit()])
    other = make_programme(number="KH 1/KH-UBND")
    url = reverse("admin:reports_cycle_change", args=[cycle.pk])

    page = client.get(url)
    fields = page.context["adminform"].form.fields
    assert all(fields[name].disabled for name in ("programme", "kind", "year", "code_stem", "period_start", "cutoff"))
    assert "Kỳ đã mở nên giữ nguyên" in page.text
    forged = {"programme": other.pk, "kind": "half", "year": "2030", "cutoff": "01/01/2027", "code_stem": "Z"}
    answer = client.post(url, VALUES | forged | {"opens_on": "03/11/2026", "title": "Tên mới"})

    assert answer.status_code == 302, answer.context["errors"]
    now = Cycle.objects.select_related("round").get()
    assert (now.kind, now.year, now.cutoff, now.programme_id) == (
        "year",
        2026,
        dt.date(2026, 12, 14),
        cycle.programme_id,
    )
    assert now.round.title == "Tên mới"


def test_a_cycle_not_yet_open_can_still_be_changed(client):
    cycle = make_cycle()
    url = reverse("admin:reports_cycle_change", args=[cycle.pk])

    answer = client.post(url, VALUES | {"programme": cycle.programme_id, "kind": "half", "cutoff": "14/06/2026"})

    assert answer.status_code == 302, answer.context["errors"]
    now = Cycle.objects.get()
    assert (now.kind, now.cutoff) == ("half", dt.date(2026, 6, 14))
