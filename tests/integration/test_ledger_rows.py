"""The planner's plain insert writes what a model instance would have written."""

import datetime as dt

import pytest

from notices import ledger_rows
from notices.models import Reminder
from tests.factories import NOW, make_unit, make_user

pytestmark = pytest.mark.django_db


def row(person, unit, **fields):
    values = {
        "duty_key": "fake:1",
        "due": dt.date(2026, 12, 17),
        "offset": 5,
        "person_id": person.pk,
        "unit_id": unit.pk if unit else None,
        "title": "Báo cáo\r\nnăm\x00 2026",
        "escalated": False,
        "state": Reminder.State.PLANNED,
        "planned_at": NOW,
        "settled_at": None,
    }
    return ledger_rows.LedgerRow(**(values | fields))


def test_every_column_is_written_but_those_the_database_fills():
    named = {field.name for field in Reminder._meta.concrete_fields} - {"id", "mail"}
    assert set(ledger_rows.COLUMNS) == named
    attnames = [Reminder._meta.get_field(name).attname for name in ledger_rows.FIELDS]
    assert list(ledger_rows.LedgerRow._fields) == attnames


def test_what_is_read_back_is_what_was_written():
    person, unit = make_user(), make_unit()
    ledger_rows.insert([row(person, unit), row(person, None, offset=1, state="superseded", settled_at=NOW)])
    first, second = Reminder.objects.order_by("-offset")
    assert (first.title, first.due, first.unit, first.state) == (
        "Báo cáo năm 2026",
        dt.date(2026, 12, 17),
        unit,
        "planned",
    )
    assert (first.planned_at, first.settled_at, first.mail) == (NOW, None, None)
    assert (second.unit, second.state, second.settled_at) == (None, "superseded", NOW)


def test_a_row_that_is_there_stays_as_it_is_also_among_many():
    person, unit = make_user(), make_unit()
    ledger_rows.insert([row(person, unit)])
    ledger_rows.insert([row(person, unit, offset=offset, title="Khác") for offset in range(250)])
    assert Reminder.objects.count() == 250
    assert Reminder.objects.get(offset=5).title == "Báo cáo năm 2026"
