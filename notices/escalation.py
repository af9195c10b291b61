"""Overdue rungs marked “báo chuyên viên Sở”: the unit's duty also stands in the digest of the Sở's people.

The same ledger: once for each duty, due day, rung and person.
"""

from accounts.people import people_by_unit
from accounts.roles import Role
from districts.models import Unit
from notices.ladder import days_left, rungs_reached
from notices.models import Rung

TOLD = frozenset({Role.DEPT_SPECIALIST, Role.DEPT_HEAD})


def told_rows(owed, *, today, calendar) -> dict:
    """{(duty key, due, offset, person): (duty, person, mailed, title)} for the Sở's people; three queries at most.

    Who is in charge of the dossier alone is told of it; without one, all specialists and heads.
    """
    marked = marked_rungs()
    if not any(duty.kind in marked and duty.due < today for duty in owed):
        return {}
    people = people_by_unit([None], roles=TOLD, today=today).get(None, [])
    names = dict(Unit.objects.filter(pk__in={duty.unit_id for duty in owed}).values_list("pk", "name"))
    return told_by(owed, marked, people, names, lambda due: days_left(due, today, calendar))


def marked_rungs() -> dict:
    """{kind: overdue offsets the Sở is told of}."""
    marked = {}
    rungs = Rung.objects.order_by().filter(active=True, tell_department=True, offset__lt=0)
    for kind, offset in rungs.values_list("kind", "offset"):
        marked.setdefault(kind, []).append(offset)
    return marked


def told_by(owed, marked, people, names, left_of) -> dict:
    """The same without queries: the forecast asks for days to come."""
    rows = {}
    for duty in owed:
        left = left_of(duty.due)
        if duty.unit_id is None or duty.kind not in marked or left >= 0:
            continue
        reached = rungs_reached(marked[duty.kind], left)
        for person in [person for person in people if person.pk == duty.assignee_id] or people:
            for offset in reached:
                title = f"{names[duty.unit_id]}: {duty.title}"
                rows[duty.key, duty.due, offset, person.pk] = (duty, person, offset == reached[0], title)
    return rows


def still_told(carried, *, today) -> set:
    """Ids of the Sở's people who may still be told; no query where nothing was escalated."""
    if not any(row.escalated for rows in carried for row in rows):
        return set()
    return {person.pk for person in people_by_unit([None], roles=TOLD, today=today).get(None, [])}
