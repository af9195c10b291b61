"""The menu on every page: which entry is lit, and the count of waiting work beside the first one."""

import datetime as dt
import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from dossiers.models import Dossier
from reports.models import Obligation
from tests.factories import (
    NOW,
    TODAY,
    make_call,
    make_cycle,
    make_specialist,
    make_team,
    make_unit,
    make_units,
    make_user,
)
from tests.support.ways import complete_proposal, sent_proposal, step

pytestmark = pytest.mark.django_db
ENTRY = re.compile(r'<a href="([^"]*)"( aria-current="page")?>([^<]*)(?:<span class="count">(\d+)<)?')
UNIT_PAGES = (
    "home",
    "proposals:list",
    "reports:list",
    "help",
    "inbox",
    "calendar",
    "accounts:profile",
    "accounts:people",
)


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


def menu(page):
    """The entries of the main menu: (address, lit or not, label, count)."""
    nav = re.search(r'<nav class="mainnav.*?</nav>', page, re.S).group(0)
    return [(url, bool(lit), label.strip(), int(count or 0)) for url, lit, label, count in ENTRY.findall(nav)]


def lit(page):
    return [label for _, lit, label, _ in menu(page) if lit]


def count(page):
    """The figure beside the first entry; no other entry has one."""
    (first, *others) = menu(page)
    assert not any(number for *_, number in others)
    return first[-1]


@pytest.fixture
def administrator(client):
    client.force_login(make_specialist(Role.DEPT_ADMIN))
    return client


WHERE = {
    "Chờ xử lý": {"index", "notices_forecast", "notices_hold_changelist"},
    "Đề xuất": {"proposals_proposal_changelist", "proposals_call_changelist", "proposals_call_add"},
    "Báo cáo": {
        "reports_report_changelist",
        "reports_obligation_changelist",
        "reports_cycle_changelist",
        "reports_cycle_add",
        "reports_chasing_latest",
    },
}


def test_every_admin_page_lights_the_entry_it_is_reached_from(administrator):
    make_cycle(units=[make_unit()])
    entry_of = {name: label for label, names in WHERE.items() for name in names}
    names = {"index", "catalogue", "notices_forecast", "notices_why", "notices_ladders"}
    names |= {"notices_mail_log", "reports_chasing_latest", "proposals_call_add", "reports_cycle_add"}
    names |= {f"{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry}
    assert set(entry_of) <= names
    wrong = {}
    for name in sorted(names):
        page = administrator.get(reverse(f"admin:{name}"), follow=True)
        assert page.status_code == 200, name
        if lit(page.text) != [entry_of.get(name, "Danh mục dùng chung")]:
            wrong[name] = lit(page.text)
    assert wrong == {}


def test_pages_of_one_obligation_and_of_its_chasing_belong_to_the_reports(administrator):
    cycle = make_cycle(units=[make_unit()])
    (obligation,) = cycle.obligations.all()
    hold = administrator.get(reverse("admin:notices_hold_make"), {"duty": f"report:{obligation.pk}"})
    assert lit(hold.text) == ["Chờ xử lý"]
    for name, args in (
        ("admin:reports_obligation_change", [obligation.pk]),
        ("admin:reports_obligation_act", [obligation.pk, "van-ban"]),
        ("admin:reports_chasing_call", [cycle.pk, obligation.pk]),
    ):
        assert lit(administrator.get(reverse(name, args=args)).text) == ["Báo cáo"], name


def test_the_count_stands_on_every_page_of_the_unit_and_follows_at_once(client):
    unit = make_unit()
    drafter, leader, _ = make_team(unit)
    make_cycle(units=[unit])
    draft = complete_proposal(make_call(), drafter)
    client.force_login(drafter)
    assert {name: count(client.get(reverse(name)).text) for name in UNIT_PAGES} == dict.fromkeys(UNIT_PAGES, 2)
    assert client.get("/").text.count('<li class="task">') == 2

    done = client.post(
        reverse("dossiers:step", args=[draft.pk, "submit_for_signature"]),
        {"version": draft.version, "content_seq": draft.content_seq},
        follow=True,
    )
    assert done.redirect_chain and count(done.text) == 1  # handed to the leader: the answer itself says so
    client.force_login(leader)
    assert count(client.get(reverse("help")).text) == 2  # one to sign, and the report, which a leader sees too


def test_what_the_unit_has_said_to_be_sent_is_counted_nowhere(client):
    unit = make_unit()
    drafter, *_ = make_team(unit)
    make_cycle(units=[unit])
    client.force_login(drafter)
    assert (count(client.get("/").text), count(client.get(reverse("help")).text)) == (1, 1)
    values = {"declared_number": "45/BC", "declared_on": TODAY, "declared_by": drafter, "declared_at": NOW}
    Obligation.objects.update(**values)
    assert (count(client.get("/").text), count(client.get(reverse("help")).text)) == (0, 0)


def test_nothing_to_do_and_nobody_s_unit_show_no_figure(client):
    client.force_login(make_user(Role.UNIT_DRAFTER, unit=make_unit()))
    assert count(client.get(reverse("help")).text) == 0
    client.force_login(make_user())
    assert count(client.get(reverse("help")).text) == 0


def test_the_count_of_the_department_stands_on_every_page(client):
    drafter, leader, _ = make_team(make_unit())
    call = make_call()
    sent_proposal(call, drafter, leader)
    sent = sent_proposal(call, drafter, leader)
    client.force_login(make_specialist(Role.DEPT_SPECIALIST))
    pages = ("admin:index", "admin:catalogue", "admin:districts_unit_changelist", "help", "inbox", "accounts:profile")
    assert {name: count(client.get(reverse(name)).text) for name in pages} == dict.fromkeys(pages, 2)
    change = reverse("admin:proposals_proposal_change", args=[sent.pk])
    done = client.post(
        change,
        {
            "step": "receive",
            "receive-version": Dossier.objects.get(pk=sent.pk).version,
            "receive-content_seq": Dossier.objects.get(pk=sent.pk).content_seq,
        },
        follow=True,
    )
    assert count(done.text) == 2  # taken in, but still with the Sở


def test_the_count_costs_the_same_whatever_is_owed(client):
    unit, *others = [make_unit(), *make_units(3)]
    drafter, *_ = make_team(unit)
    client.force_login(drafter)

    def cost(url):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        return len(asked)

    def owe(number):
        call = make_call(title=f"Đợt {number}")
        make_cycle(units=[unit, *others], year=2020 + number, due_on=TODAY + dt.timedelta(days=number))
        complete_proposal(call, drafter)
        step(complete_proposal(call, drafter), "submit_for_signature", drafter)

    owe(1)
    few, shown = cost(reverse("help")), count(client.get(reverse("help")).text)
    for number in range(2, 8):
        owe(number)
    assert cost(reverse("help")) == few <= 20
    assert count(client.get(reverse("help")).text) > shown


def test_saving_while_typing_counts_nothing(client):
    drafter, *_ = make_team(make_unit())
    draft = complete_proposal(make_call(), drafter)
    client.force_login(drafter)
    url = reverse("proposals:save", args=[draft.pk, "grounds"])
    with CaptureQueriesContext(connection) as asked:
        assert client.post(url, {"version": "0", "grounds": "Mới"}).status_code == 200
    assert not [query for query in asked.captured_queries if "reports_obligation" in query["sql"]]
