"""A hold can be lifted wherever it is met, and says whether it has begun."""

import datetime as dt

import pytest
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices.models import Hold
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_cycle, make_specialist, make_unit, make_user

pytestmark = pytest.mark.django_db
LIST = "admin:notices_hold_changelist"


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
def obligation():
    unit = make_unit()
    make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Soạn")
    return make_cycle(units=[unit], due_on=dt.date(2026, 11, 30)).obligations.get()


def hold_of(user, *, obligation=None, unit=None, since=TODAY, days=5):
    key = f"report:{obligation.pk}" if obligation else ""
    return Hold.objects.create(
        unit=unit,
        duty_key=key,
        title="Báo cáo – Xã Ứng Hòa" if key else unit.name,
        reason="Đang bàn giao trụ sở",
        since=since,
        until=since + dt.timedelta(days=days),
        made_by=user,
        made_at=NOW,
    )


def lift(hold):
    return reverse("admin:notices_hold_lift", args=[hold.pk])


def places(obligation, hold):
    """Every page on which somebody meets the hold, but the forecast, which lifts it at once."""
    return {
        "list": reverse(LIST),
        "hold": reverse("admin:notices_hold_change", args=[hold.pk]),
        "chasing": reverse("admin:reports_chasing", args=[obligation.cycle_id]),
        "obligation": reverse("admin:reports_obligation_change", args=[obligation.pk]),
    }


@pytest.mark.parametrize("whole_unit", [True, False], ids=["unit", "duty"])
@pytest.mark.parametrize("place", ["list", "hold", "chasing", "obligation"])
def test_it_is_lifted_where_it_is_met_and_leads_back(client, specialist, obligation, place, whole_unit):
    target = {"unit": obligation.unit} if whole_unit else {"obligation": obligation}
    hold = hold_of(specialist, **target)
    address = places(obligation, hold)[place]
    page = client.get(address).text
    assert f'href="{lift(hold)}?next=' in page
    assert reverse("admin:notices_hold_make") not in page  # what is held is not offered to be held
    asked = client.get(f"{lift(hold)}?next={address}")
    assert "Đang bàn giao trụ sở" in asked.text
    assert "23/11/2026 – hết ngày 28/11/2026" in asked.text
    assert Hold.objects.get().lifted_at is None  # looked at, not done
    assert client.post(f"{lift(hold)}?next={address}").url == address
    assert Hold.objects.get().lifted_by == specialist
    assert lift(hold) not in client.get(address).text


def test_what_is_over_has_nothing_to_lift(client, specialist, obligation):
    hold = hold_of(specialist, unit=obligation.unit, since=TODAY - dt.timedelta(days=9))
    for address in places(obligation, hold).values():
        assert lift(hold) not in client.get(address).text
    assert "đã hết hạn" in client.get(reverse(LIST)).text
    late = client.get(lift(hold), follow=True)
    assert "đã hết hạn hoặc đã được bỏ" in late.text


def test_a_hold_that_begins_tomorrow_is_not_called_present(client, specialist, obligation):
    hold = hold_of(specialist, unit=obligation.unit, since=TODAY + dt.timedelta(days=1))
    for name in ("admin:notices_forecast", LIST):
        page = client.get(reverse(name)).text
        assert "tạm dừng từ 24/11/2026" in page
        assert "đang tạm dừng" not in page.lower()
        assert lift(hold) in page


def test_a_refusal_leads_to_the_hold_that_is_in_the_way(client, specialist, obligation):
    hold = hold_of(specialist, unit=obligation.unit)
    address = reverse("admin:notices_hold_make") + f"?unit={obligation.unit_id}"
    values = {"reason": "<b>Chờ</b>", "since": "25/11/2026", "until": "30/11/2026"}
    refused = client.post(address, values)
    assert refused.status_code == 422
    assert "Đã có lần tạm dừng từ ngày 23/11/2026 đến hết ngày 28/11/2026" in refused.text
    assert f'<a href="{lift(hold)}?next=' in refused.text
    assert "<b>Chờ</b>" not in refused.text
    assert client.post(f"{lift(hold)}?next={address}").url == address  # and there it is made anew
    assert client.post(address, values).status_code == 302


def test_an_empty_list_says_how_to_make_one(client, specialist):
    page = client.get(reverse(LIST)).text
    assert "Chưa có lần tạm dừng nào" in page
    assert reverse("admin:reports_chasing_latest") in page


def test_who_may_not_hold_is_not_offered_to_lift(client, specialist, obligation):
    hold = hold_of(specialist, unit=obligation.unit)
    client.force_login(make_specialist(Role.DEPT_CLERK))
    for address in places(obligation, hold).values():
        assert lift(hold) not in client.get(address).text
    assert client.get(lift(hold)).status_code == client.post(lift(hold)).status_code == 403
    assert Obligation.objects.get().is_open
    assert Hold.objects.get().lifted_at is None
