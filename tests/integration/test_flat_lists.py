"""Lists ask the database as often for thirty rows as for two."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from districts.models import FormerWard
from dossiers.models import Dossier
from notices.models import Mail, Reminder, Touch
from records.models import AuditEntry
from reports.models import Obligation
from tests.factories import (
    NOW,
    TODAY,
    make_call,
    make_cycle,
    make_programme,
    make_signer,
    make_specialist,
    make_team,
    make_unit,
    make_user,
)
from tests.support.ways import complete_proposal

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 30


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


def same_cost(client, url, grow):
    """``grow(count)`` adds rows; the page must ask as often afterwards, and show the rows."""
    grow(FEW)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        assert client.get(url).status_code == 200
    grow(MANY - FEW)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(url)
    assert len(many) == len(few), "\n".join(query["sql"] for query in many)
    return answer


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def leader(client, unit):
    user = make_user(Role.UNIT_LEADER, unit=unit)
    client.force_login(user)
    return user


@pytest.fixture
def keeper(client):
    user = make_specialist(Role.DEPT_ADMIN)
    client.force_login(user)
    return user


def test_people_of_a_unit(client, leader, unit):
    def grow(count):
        for _ in range(count):
            make_user(Role.UNIT_DRAFTER, unit=unit)

    page = same_cost(client, reverse("accounts:people"), grow)
    assert len(page.context["running"]) == MANY + 1


def test_signers_of_a_unit(client, leader, unit):
    page = same_cost(client, reverse("accounts:signers"), lambda count: [make_signer(unit) for _ in range(count)])
    assert len(page.context["running"]) == MANY


def trail(count):
    user = make_user()
    for number in range(count):
        AuditEntry.objects.create(at=NOW, actor=user, actor_name="A", action="x", object_label=f"{number}")


def reminders(count):
    for number in range(count):
        person, unit = make_user(), make_unit(f"Xã Nhắc {number}")
        mail = Mail.objects.create(dedupe_key=f"m{person.pk}", kind="digest", person=person, not_before=NOW)
        key = f"report:{person.pk}"
        Reminder.objects.create(
            duty_key=key, due=TODAY, offset=0, person=person, unit=unit, title="Báo cáo", mail=mail, planned_at=NOW
        )


def calls(count):
    for _ in range(count):
        make_call()


def cycles(count):
    first = Obligation.objects.count() + 1
    for number in range(count):
        make_cycle(year=2000 + first + number, units=[make_unit(f"Xã Kỳ {first + number}")])


def programmes(count):
    for number in range(count):
        make_programme(number=f"KH {count}-{number}/KH-UBND")


def wards(count):
    for number in range(count):
        district = make_unit(f"Quận Số {count}{number}", valid_from=None, valid_to=dt.date(2025, 6, 30))
        FormerWard.objects.create(
            code=f"{count:02d}{number:02d}", name=f"Phường {number}", kind="Phường", district=district
        )


def people(count):
    for _ in range(count):
        make_signer(make_user(Role.UNIT_LEADER, unit=make_unit()).memberships.get().unit)


def mails(count):
    for _ in range(count):
        person = make_user()
        Mail.objects.create(dedupe_key=f"k{person.pk}", kind="status", person=person, template="step", not_before=NOW)


def obligations(count):
    cycle = make_cycle()
    for _ in range(count):
        unit = make_unit()
        Obligation.objects.create(cycle=cycle, unit=unit, responsible=unit, due_on=TODAY, counted_until=TODAY)


LISTS = {
    "accounts_user": people,
    "accounts_signer": people,
    "districts_unit": people,
    "notices_mail": mails,
    "reports_obligation": obligations,
    "records_auditentry": trail,
    "notices_reminder": reminders,
    "proposals_call": calls,
    "reports_cycle": cycles,
    "reports_programme": programmes,
    "districts_formerward": wards,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_the_admin(client, keeper, name):
    page = same_cost(client, reverse(f"admin:{name}_changelist"), LISTS[name])
    rows = page.context["cl"].result_count if "cl" in page.context else page.context["page_obj"].paginator.count
    assert rows >= MANY


def overdue(cycle, count):
    """Units that owe the cycle's report since a week: with people, a mail to come, a call behind them."""
    late = TODAY - dt.timedelta(days=7)
    for _ in range(count):
        unit = make_unit()
        person = make_user(Role.UNIT_DRAFTER, unit=unit)
        make_user(Role.UNIT_LEADER, unit=unit)
        owed = Obligation.objects.create(cycle=cycle, unit=unit, responsible=unit, due_on=late, counted_until=late)
        Touch.objects.create(duty_key=f"report:{owed.pk}", unit=unit, title="x", kind="call", at=NOW, by=person)


CHASING = {"": {}, "_letter": {"tat_ca": 1}, "_message": {"tat_ca": 1}, "_phone": {}}


@pytest.mark.parametrize("page", CHASING)
def test_a_page_of_chasing(client, keeper, page):
    cycle = make_cycle(units=[make_unit()])
    url = reverse(f"admin:reports_chasing{page}", args=[cycle.pk]) + "?" + urlencode(CHASING[page])
    answer = same_cost(client, url, lambda count: overdue(cycle, count))
    assert len(answer.context.get("rows") or answer.context["lines"]) == MANY + 1


def test_the_forecast_with_copies_and_escalations(client, keeper):
    for role in (Role.DEPT_SPECIALIST, Role.DEPT_HEAD):
        make_specialist(role)
    cycle = make_cycle(units=[make_unit()], due_on=TODAY - dt.timedelta(days=7))
    page = same_cost(client, reverse("admin:notices_forecast"), lambda count: overdue(cycle, count))
    assert page.context["people"] == 2 * MANY + 2


def test_what_a_dissolved_unit_still_holds(client, keeper):
    old = make_unit("Xã Cũ", valid_to=dt.date(2026, 10, 31))
    drafter, *_ = make_team(old)
    call = make_call()
    for name in ("Xã Mới", "Xã Khác"):
        make_unit(name)

    def grow(count):
        for number in range(count):
            complete_proposal(call, drafter, title=f"Đề xuất {number}")
        Dossier.objects.update(status="sent", first_submitted_at=NOW)

    page = same_cost(client, reverse("admin:districts_unit_handover", args=[old.pk]), grow)
    assert len(page.context["dossiers"]) == MANY


def test_the_mails_of_the_trial_run(client, settings, tmp_path):
    settings.DEBUG, settings.EMAIL_OUTBOX_DIR = True, tmp_path

    def grow(count):
        for number in range(count):
            name = f"20261123-0900{count:02d}-{number:06d}-{number:08x}.eml"
            (tmp_path / name).write_bytes(b"To: a@example.vn\r\nSubject: Nhac\r\n\r\nNoi dung\r\n")

    page = same_cost(client, reverse("outbox"), grow)
    assert page.context["page_obj"].paginator.count == MANY
