"""Overdue rungs marked “báo chuyên viên Sở”: the unit's duty also stands in the digest of the Sở's people.

The same ledger: once for each duty, due day, rung and person.
"""

from dataclasses import replace

from accounts.people import people_by_unit
from accounts.roles import Role
from districts.models import Unit
from notices.ladder import rungs_reached

TOLD = frozenset({Role.DEPT_SPECIALIST, Role.DEPT_HEAD})
APART = 3  # so many units with the same matter stand one by one in a digest; more of them share a line
NAMED = 10  # units named in that line; the rest is counted, its page lists all


def told_rows(owed, ladders, *, today, left_of) -> dict:
    """{(duty key, due, offset, person): (duty, person, mailed, title)} for the Sở's people; two queries at most.

    Who is in charge of the dossier alone is told of it; without one, all specialists and heads.
    """
    marked = marked_rungs(ladders)
    if not any(duty.kind in marked and duty.due < today for duty in owed):
        return {}
    people = people_by_unit([None], roles=TOLD, today=today).get(None, [])
    names = dict(Unit.objects.filter(pk__in={duty.unit_id for duty in owed}).values_list("pk", "name"))
    return told_by(owed, marked, people, names, left_of)


def marked_rungs(ladders) -> dict:
    """{kind: overdue offsets the Sở is told of}; kinds without any are left out."""
    marked = {kind: [step.offset for step in steps if step.tells] for kind, steps in ladders.items()}
    return {kind: offsets for kind, offsets in marked.items() if offsets}


def told_by(owed, marked, people, names, left_of) -> dict:
    """The same without queries: the forecast asks for days to come."""
    rows = {}
    for duty in owed:
        left = left_of(duty)
        if duty.unit_id is None or duty.kind not in marked or left >= 0:
            continue
        reached = rungs_reached(marked[duty.kind], left)
        for person in [person for person in people if person.pk == duty.assignee_id] or people:
            for offset in reached:
                title = told_title(names[duty.unit_id], duty.title)
                rows[duty.key, duty.due, offset, person.pk] = (duty, person, offset == reached[0], title)
    return rows


def told_title(unit_name, title) -> str:
    """How the Sở reads of a unit's duty."""
    return f"{unit_name}: {title}"


def still_told(carried, *, today) -> set:
    """Ids of the Sở's people who may still be told; no query where nothing was escalated."""
    if not any(row.escalated for rows in carried for row in rows):
        return set()
    return {person.pk for person in people_by_unit([None], roles=TOLD, today=today).get(None, [])}


def as_told(reminders, duties) -> list:
    """Units' overdue duties as the Sở reads of them in a digest, linked to its own pages: each with its unit, the
    same matter of many units in one line."""
    matters = {}
    for row in reminders:
        duty = duties[row.duty_key]
        matters.setdefault((duty.kind, duty.title, duty.due), []).append((duty, row))
    told = []
    for some in matters.values():
        told += [_together(some)] if len(some) > APART else [_alone(duty, row) for duty, row in some]
    return told


def _alone(duty, row):
    return _for_the_department(duty, title=row.title, path=duty.staff_path)


def _together(some):
    duty, units = some[0][0], sorted((row.unit for _, row in some), key=lambda unit: unit.sort_key)
    names = ", ".join(unit.name for unit in units[:NAMED])
    more = f" và {len(units) - NAMED} đơn vị khác" if len(units) > NAMED else ""
    path = duty.staff_list_path or duty.staff_path
    title = f"{len(units)} đơn vị: {duty.title}"
    return replace(_for_the_department(duty, title=title, path=path), detail=names + more)


def _for_the_department(duty, *, title, path):
    return replace(
        duty,
        title=title,
        subject=title,
        path=path or "/",
        action="Xem",
        late_works=False,
        other_label="",
        other_path="",
    )
