"""Whom a duty concerns: who owes it, who stands in where nobody does, which leader may be told of it."""

from accounts.people import people_by_unit
from accounts.roles import Role

COPIED = frozenset({Role.UNIT_LEADER, Role.DEPT_HEAD})  # whoever of them belongs to the place that owes the duty


def places_of(owed):
    """{roles: {unit}} of those who may be written to about these duties."""
    places = {}
    for duty in owed:
        for roles in {duty.roles, duty.stand_ins, COPIED} - {frozenset()}:
            places.setdefault(roles, set()).add(duty.unit_id)
    return places


def owing(duty, people):
    """Who owes the duty: the holders of its roles, where there are none the stand-ins."""
    return people[duty.roles].get(duty.unit_id) or people.get(duty.stand_ins, {}).get(duty.unit_id, [])


def still_concerned(owed, *, today):
    """{duty key: {id: does the person owe it, rather than get a copy?}} of those who may get a mail about it today;
    constant number of queries."""
    people = people_of_duties(owed, today=today)
    copied = copies(owed, people)
    return {duty.key: {pk: (duty.key, pk) not in copied for pk in concerned(duty, people)} for duty in owed}


def copies(owed, people):
    """{(duty key, person)} of the leaders who do not owe the duty themselves and may get a copy to know of it."""
    found = {(duty.key, person.pk) for duty in owed for person in people[COPIED].get(duty.unit_id, ())}
    return found - {(duty.key, person.pk) for duty in owed for person in owing(duty, people)}


def concerned(duty, people):
    """Ids of those who owe the duty, and of the leaders who may get a copy; ``people`` as in ``reached_by``."""
    return {person.pk for person in (*owing(duty, people), *people[COPIED].get(duty.unit_id, ()))}


def people_of_duties(owed, *, today):
    """{roles: {unit: [person]}} of everybody who may be written to about these duties; a query a set of roles."""
    return {roles: people_by_unit(units, roles=roles, today=today) for roles, units in places_of(owed).items()}
