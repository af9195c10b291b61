"""“Chờ xử lý”: the longest waiting first, honest counts, and a cost that does not grow with the rows."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from tests.factories import NOW, TODAY, make_call, make_specialist, make_team, make_unit, moment
from tests.support.ways import sent_proposal, step

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


@pytest.fixture
def team():
    return make_team(make_unit())


def titles(response):
    return [line["dossier"].title for line in response.context["lines"]]


def test_the_longest_waiting_comes_first_with_its_working_days(client, specialist, team):
    drafter, leader, _ = team
    call = make_call()
    for title in ("Mới", "Cũ"):
        sent_proposal(call, drafter, leader, title=title)
    old = next(line for line in _dossiers() if line.title == "Cũ")
    _wait_since(old, moment(TODAY - dt.timedelta(days=6)))  # Tuesday a week ago: 4 working days

    response = client.get(reverse("admin:index"))

    assert titles(response) == ["Cũ", "Mới"]
    assert "4 ngày làm việc" in response.text
    assert "hôm nay" in response.text


def test_tabs_and_chips_count_by_turn_kind_and_status_and_filter(client, specialist, team):
    drafter, leader, _ = team
    call = make_call()
    sent_proposal(call, drafter, leader, title="Chờ tiếp nhận")
    step(sent_proposal(call, drafter, leader, title="Đã nhận"), "receive", specialist)
    _at_city(sent_proposal(call, drafter, leader, title="Ở Thành phố"), specialist)

    response = client.get(reverse("admin:index"))

    assert [(tab["label"], tab["count"]) for tab in response.context["turns"]] == [
        ("Chờ Sở xử lý", 2),
        ("Chờ đối chiếu văn bản", 0),
        ("Đang ở UBND Thành phố", 1),
    ]
    chips = {chip["label"]: (chip["count"], chip["query"]) for chip in response.context["chips"]}
    assert {label: count for label, (count, _) in chips.items()}["Tất cả"] == 2
    assert chips["Đã gửi"][0] == chips["Đã tiếp nhận"][0] == 1
    assert titles(client.get(reverse("admin:index") + chips["Đã tiếp nhận"][1])) == ["Đã nhận"]
    assert titles(client.get(reverse("admin:index") + "?turn=city")) == ["Ở Thành phố"]


def test_search_without_accents_and_my_own(client, specialist, team):
    drafter, leader, _ = team
    call = make_call()
    mine = sent_proposal(call, drafter, leader, title="Xử lý rơm rạ")
    sent_proposal(call, drafter, leader, title="Chuyển đổi số")
    client.post(reverse("admin:proposals_proposal_assign", args=[mine.pk]), {"person": specialist.pk})
    _refold()

    assert titles(client.get(reverse("admin:index"), {"q": "chuyen doi"})) == ["Chuyển đổi số"]
    assert titles(client.get(reverse("admin:index"), {"assignee": "mine"})) == ["Xử lý rơm rạ"]
    assert titles(client.get(reverse("admin:index"), {"assignee": "none"})) == ["Chuyển đổi số"]
    assert titles(client.get(reverse("admin:index"), {"q": mine.code})) == ["Xử lý rơm rạ"]


@pytest.mark.parametrize("name", ["admin:index", "admin:proposals_proposal_changelist"])
def test_the_number_of_queries_does_not_grow_with_the_rows(client, specialist, team, name):
    drafter, leader, _ = team
    call = make_call()
    sent_proposal(call, drafter, leader, title="Một")
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(name))
    for number in range(20):
        sent_proposal(call, *make_team(make_unit(f"Xã Số {number}"))[:2], title=f"Đề xuất {number}")
    with CaptureQueriesContext(connection) as many:
        response = client.get(reverse(name))

    assert len(response.context["lines"]) == 21
    assert len(many) == len(one)


def _dossiers():
    from dossiers.models import Dossier

    return Dossier.objects.all()


def _wait_since(dossier, when):
    type(dossier).objects.filter(pk=dossier.pk).update(turn_since=when)


def _refold():
    for dossier in _dossiers():
        type(dossier).objects.filter(pk=dossier.pk).update(
            search=dossier.search_for(dossier.title, dossier.code, dossier.unit)
        )


def _at_city(dossier, specialist):
    type(dossier).objects.filter(pk=dossier.pk).update(status="at_city", turn="city")
