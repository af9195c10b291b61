"""Many rows of the ledger at once, in plain SQL: a model instance and its fields cost ten times what the insert does."""

from typing import NamedTuple

from django.db import connection

from notices.models import Reminder
from records.text import clean_line

AT_ONCE = 99  # 990 parameters: SQLite may take no more than 999
FIELDS = ("duty_key", "due", "offset", "person", "unit", "title", "escalated", "state", "planned_at", "settled_at")


class LedgerRow(NamedTuple):
    """What the planner knows of one reminder; the names are those of the model."""

    duty_key: str
    due: object
    offset: int
    person_id: int
    unit_id: int | None
    title: str
    escalated: bool
    state: str
    planned_at: object
    settled_at: object


def insert(rows) -> None:
    """Write the rows that are not there yet (the unique key decides), in the order given."""
    meta, ops = Reminder._meta, connection.ops
    table = ops.quote_name(meta.db_table)
    columns = ", ".join(ops.quote_name(meta.get_field(name).column) for name in FIELDS)
    marks = f"({', '.join(['%s'] * len(FIELDS))})"
    titles = {title: clean_line(title)[:300] for title in {row.title for row in rows}}
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            values = [value for row in some for value in _values(row, titles[row.title], ops)]
            places = ", ".join([marks] * len(some))
            cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {places} ON CONFLICT DO NOTHING", values)


def _values(row, title, ops):
    due, planned = ops.adapt_datefield_value(row.due), ops.adapt_datetimefield_value(row.planned_at)
    settled = ops.adapt_datetimefield_value(row.settled_at)
    return (
        row.duty_key,
        due,
        row.offset,
        row.person_id,
        row.unit_id,
        title,
        row.escalated,
        str(row.state),
        planned,
        settled,
    )
