"""Outbox and ledger found without accents and case, by subject, person and unit, on both databases."""

import datetime as dt
import re
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices.ledger_search import ID_LENGTH
from notices.models import Mail, Reminder
from notices.planner import plan
from notices.sender import message_id, send
from tests.factories import NOW, TODAY, make_cycle, make_specialist, make_unit, make_user, moment

pytestmark = pytest.mark.django_db
MAILS, LEDGER = "admin:notices_mail_changelist", "admin:notices_reminder_changelist"


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def lan():
    return make_user(Role.UNIT_DRAFTER, unit=make_unit("Xã Ứng Hòa"), full_name="Trần Thị Lan", username="lan")


@pytest.fixture
def other():
    return make_user(Role.UNIT_DRAFTER, unit=make_unit("Phường Ba Đình"), full_name="Lê Văn Khác", username="khac")


def a_mail(person, subject, **fields):
    number = Mail.objects.count()
    values = {"dedupe_key": f"event:{number}", "kind": Mail.STATUS, "template": "step", "not_before": NOW}
    return Mail.objects.create(**values, person=person, address=person.email, subject=subject, **fields)


def found(client, page, term):
    response = client.get(reverse(page), {"q": term})
    return [row.pk for row in (response.context["mails"] if page == MAILS else response.context["cl"].result_list)]


@pytest.mark.parametrize("term", ["da gui", "đã gửi", "ĐÃ GỬI", "đề xuất", "de xuat so 7", "tran thi lan", "ung hoa"])
def test_a_mail_is_found_whatever_the_accents_and_the_case(client, lan, other, term):
    client.force_login(make_specialist())
    wanted = a_mail(lan, "Đã gửi: Đề xuất số 7")
    a_mail(other, "Yêu cầu bổ sung: Báo cáo năm 2026")
    assert found(client, MAILS, term) == [wanted.pk]


def test_a_mail_to_the_department_is_found_by_the_unit_it_speaks_of(client, lan, other):
    reader = make_specialist()
    client.force_login(reader)
    mail = a_mail(reader, "Việc quá hạn của đơn vị")
    row = {"duty_key": "fake:1", "due": TODAY, "offset": 0, "title": "Báo cáo", "planned_at": NOW}
    Reminder.objects.create(**row, person=reader, unit=lan.memberships.get().unit, mail=mail)
    assert found(client, MAILS, "xa ung hoa") == [mail.pk]
    assert found(client, MAILS, "ba dinh") == []


def test_a_message_id_is_looked_up_by_its_index_alone(client, lan):
    client.force_login(make_specialist())
    wanted = a_mail(lan, "Đã gửi", message_id=message_id("event:0"))
    assert len(message_id("event:0").strip("<>").partition("@")[0]) == ID_LENGTH
    with CaptureQueriesContext(connection) as asked:
        assert found(client, MAILS, message_id("event:0").strip("<>")) == [wanted.pk]
    (listed,) = [one["sql"] for one in asked if "message_id" in one["sql"] and "COUNT" not in one["sql"]]
    assert "LIKE" not in listed
    assert found(client, MAILS, f"ai-do@{settings.MAIL_DOMAIN}") == []


@pytest.mark.parametrize("term", ["báo cáo", "BAO CAO", "trần", "ứng hòa", "bao cao xa ung hoa", "lan ung hoa"])
def test_planned_and_sent_rows_are_found(client, lan, other, term):
    """Rows the planner writes by plain SQL, and the subject the sender gives to a digest as it leaves."""
    client.force_login(make_specialist())
    unit = lan.memberships.get().unit
    cycle = make_cycle(units=[unit], due_on=TODAY + dt.timedelta(days=1))
    a_mail(other, "Thư khác")
    plan(now=moment(hour=7))
    rows = set(Reminder.objects.filter(person=lan).values_list("pk", flat=True))
    assert rows
    assert set(found(client, LEDGER, term)) == rows
    send(now=moment(hour=8))
    digest = Mail.objects.get(person=lan)
    assert digest.subject != "Việc cần làm"  # the sender's words, of the day it left
    word = digest.subject.split()[-1].upper()
    assert digest.pk in found(client, MAILS, word)
    assert cycle.round.title


def test_the_ledger_names_the_unit(client, lan):
    client.force_login(make_specialist())
    row = {"duty_key": "fake:1", "due": TODAY, "offset": 0, "title": "Báo cáo", "planned_at": NOW, "person": lan}
    Reminder.objects.create(**row, unit=lan.memberships.get().unit)
    html = client.get(reverse(LEDGER)).text
    assert re.search(r"<td[^>]*data-label=\"Đơn vị\"[^>]*>Xã Ứng Hòa", html)


def test_a_title_that_changes_is_found_by_its_new_words(lan):
    row = {"duty_key": "fake:1", "due": TODAY, "offset": 0, "title": "Báo cáo", "planned_at": NOW, "person": lan}
    kept = Reminder.objects.create(**row)
    Reminder.objects.filter(pk=kept.pk).update(title="Đề xuất")
    kept.refresh_from_db()
    assert kept.search == " de xuat"
    kept.title = "Bổ sung"
    kept.save(update_fields=["title"])
    kept.refresh_from_db()
    assert kept.search == " bo sung"


@pytest.mark.parametrize("page", [MAILS, LEDGER])
def test_a_search_costs_the_same_for_few_and_many(client, lan, page):
    client.force_login(make_specialist())

    def cost():
        with CaptureQueriesContext(connection) as asked:
            found(client, page, "bao cao lan ung hoa")
        return len(asked)

    def grow(first, last):
        for number in range(first, last):
            mail = a_mail(lan, "Báo cáo")
            row = {"duty_key": f"fake:{number}", "due": TODAY, "offset": 0, "title": "Báo cáo", "planned_at": NOW}
            Reminder.objects.create(**row, person=lan, unit=lan.memberships.get().unit, mail=mail)

    grow(0, 2)
    cost()
    few = cost()
    grow(2, 20)
    assert cost() == few


def test_rows_from_before_get_their_words_too(lan):
    row = {"duty_key": "fake:1", "due": TODAY, "offset": 0, "title": "Báo cáo", "planned_at": NOW, "person": lan}
    kept, mail = Reminder.objects.create(**row), a_mail(lan, "Đã gửi")
    for rows in (Reminder.objects, Mail.objects):
        rows.update(search="")
    import_module("notices.migrations.0008_folded_search").fill(apps, connection.schema_editor())
    kept.refresh_from_db()
    mail.refresh_from_db()
    assert (kept.search, mail.search) == (" bao cao", " da gui")
