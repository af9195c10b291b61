"""Who is told of a step: mail rows written in the door's transaction."""

from django.utils import timezone

from accounts.people import people_of
from accounts.roles import UNIT_WRITERS, Role
from dossiers.process import Audience
from notices.outbox import queue_mail

_ROLES = {
    Audience.UNIT: UNIT_WRITERS,
    Audience.LEADERS: frozenset({Role.UNIT_LEADER}),
    Audience.DRAFTERS: frozenset({Role.UNIT_DRAFTER}),
}


def tell(*, dossier, kind, step, event, now) -> None:
    """Queue one mail per person concerned, except to the person who took the step."""
    for person in _audience(dossier, step.tells, event, now):
        _queue(person, dossier, kind, event, now, template="step")


def tell_handover(*, dossier, kind, event, now) -> None:
    for person in _audience(dossier, (Audience.UNIT,), event, now):
        _queue(person, dossier, kind, event, now, template="handover")


def _audience(dossier, tells, event, now):
    today = timezone.localtime(now).date()
    people = {}
    for audience in tells:
        if audience == Audience.ASSIGNEE:
            found = [dossier.assignee] if dossier.assignee_id else []
        else:
            found = people_of(dossier.holder_id, roles=_ROLES[audience], today=today)
        people.update({person.pk: person for person in found})
    people.pop(event.actor_id, None)
    return people.values()


def _queue(person, dossier, kind, event, now, *, template):
    status = kind.process.status(dossier.status)
    at_department = person.pk == dossier.assignee_id
    name = f"{kind.label} {dossier.code}" if dossier.code else kind.label
    queue_mail(
        person=person,
        kind="status",
        dedupe_key=f"event:{event.pk}:{person.pk}",
        subject=f"{event.label}: {name}",
        template=template,
        context={
            "name": name,
            "title": dossier.title,
            "unit": dossier.holder.body_name,
            "label": event.label,
            "status": status.label,
            "turn": dossier.get_turn_display(),
            "actor_name": event.actor_name,
            "place": event.place,
            "note": event.note,
            "due_on": dossier.due_on.isoformat() if dossier.due_on else "",
            "path": kind.admin_path(dossier) if at_department else kind.path(dossier),
        },
        now=now,
    )
