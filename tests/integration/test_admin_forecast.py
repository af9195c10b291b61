"""The pages of forecast, hold and moved deadline, through HTTP."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices.models import Hold, Reminder
from notices.planner import plan
from records.models import AuditEntry
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_cycle, make_specialist, make_unit, make_units, make_user

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 11, 30)
FORECAST = "admin:notices_forecast"


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
def unit():
    unit = make_unit()
    make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Soạn")
    return unit


def test_the_page_tells_days_people_and_duties(client, specialist, unit):
    make_cycle(units=[unit], due_on=DUE)
    response = client.get(reverse(FORECAST))
    days = {day["day"]: day for day in response.context["days"]}
    assert sorted(days) == [dt.date(2026, 11, n) for n in (23, 27, 30)] + [dt.date(2026, 12, n) for n in (1, 3)]
    assert "Thứ Hai, 30/11/2026" in response.text
    assert "Trần Thị Soạn" in response.text
    assert "ngày đến hạn" in response.text
    only = client.get(reverse(FORECAST), {"day": "2026-11-27"})
    assert [day["day"] for day in only.context["days"]] == [dt.date(2026, 11, 27)]


def test_who_cannot_be_reached_stands_in_red(client, specialist):
    silent, empty = make_unit("Xã Lặng"), make_unit("Xã Vắng")
    make_user(Role.UNIT_DRAFTER, unit=silent, email="")
    make_cycle(units=[silent, empty], due_on=DUE)
    response = client.get(reverse(FORECAST))
    assert (response.context["no_address"], response.context["unpeopled"]["count"]) == (1, 1)
    assert "Chưa có e-mail" in response.text
    assert "Xã Vắng" in response.text


def test_filter_by_unit_and_by_missing_address(client, specialist, unit):
    silent = make_unit("Xã Lặng")
    make_user(Role.UNIT_DRAFTER, unit=silent, email="")
    make_cycle(units=[unit, silent], due_on=DUE)
    assert client.get(reverse(FORECAST), {"q": "ung hoa"}).context["people"] == 1
    only = client.get(reverse(FORECAST), {"only": "no_address"})
    assert only.context["people"] == only.context["no_address"] == 1
    assert client.get(reverse(FORECAST), {"only": "?", "day": "x", "page": "x"}).status_code == 200


def test_many_letters_are_capped_and_paged(client, specialist):
    units = make_units(110)
    for one in units:
        make_user(Role.UNIT_DRAFTER, unit=one)
    make_cycle(units=units, due_on=DUE)
    day = client.get(reverse(FORECAST)).context["days"][0]
    assert (day["letters"], len(day["lines"]), day["hidden"]) == (110, 20, 90)
    page = client.get(reverse(FORECAST), {"day": "2026-11-23", "page": 2})
    assert len(page.context["days"][0]["lines"]) == 10


def test_the_number_of_queries_does_not_follow_the_units(client, specialist):
    units = make_units(31)
    for one in units:
        make_user(Role.UNIT_DRAFTER, unit=one)
    counts = []
    make_cycle(units=units[:1], due_on=DUE)
    for _ in range(2):  # the first request fills caches
        with CaptureQueriesContext(connection) as found:
            client.get(reverse(FORECAST))
        counts.append(len(found))
    make_cycle(units=units[1:], due_on=DUE, year=2027)
    with CaptureQueriesContext(connection) as found:
        assert client.get(reverse(FORECAST)).context["people"] == 31
    assert len(found) == counts[1]


def test_hold_and_lift_from_the_page(client, specialist, unit):
    make_cycle(units=[unit], due_on=DUE)
    address = reverse("admin:notices_hold_make") + f"?unit={unit.pk}"
    assert "Xã Ứng Hòa" in client.get(address).text
    bad = client.post(address, {"reason": "Chờ văn bản", "since": "23/11/2026", "until": "01/11/2026"})
    assert bad.status_code == 422
    assert "Chờ văn bản" in bad.text
    assert "phải từ “Từ ngày” trở đi" in bad.text
    done = client.post(address, {"reason": "Chờ văn bản", "since": "23/11/2026", "until": "28/11/2026"}, follow=True)
    assert "đang tạm dừng" in done.text
    plan(now=NOW)
    assert not Reminder.objects.exists()
    lifted = client.post(reverse("admin:notices_hold_lift", args=[Hold.objects.get().pk]), follow=True)
    assert "Đã bỏ tạm dừng" in lifted.text
    plan(now=NOW)
    assert Reminder.objects.filter(state="planned").count() == 1
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"hold.made", "hold.lifted"}
    again = client.post(reverse("admin:notices_hold_lift", args=[Hold.objects.get().pk]), follow=True)
    assert "đã hết hạn hoặc đã được bỏ" in again.text


def test_hold_one_duty_and_go_back_where_one_came_from(client, specialist, unit):
    make_cycle(units=[unit], due_on=DUE)
    obligation = Obligation.objects.get()
    back = reverse("admin:reports_obligation_change", args=[obligation.pk])
    assert "Tạm dừng nhắc" in client.get(back).text
    address = reverse("admin:notices_hold_make") + f"?duty=report:{obligation.pk}&next={back}"
    values = {"reason": "Chờ văn bản", "since": "23/11/2026", "until": "28/11/2026"}
    assert client.post(address, values).url == back
    assert Hold.objects.get().duty_key == f"report:{obligation.pk}"
    assert client.post(address.replace(back, "https://example.org/"), values).status_code == 422  # twice
    assert client.get(reverse("admin:notices_hold_make") + "?duty=report:999999").status_code == 404


def test_who_only_reads_sees_and_may_not_hold(client, unit):
    client.force_login(make_specialist(Role.DEPT_READER))
    make_cycle(units=[unit], due_on=DUE)
    assert "Tạm dừng việc này" not in client.get(reverse(FORECAST)).text
    assert client.get(reverse("admin:notices_hold_make") + f"?unit={unit.pk}").status_code == 403


def test_a_unit_s_own_person_sees_none_of_it(client, unit):
    client.force_login(make_user(Role.UNIT_LEADER, unit=unit))
    for name in (FORECAST, "admin:notices_hold_make", "admin:reports_chasing_latest"):
        assert client.get(reverse(name)).status_code in (302, 403)


def test_a_moved_deadline_is_shown_before_it_is_saved(client, specialist, unit):
    cycle = make_cycle(units=[unit], due_on=DUE)
    address = reverse("admin:reports_cycle_move", args=[cycle.pk])
    assert address in client.get(reverse("admin:reports_cycle_change", args=[cycle.pk])).text
    values = {"due_on": "07/12/2026", "grace_until": "", "locks_on": ""}
    seen = client.post(address, {**values, "preview": "1"})
    rungs = {rung.offset: (rung.before, rung.after) for rung in seen.context["found"].rungs}
    assert rungs[1] == ([dt.date(2026, 11, 27)], [dt.date(2026, 12, 4)])
    assert Obligation.objects.get().due_on == DUE
    assert client.post(address, {**values, "save": "1"}).status_code == 302
    assert Obligation.objects.get().due_on == dt.date(2026, 12, 7)
    cycle.round.refresh_from_db()
    assert cycle.round.due_on == dt.date(2026, 12, 7)
    assert "30/11/2026" in AuditEntry.objects.get(action="admin.changed").detail["changes"]


def test_a_deadline_that_breaks_the_round_s_rules_is_refused(client, specialist, unit):
    cycle = make_cycle(units=[unit], due_on=DUE, locks_on=DUE)
    address = reverse("admin:reports_cycle_move", args=[cycle.pk])
    response = client.post(address, {"due_on": "07/12/2026", "locks_on": "30/11/2026", "save": "1"})
    assert response.status_code == 422
    assert "Ngày này phải từ hạn gửi trở đi" in response.text
    assert Obligation.objects.get().due_on == DUE
    past = client.post(address, {"due_on": "20/11/2026", "locks_on": "", "preview": "1"})
    assert "Hạn mới đã qua" in past.text


def test_a_call_has_the_same_page(client, specialist, unit):
    from proposals.filing import start_proposal
    from tests.factories import actor, make_call

    call = make_call(due_on=DUE)
    drafter = unit.memberships.get().user
    start_proposal(call=call, actor=actor(drafter), now=NOW)
    address = reverse("admin:proposals_call_move", args=[call.pk])
    seen = client.post(address, {"due_on": "07/12/2026", "grace_until": "", "locks_on": "07/12/2026", "preview": "1"})
    assert seen.context["found"].duties == 1
    assert TODAY + dt.timedelta(days=14) in [day for rung in seen.context["found"].rungs for day in rung.after]
