"""Who is found by name on the board: today's names first, a hit by a former name says so; who adds missing people."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from districts.loading import refold_units
from districts.models import Succession
from tests.factories import make_cycle, make_specialist, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(client, specialist):
    old = make_unit("Huyện Ứng Hòa", code="00281", valid_from=None, valid_to=dt.date(2025, 6, 30))
    units = [make_unit("Xã Hòa Xá"), make_unit("Xã Ứng Hòa"), make_unit("Xã Vắng")]
    for unit in units[:2]:
        Succession.objects.create(predecessor=old, successor=unit)
    refold_units()
    cycle = make_cycle(units=units)

    def get(**query):
        return client.get(reverse("admin:reports_chasing", args=[cycle.pk]), query)

    return get


def test_todays_name_stands_first_and_a_former_one_is_said(board):
    page = board(q="ung hoa")
    assert [row.unit.name for row in page.context["rows"]] == ["Xã Ứng Hòa", "Xã Hòa Xá"]
    assert page.text.count("Trước đây: Huyện Ứng Hòa") == 1


def test_without_a_search_nothing_is_said_of_former_names(board):
    assert "Trước đây" not in board().text


def test_who_adds_people_is_said_where_nobody_works(board):
    keeper = make_specialist(Role.DEPT_ADMIN, full_name="Đỗ Quản Trị")
    assert keeper.full_name in board(only="nobody").text
    assert keeper.full_name not in board().text
