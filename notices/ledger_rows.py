"""Many rows of the ledger at once: written in plain SQL, for a model instance costs ten times what the insert does;
changed by their keys, so that no statistics of the database are needed.

Rows just written are unknown to PostgreSQL's statistics: it takes them for one or two, and an UPDATE over a join of
ten thousand of them ran for minutes.
"""

from typing import NamedTuple

from django.db import connection

from districts.models import Unit
from notices.escalation import told_title
from notices.models import Reminder
from records.text import clean_line, search_text

AT_ONCE = {"postgresql": 1000, "sqlite": 90}  # SQLite may take no more than 999 parameters, these are 11 a row
KEYS = 5000
FIELDS = ("duty_key", "due", "offset", "person", "unit", "title", "escalated", "state", "planned_at", "settled_at")
COLUMNS = (*FIELDS, "search")  # the title folded, as ``Reminder.save`` does it


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
    columns = ", ".join(ops.quote_name(meta.get_field(name).column) for name in COLUMNS)
    marks = f"({', '.join(['%s'] * len(COLUMNS))})"
    at_once = AT_ONCE[connection.vendor]
    titles = {title: _words(title) for title in {row.title for row in rows}}
    with connection.cursor() as cursor:
        for start in range(0, len(rows), at_once):
            some = rows[start : start + at_once]
            values = [value for row in some for value in _values(row, titles[row.title], ops)]
            places = ", ".join([marks] * len(some))
            cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {places} ON CONFLICT DO NOTHING", values)


def by_key(found, change) -> int:
    """Hand the rows ``found`` to ``change`` as querysets of known keys; returns the sum of what it changed.

    The rows may have moved on meanwhile: ``change`` asks again for what must still hold.
    """
    return by_pk(list(found.order_by().values_list("pk", flat=True)), change)


def by_pk(keys, change) -> int:
    """The same with the keys at hand."""
    parts = (keys[start : start + KEYS] for start in range(0, len(keys), KEYS))
    return sum(change(Reminder.objects.order_by().filter(pk__in=part)) for part in parts)


def revive(keys, *, now) -> int:
    """Rows that were dropped unsent and are to be sent after all, as if just planned; returns how many."""
    again = {"state": Reminder.State.PLANNED, "mail": None, "settled_at": None, "planned_at": now}
    return by_pk(keys, lambda some: some.filter(state=Reminder.State.DROPPED).update(**again))


def drop(keys, *, now) -> int:
    """Rows that wait for something no longer owed; returns how many."""
    gone = {"state": Reminder.State.DROPPED, "settled_at": now}
    return by_pk(keys, lambda some: some.filter(state=Reminder.State.PLANNED).update(**gone))


def follow_units(duties) -> int:
    """What still waits for a duty that another unit owes by now is that unit's, in name too; returns how many."""
    owed = {duty.key: duty for duty in duties}
    waiting = Reminder.objects.order_by().filter(state__in=[Reminder.State.PLANNED, Reminder.State.HELD])
    strayed = {}
    for pk, key, unit_id, escalated in waiting.values_list("pk", "duty_key", "unit_id", "escalated"):
        if key in owed and owed[key].unit_id != unit_id:
            strayed.setdefault((owed[key].unit_id, owed[key].title, escalated), []).append(pk)
    names = dict(Unit.objects.filter(pk__in={unit_id for unit_id, _, _ in strayed}).values_list("pk", "name"))
    moved = 0
    for (unit_id, title, escalated), pks in strayed.items():
        words = clean_line(told_title(names[unit_id], title) if escalated else title)[:300]
        moved += by_pk(pks, lambda some, unit_id=unit_id, words=words: some.update(unit_id=unit_id, title=words))
    return moved


def _words(title):
    """The title as it is kept, and folded."""
    title = clean_line(title)[:300]
    return title, search_text(title)


def _values(row, words, ops):
    title, search = words
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
        search,
    )
