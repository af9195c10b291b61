"""Ticks on “Đôn đốc” go along to another page, filter or order; what is ticked elsewhere is named and acted on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices.models import Touch
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_cycle, make_units
from tests.support.chasing import keys, names, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle(units):
    return make_cycle(units=units, due_on=TODAY)


def box(unit, checked=True):
    return f'value="{keys(unit)}" aria-label="Chọn {unit.name}"{" checked" if checked else ""}>'


def test_all_communes_of_the_city_stand_on_one_page(client, specialist):
    cycle = make_cycle(units=make_units(126), due_on=TODAY)
    page = client.get(url("", cycle.pk))
    assert len(names(page)) == 126
    assert "Chọn tất cả" not in page.text  # “Chọn cả trang” is everybody


def test_ticks_stay_under_another_filter_and_name_who_is_not_shown(client, specialist, cycle, units):
    page = client.get(url("", cycle.pk), {"q": "vang", "chon": keys(*units[:2])})
    assert names(page) == ["Xã Vắng"]
    assert box(units[2], checked=False) in page.text
    assert "Đã chọn thêm 2 đơn vị không có trong danh sách đang xem" in page.text
    assert "Xã Ứng Hòa" in page.text
    hidden = f'<input type="hidden" name="chon" value="{page.context["elsewhere_keys"]}">'
    assert hidden in page.text
    back = client.get(url("", cycle.pk), {"chon": [keys(*units[:2]), keys(units[2])]})
    assert all(box(unit) in back.text for unit in units)
    assert "Đã chọn thêm" not in back.text
    for chip in back.text.split('class="chip-link"')[1:4]:
        assert f"&amp;chon={back.context['ticked_keys']}" in chip


def test_the_act_is_for_what_is_ticked_here_and_elsewhere(client, specialist, cycle, units):
    both = {"q": "vang", "chon": [keys(units[0]), keys(units[2])]}
    letter = client.get(url("_letter", cycle.pk), both)
    assert {row.unit.name for row in letter.context["rows"]} == {"Xã Ứng Hòa", "Xã Vắng"}
    with_all = client.get(url("_letter", cycle.pk), {"q": "vang", "tat_ca": "1", "chon": keys(units[0])})
    assert {row.unit.name for row in with_all.context["rows"]} == {"Xã Ứng Hòa", "Xã Vắng"}


def test_who_has_sent_is_no_longer_ticked(client, specialist, cycle, units):
    Obligation.objects.filter(unit=units[0]).update(first_sent_at=NOW)
    page = client.get(url("", cycle.pk), {"q": "vang", "chon": keys(units[0])})
    assert "Đã chọn thêm" not in page.text


def test_a_call_leads_back_to_the_ticks(client, specialist, cycle, units):
    call = url("_call", cycle.pk, int(keys(units[0]))) + f"?q=ung&chon={keys(units[1])}"
    assert client.post(call, {"note": "Hẹn"}).url == url("", cycle.pk) + f"?q=ung&chon={keys(units[1])}"
    assert Touch.objects.count() == 1


def test_without_script_a_sentence_says_what_is_not_kept(client, specialist, cycle):
    page = client.get(url("", cycle.pk)).text
    said = page.split("<noscript>")[1].split("</noscript>")[0]
    assert "dấu chọn không được giữ khi lọc, sắp xếp hoặc sang trang" in said
    assert "bấm nút cần dùng ngay" in said


def test_more_ticks_cost_no_more_questions(client, specialist):
    cycle = make_cycle(units=make_units(30), due_on=TODAY)
    found = list(Obligation.objects.values_list("pk", flat=True))
    costs = []
    for some in (found[:1], found[:1], found):
        with CaptureQueriesContext(connection) as queries:
            client.get(url("", cycle.pk), {"q": "Số 1", "chon": ".".join(map(str, some))})
        costs.append(len(queries))
    assert costs[1] == costs[2]
