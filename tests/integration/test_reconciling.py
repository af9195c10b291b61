"""A declaration is told to the Sở: queue, inbox, weekly mail, and a duty of its own in every view of the duties."""

import datetime as dt

import pytest
from django.core import mail as locmem
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices import feed
from notices.duties import open_duties, open_keys
from notices.forecast import forecast
from notices.models import InboxItem
from notices.planner import plan
from notices.sender import send
from notices.weekly import plan_weekly
from reports.declaring import declare, not_arrived, withdraw
from reports.kind import record_paper
from reports.models import Obligation
from tests.factories import NOW, TODAY, actor, make_cycle, make_specialist, make_team, make_unit, moment

pytestmark = pytest.mark.django_db
LATER = TODAY + dt.timedelta(days=20)


@pytest.fixture(autouse=True)
def clock():
    with travel(NOW, tick=False):
        yield


def owing(*names):
    """Units that owe the same report, each with its team: [(obligation, drafter)]."""
    units = [make_unit(name) for name in names]
    drafters = {unit.pk: make_team(unit)[0] for unit in units}
    make_cycle(units=units, due_on=LATER)
    return [(row, drafters[row.unit_id]) for row in Obligation.objects.order_by("pk")]


def said(obligation, drafter, now=NOW, number="45/BC-UBND"):
    seen = obligation.declared_at
    declare(obligation=obligation, number=number, issued_on=TODAY, actor=actor(drafter), now=now, seen=seen)


def day(n, hour=9):
    return moment(TODAY + dt.timedelta(days=n), hour=hour)


def own(now=NOW):
    return [duty for duty in open_duties(now=now) if duty.kind == "reconcile"]


def test_the_queue_shows_the_letters_said_first_in_front(client):
    (one, first), (two, second) = owing("Xã Ứng Hòa", "Phường Hai Bà Trưng")
    said(two, second, number="9/BC")
    said(one, first, now=day(1))
    with travel(day(2), tick=False):
        client.force_login(make_specialist(Role.DEPT_CLERK))
        page = client.get("/quan-tri/", {"turn": "declared"})
        found = client.get("/quan-tri/", {"turn": "declared", "q": "ung hoa"})
    assert [line["obligation"] for line in page.context["lines"]] == [two, one]
    assert reverse("admin:reports_obligation_change", args=[two.pk]) in page.text
    assert "2 ngày làm việc" in page.text
    assert "số 9/BC" in page.text
    assert ("Chờ đối chiếu văn bản", 2) in [(tab["label"], tab["count"]) for tab in page.context["turns"]]
    assert page.context["duty_count"] == 2  # beside “Chờ xử lý”
    assert [line["obligation"] for line in found.context["lines"]] == [one]


def test_its_cost_does_not_follow_the_number_of_letters(client):
    rows = owing(*(f"Xã Số {number}" for number in range(6)))
    client.force_login(make_specialist())
    said(*rows[0])
    client.get("/quan-tri/", {"turn": "declared"})
    counts = []
    for some in ((), rows[1:]):
        for row in some:
            said(*row)
        with CaptureQueriesContext(connection) as queries:
            own()
            client.get("/quan-tri/", {"turn": "declared"})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_intake_finds_one_line_a_day_in_the_inbox():
    (one, first), (two, second) = owing("Xã Ứng Hòa", "Phường Hai Bà Trưng")
    clerk, specialist = make_specialist(Role.DEPT_CLERK), make_specialist()
    head = make_specialist(Role.DEPT_HEAD)
    said(one, first)
    item = InboxItem.objects.get(person=clerk)
    assert item.title == "Xã Ứng Hòa báo đã gửi qua hệ thống văn bản, số 45/BC-UBND: Báo cáo năm 2026"
    assert item.path == reverse("admin:reports_obligation_change", args=[one.pk])
    InboxItem.objects.update(read_at=NOW)
    said(two, second)
    item = InboxItem.objects.get(person=specialist)
    assert item.title == "2 đơn vị báo đã gửi qua hệ thống văn bản: Báo cáo năm 2026"
    assert item.text.splitlines()[1] == "Xã Ứng Hòa: số 45/BC-UBND, ngày 23/11/2026"
    assert item.read_at is None
    assert not InboxItem.objects.filter(person=head).exists()
    assert InboxItem.objects.count() == 2


@pytest.mark.parametrize("way", ["paper", "not arrived", "withdrawn"])
def test_one_duty_a_cycle_until_each_letter_is_answered(way):
    (one, first), (two, second) = owing("Xã Ứng Hòa", "Phường Hai Bà Trưng")
    clerk = make_specialist(Role.DEPT_CLERK)
    said(one, first)
    said(two, second, now=day(1))
    (duty,) = own()
    assert (duty.unit_id, duty.due, duty.detail) == (
        None,
        TODAY + dt.timedelta(days=3),
        "2 đơn vị, báo sớm nhất ngày 23/11/2026",
    )
    for row, drafter, left in ((one, first, {TODAY + dt.timedelta(days=4)}), (two, second, set())):
        if way == "paper":
            record_paper(
                obligation=row, arrival_number="1", arrival_date=TODAY, actor=actor(clerk), now=day(1, hour=10)
            )
        elif way == "not arrived":
            not_arrived(obligation=row, note="Chưa có", actor=actor(clerk), now=day(1, hour=10))
        else:
            withdraw(obligation=row, seen=row.declared_at, actor=actor(drafter), now=day(1, hour=10))
        assert {duty.due for duty in own()} == left
        assert bool(open_keys([duty.key], now=NOW)) == bool(left)


def test_forecast_mail_calendar_and_weekly_mail_know_it():
    ((one, first),) = owing("Xã Ứng Hòa")
    clerk, head = make_specialist(Role.DEPT_CLERK), make_specialist(Role.DEPT_HEAD)
    plan(now=NOW)
    send(now=NOW)
    said(one, first)
    locmem.outbox.clear()
    ahead = [(letter.day, letter.person) for letter in forecast(now=NOW).letters]
    assert ahead == [
        (TODAY + dt.timedelta(days=3), clerk),
        (TODAY + dt.timedelta(days=8), clerk),
        (TODAY + dt.timedelta(days=8), head),
    ]
    feeds = feed.entries(feed.create_feed(person=clerk, now=NOW), now=NOW)
    assert [entry.due for entry in feeds] == [TODAY + dt.timedelta(days=3)]
    assert feeds[0].title.startswith("Đối chiếu văn bản đơn vị báo đã gửi: Báo cáo năm 2026")
    for number in range(3):
        plan(now=day(number))
        send(now=day(number))
    assert locmem.outbox == []  # nobody is mailed before the day it should be done
    plan(now=day(3))
    send(now=day(3))
    (mail,) = locmem.outbox
    assert mail.to == [clerk.email]
    assert "hạn 26/11/2026: hôm nay là hạn" in mail.subject
    assert "/quan-tri/?turn=declared" in mail.body
    locmem.outbox.clear()
    Obligation.objects.update(due_on=TODAY, counted_until=TODAY)  # overdue, were it not declared
    plan_weekly(now=day(4))
    send(now=day(4))
    weekly = next(mail for mail in locmem.outbox if mail.to == [head.email])
    assert "1 văn bản chờ đối chiếu" in weekly.subject
    assert "Báo cáo năm 2026: 1 đơn vị báo đã gửi qua hệ thống văn bản, sớm nhất ngày 23/11/2026" in weekly.body
    assert "đơn vị quá hạn" not in weekly.body
