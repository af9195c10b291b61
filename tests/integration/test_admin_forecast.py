"""The pages of forecast and hold, through HTTP."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices.models import Hold, Mail, Reminder
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
    assert "Chưa có thư điện tử" in response.text
    told = [letter for letter in response.context["found"].letters if letter.address]  # the specialist, once overdue
    assert response.context["total"] == len(told)
    assert response.context["unsendable"] == 5  # opening, 1, 0, and twice overdue: reminders nobody can get
    assert response.context["days"][0]["letters"] == 0
    assert "Xã Vắng" in response.text


def test_filter_by_unit_and_by_missing_address(client, specialist, unit):
    silent = make_unit("Xã Lặng")
    make_user(Role.UNIT_DRAFTER, unit=silent, email="")
    make_cycle(units=[unit, silent], due_on=DUE)
    assert client.get(reverse(FORECAST), {"q": "ung hoa"}).context["people"] == 2  # the specialist is told once overdue
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
        assert client.get(reverse(FORECAST)).context["people"] == 32  # and the specialist
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


@pytest.mark.parametrize("role", [Role.DEPT_READER, Role.DEPT_CLERK])
def test_names_and_addresses_are_closed_to_whom_the_ledger_is_closed(client, unit, role):
    client.force_login(make_specialist(role))
    make_cycle(units=[unit], due_on=DUE)
    assert client.get(reverse(FORECAST)).status_code == 403
    for name in ("admin:index", "admin:catalogue", "admin:reports_chasing_latest"):
        assert reverse(FORECAST) not in client.get(reverse(name), follow=True).text  # nor led there
    assert client.get(reverse("admin:notices_hold_make") + f"?unit={unit.pk}").status_code == 403


def test_a_unit_s_own_person_sees_none_of_it(client, unit):
    cycle = make_cycle(units=[unit], due_on=DUE)
    client.force_login(make_user(Role.UNIT_LEADER, unit=unit))
    pages = [reverse(name) for name in (FORECAST, "admin:notices_hold_make", "admin:reports_chasing_latest")]
    for page in (*pages, reverse("admin:reports_chasing", args=[cycle.pk])):
        answer = client.get(page)
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("admin:login")), page
        assert client.get(answer.url).status_code == 403


def test_the_department_s_and_the_leader_s_share_is_marked(client, specialist):
    units = make_units(9)
    for one in units:
        make_user(Role.UNIT_DRAFTER, unit=one)
    make_user(Role.UNIT_LEADER, unit=units[0], full_name="Lê Văn Chủ")
    make_cycle(units=units, due_on=TODAY - dt.timedelta(days=4))  # two working days overdue
    page = client.get(reverse(FORECAST))
    assert "đồng gửi lãnh đạo" in page.text
    told = client.get(reverse(FORECAST), {"only": "told"})
    (day,) = told.context["days"]
    (line,) = day["lines"]
    assert (day["day"], line["person"], line["units"]) == (TODAY + dt.timedelta(days=1), specialist, [])
    assert (line["matters"][0]["count"], line["matters"][0]["more"]) == (9, 3)
    assert "báo Sở" in told.text
    assert "và 3 đơn vị khác" in told.text
    copied = client.get(reverse(FORECAST), {"only": "copy"})
    assert {line["person"].full_name for day in copied.context["days"] for line in day["lines"]} == {"Lê Văn Chủ"}


def test_nothing_to_show_says_so(client, specialist):
    assert "Không có thư nhắc nào trong 30 ngày tới" in client.get(reverse(FORECAST)).text


def held(unit, user):
    fields = {"since": TODAY, "until": TODAY + dt.timedelta(days=5), "made_by": user, "made_at": NOW}
    return Hold.objects.create(unit=unit, title=unit.name, reason="Chờ văn bản", **fields)


def test_the_filter_narrows_the_holds_too(client, specialist, unit):
    other = make_unit("Xã Vắng")
    make_cycle(units=[unit, other], due_on=DUE)
    for one in (unit, other):
        held(one, specialist)
    assert len(client.get(reverse(FORECAST)).context["quiet"]) == 2
    page = client.get(reverse(FORECAST), {"q": "ung hoa"})
    assert [(row["hold"].unit, row["duties"]) for row in page.context["quiet"]] == [(unit, 1)]
    Obligation.objects.update(first_sent_at=NOW)  # held with nothing left to hold back: still this unit's
    assert [row["duties"] for row in client.get(reverse(FORECAST), {"q": "ung hoa"}).context["quiet"]] == [0]


def test_whose_mail_does_not_arrive_is_marked(client, specialist, unit):
    person = unit.memberships.get().user
    make_cycle(units=[unit], due_on=DUE)
    assert "Thư không đến" not in client.get(reverse(FORECAST)).text
    mail = Mail.objects.create(
        dedupe_key="x",
        kind="digest",
        person=person,
        address=person.email,
        state="failed",
        last_error="550 5.1.1 User unknown",
        not_before=NOW,
        created_at=NOW,
        template="digest",
    )
    page = client.get(reverse(FORECAST)).text
    assert "Thư không đến (địa chỉ không tồn tại)" in page
    assert reverse("admin:notices_mail_change", args=[mail.pk]) in page


def test_more_units_without_people_than_are_named_lead_to_all_of_them(client, specialist, unit):
    empty = make_units(25)
    make_cycle(units=[unit, *empty], due_on=DUE)
    page = client.get(reverse(FORECAST)).text
    address = reverse("admin:reports_chasing_latest") + "?only=nobody"
    assert "và 5 đơn vị khác" in page
    assert f'href="{address}"' in page
    rows = client.get(address, follow=True).context["page_obj"].paginator.object_list
    assert {row.unit for row in rows} == set(empty)


@pytest.mark.parametrize("term", ["ung hoa", "x. Ứng Hòa", "ng hoa", "ha dong", "hoa ung", "  ", "00999"])
def test_forecast_and_chasing_find_the_same_units(client, specialist, term):
    units = [make_unit("Xã Ứng Hòa", code="00999"), make_unit("Xã Hòa Ứng"), make_unit("Phường Hà Đông")]
    for one in units:
        make_user(Role.UNIT_DRAFTER, unit=one, full_name=f"Người của {one.name}")
    cycle = make_cycle(units=units, due_on=DUE)
    chased = client.get(reverse("admin:reports_chasing", args=[cycle.pk]), {"q": term}).context["rows"]
    letters = client.get(reverse(FORECAST), {"q": term}).context["found"].letters
    told = {item.duty.unit_id for letter in letters for item in letter.items if item.part == "owes"}
    assert {row.unit.pk for row in chased} == told
