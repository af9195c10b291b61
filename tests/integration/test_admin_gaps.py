"""Units without people and people without address: seen at once, and who mends it; units found by name of today first."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.models import Membership
from accounts.roles import Role
from districts.loading import refold_units
from districts.models import Succession, Unit
from districts.searching import match_rank
from notices.holds import make_hold
from reports.chasing import narrowed, rows_of
from tests.factories import NOW, TODAY, actor, make_cycle, make_specialist, make_unit, make_units, make_user

pytestmark = pytest.mark.django_db
STATE, UNITS, USERS = (
    "admin:notices_heartbeat_changelist",
    "admin:districts_unit_changelist",
    "admin:accounts_user_changelist",
)
FORECAST = "admin:notices_forecast"


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def unwatched(settings):
    settings.WATCH = {}  # no part has run in a test: that is not the question here


@pytest.fixture
def specialist(client):
    user = make_specialist()
    client.force_login(user)
    return user


@pytest.fixture
def keeper():
    return make_specialist(Role.DEPT_ADMIN, full_name="Hoàng Văn Quản", email="quantri@example.vn")


# --- the page of the system -----------------------------------------------------------------------


def test_green_only_where_everybody_can_be_reached(client, specialist):
    unit, other = make_units(2)
    make_user(Role.UNIT_DRAFTER, unit=other)
    mute = make_user(Role.UNIT_DRAFTER, unit=unit, email="")
    page = client.get(reverse(STATE)).text
    assert "Hệ thống hoạt động bình thường" in page  # nothing is owed yet
    make_cycle(units=[unit, other])
    empty = make_unit("Xã Trống")
    make_unit("Huyện Cũ", code="99998", valid_to=TODAY - dt.timedelta(days=1))
    page = client.get(reverse(STATE)).text
    assert "Hệ thống hoạt động bình thường" not in page
    assert "Cổng chạy bình thường, nhưng thư không tới được một số nơi" in page
    assert "1 người có việc đang mở nhưng chưa có địa chỉ thư điện tử" in page
    assert "1 đơn vị chưa có người làm" in page
    assert 'href="#chua-co-thu"' in page
    assert 'id="chua-co-thu"' in page
    listed = client.get(reverse(UNITS), {"nguoi": "chua"})
    assert list(listed.context["cl"].result_list) == [empty]
    mute.email = "co@example.vn"
    mute.save()
    make_user(Role.UNIT_CLERK, unit=empty)
    assert "Hệ thống hoạt động bình thường" in client.get(reverse(STATE)).text


def test_a_problem_and_a_gap_stand_side_by_side(client, specialist, settings):
    settings.WATCH = {"planner": 60}
    make_unit("Xã Trống")
    page = client.get(reverse(STATE)).text
    assert "Cần xử lý" in page
    assert "1 đơn vị chưa có người làm" in page
    assert "Cổng chạy bình thường" not in page


# --- who adds people ------------------------------------------------------------------------------


def test_the_page_of_a_unit_without_people_says_who_adds_them(client, specialist, keeper):
    unit = make_unit("Xã Trống")
    address = reverse("admin:districts_unit_change", args=[unit.pk])
    page = client.get(address).text
    assert "Chưa có người làm" in page
    assert "Hoàng Văn Quản, quantri@example.vn" in page
    assert "thêm người dùng cho đơn vị này" not in page
    client.force_login(keeper)
    page = client.get(address).text
    add = f"{reverse('admin:accounts_user_add')}?unit={unit.pk}"
    assert add in page
    assert "Gửi cho quản trị" not in page
    form = client.get(add)
    (inline,) = form.context["inline_admin_formsets"]
    assert inline.formset.forms[0].initial == {"unit": unit.pk, "valid_from": TODAY}
    reader = make_user(Role.UNIT_READER, unit=unit)
    assert "Chưa có người làm" in client.get(address).text  # who only reads does no work
    Membership.objects.create(user=reader, unit=unit, role=Role.UNIT_DRAFTER, valid_from=TODAY)
    assert "Chưa có người làm" not in client.get(address).text


def test_a_person_added_from_the_page_of_a_unit_is_saved_once(client, keeper):
    unit = make_unit("Xã Trống")
    client.force_login(keeper)
    add = f"{reverse('admin:accounts_user_add')}?unit={unit.pk}"
    role = {"role": "unit_drafter", "unit": unit.pk, "room": "", "valid_from": "23/11/2026"}
    rows = {f"memberships-0-{name}": value for name, value in role.items()}
    rows |= {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0}
    person = {"username": "moi", "full_name": "Người Mới", "is_active": "on", "email": ""}
    client.post(add, {**person, **rows})
    assert unit.memberships.get().user.username == "moi"


def test_the_forecast_says_who_adds_people(client, specialist, keeper):
    make_cycle(units=[make_unit("Xã Trống")])
    assert "Hoàng Văn Quản, quantri@example.vn" in client.get(reverse(FORECAST)).text


def test_people_are_listed_searched_and_narrowed_by_unit(client, keeper):
    unit, other = make_unit("Xã Ứng Hòa"), make_unit("Phường Ba Đình", code="00002")
    lan = make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Lan")
    gone = make_user(full_name="Người Cũ")
    Membership.objects.create(
        user=gone,
        unit=unit,
        role=Role.UNIT_CLERK,
        valid_from=TODAY - dt.timedelta(days=9),
        valid_to=TODAY - dt.timedelta(days=1),
    )
    make_user(Role.UNIT_DRAFTER, unit=other, full_name="Lê Văn Khác")
    client.force_login(keeper)
    assert (
        'Xã Ứng Hòa<br><small class="d-inline-block lede fw-normal">Người soạn thảo</small>'
        in client.get(reverse(USERS)).text
    )
    assert set(client.get(reverse(USERS), {"q": "xa ung hoa"}).context["cl"].queryset) == {lan, gone}
    assert list(client.get(reverse(USERS), {"q": "lan ung hoa"}).context["cl"].queryset) == [lan]
    assert list(client.get(reverse(USERS), {"unit": unit.pk}).context["cl"].queryset) == [lan]
    assert list(client.get(reverse(USERS), {"unit": "so"}).context["cl"].queryset) == [keeper]


def test_the_list_of_people_costs_the_same_for_few_and_many(client, keeper):
    client.force_login(keeper)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(USERS))
        return len(asked)

    make_user(Role.UNIT_DRAFTER, unit=make_unit("Xã Một", code="00001"))
    cost()
    few = cost()
    for unit in make_units(20):
        make_user(Role.UNIT_DRAFTER, unit=unit)
    assert cost() == few


# --- units found by name --------------------------------------------------------------------------


@pytest.fixture
def valley():
    """Xã Ứng Hòa, and two more that came out of Huyện Ứng Hòa."""
    old = make_unit("Huyện Ứng Hòa", code="00281", valid_from=None, valid_to=dt.date(2025, 6, 30))
    names = ["Xã Hòa Xá", "Xã Ứng Hòa", "Xã Ứng Hòa Đông", "Xã Vân Ứng Hòa"]
    found = {name: make_unit(name, code=f"1000{number}") for number, name in enumerate(names)}
    Succession.objects.create(predecessor=old, successor=found["Xã Hòa Xá"])
    Succession.objects.create(predecessor=old, successor=found["Xã Ứng Hòa"])
    refold_units()
    return {name: Unit.objects.get(pk=unit.pk) for name, unit in found.items()}


def test_todays_name_stands_first_and_a_former_one_is_said(client, specialist, valley):
    page = client.get(reverse(UNITS), {"q": "ung hoa"})
    names = [unit.name for unit in page.context["cl"].result_list]
    assert names == ["Xã Ứng Hòa", "Huyện Ứng Hòa", "Xã Ứng Hòa Đông", "Xã Vân Ứng Hòa", "Xã Hòa Xá"]
    assert page.text.count("Trước đây: Huyện Ứng Hòa") == 1
    assert "Trước đây:" not in client.get(reverse(UNITS), {"q": "hoa xa"}).text
    assert "Trước đây:" not in client.get(reverse(UNITS)).text


def test_the_rank_in_python_is_that_of_the_database(valley):
    found = list(Unit.objects.search("x. ứng hòa").values_list("name", flat=True))
    assert found == ["Xã Ứng Hòa", "Xã Ứng Hòa Đông"]
    ranks = {name: match_rank(unit, "ung hoa") for name, unit in valley.items()}
    assert ranks == {"Xã Ứng Hòa": 0, "Xã Ứng Hòa Đông": 1, "Xã Vân Ứng Hòa": 2, "Xã Hòa Xá": 3}
    ordered = [unit for unit in Unit.objects.search("ung hoa") if unit.name in valley]
    assert [match_rank(unit, "ung hoa") for unit in ordered] == [0, 1, 2, 3]


def test_the_forecast_says_who_was_found_by_a_former_name(client, specialist, valley):
    for unit in valley.values():
        make_user(Role.UNIT_DRAFTER, unit=unit)
    make_cycle(units=list(valley.values()))
    page = client.get(reverse(FORECAST), {"q": "ung hoa"}).text
    assert "<b>Xã Hòa Xá</b> (trước đây: Huyện Ứng Hòa)" in page
    assert "trước đây" not in client.get(reverse(FORECAST), {"q": "xa ung hoa"}).text


# --- small things ---------------------------------------------------------------------------------


def test_without_address_counts_people_not_empty_units():
    empty, mute = make_units(2)
    make_user(Role.UNIT_DRAFTER, unit=mute, email="")
    rows = rows_of(make_cycle(units=[empty, mute]), now=NOW)
    assert [row.unit for row in narrowed(rows, only="no_email")] == [mute]
    assert [row.unit for row in narrowed(rows, only="nobody")] == [empty]


def test_a_hold_is_named_in_words(client, specialist):
    values = {"reason": "Chờ", "since": TODAY, "until": TODAY, "actor": actor(specialist), "now": NOW}
    hold = make_hold(duty_key="letter:12", title="Bổ sung số, ngày", **values)
    page = client.get(reverse("admin:notices_hold_change", args=[hold.pk])).text
    assert "letter:12" not in page
    assert "Một việc" in page


def test_no_text_of_a_mail_can_be_added(client, keeper):
    client.force_login(keeper)
    add = reverse("admin:notices_mailtext_add")
    assert add not in client.get(reverse("admin:catalogue")).text
    assert client.get(add).status_code == 403
    assert client.get(reverse("admin:notices_mailtext_changelist")).status_code == 200


def test_the_help_of_a_unit_s_name_is_an_example(client, keeper):
    client.force_login(keeper)
    page = client.get(reverse("admin:districts_unit_change", args=[make_unit("Phường Ba Đình").pk])).text
    assert "ví dụ: Xã Ứng Hòa, Huyện Ứng Hòa." in page


def test_why_says_thu_dien_tu(client, specialist):
    make_user(full_name="Trần Thị Lan", email="")
    page = client.get(reverse("admin:notices_why"), {"q": "lan"}).text
    assert "chưa có thư điện tử" in page
    assert "e-mail" not in page
