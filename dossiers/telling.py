"""Who is told of a step: mail rows written in the door's transaction."""

from django.utils import timezone

from accounts.people import people_of
from accounts.roles import UNIT_WRITERS, Role
from dossiers.process import Audience
from dossiers.refusals import department_place
from notices import mail_texts
from notices.outbox import queue_mail

_ROLES = {
    Audience.UNIT: UNIT_WRITERS,
    Audience.LEADERS: frozenset({Role.UNIT_LEADER}),
    Audience.DRAFTERS: frozenset({Role.UNIT_DRAFTER}),
}


def tell(*, dossier, kind, step, event, now) -> None:
    """Queue one mail per person concerned, except to the person who took the step."""
    for person, at_department in _audience(dossier, step.tells, event, now):
        _queue(person, dossier, kind, event, now, template="step", at_department=at_department)


def tell_handover(*, dossier, kind, event, now) -> None:
    for person, _ in _audience(dossier, (Audience.UNIT,), event, now):
        _queue(person, dossier, kind, event, now, template="handover")


def _audience(dossier, tells, event, now):
    """[(person, is the person told as one of the Sở?)], everybody once."""
    today = timezone.localtime(now).date()
    people = {}
    for audience in tells:
        at_department = audience in (Audience.ASSIGNEE, Audience.HANDLERS)
        if at_department:
            found = _handlers(dossier, audience, today)
        else:
            found = people_of(dossier.holder_id, roles=_ROLES[audience], today=today)
        people.update({person.pk: (person, at_department) for person in found})
    people.pop(event.actor_id, None)
    return people.values()


def _handlers(dossier, audience, today):
    if dossier.assignee_id:
        return [dossier.assignee]
    if audience == Audience.ASSIGNEE or dossier.first_submitted_at is None:  # never sent: the Sở knows nothing of it
        return []
    return people_of(None, roles={Role.DEPT_SPECIALIST}, today=today)


def _who(event, at_department):
    if event.by_department and not at_department:
        return department_place(event.place)
    return f"{event.actor_name} – {event.place}"


def _words(event, dossier, kind):
    return {"buoc": event.label, "ho_so": _name(dossier, kind), "don_vi": dossier.holder.body_name}


def _queue(person, dossier, kind, event, now, *, template, at_department=False):
    queue_mail(
        person=person,
        kind="status",
        dedupe_key=f"event:{event.pk}:{person.pk}",
        subject=mail_texts.say("step_subject", _words(event, dossier, kind), mail_texts.load()),
        template=template,
        context={
            **_facts(dossier, kind),
            "label": event.label,
            "who": _who(event, at_department),
            "note": event.note,
            "path": kind.admin_path(dossier) if at_department else kind.path(dossier),
        },
        now=now,
    )


def tell_assignment(*, dossier, kind, actor, now) -> None:
    """Tell the specialist who was given the dossier, unless it was their own doing."""
    if dossier.assignee_id in (None, actor.user.pk):
        return
    label = "Được giao theo dõi hồ sơ"
    queue_mail(
        person=dossier.assignee,
        kind="status",
        dedupe_key=f"assigned:{dossier.pk}:{dossier.assignee_id}:{now.timestamp()}",
        subject=f"{label}: {_name(dossier, kind)}",
        template="step",
        context={
            **_facts(dossier, kind),
            "label": label,
            "who": f"{actor.user.get_full_name()} – {actor.room or 'Sở KH&CN'}",
            "note": "",
            "path": kind.admin_path(dossier),
        },
        now=now,
    )


def _name(dossier, kind):
    return f"{kind.label} {dossier.code}" if dossier.code else kind.label


def _facts(dossier, kind):
    return {
        "name": _name(dossier, kind),
        "title": dossier.shown_title,
        "unit": dossier.holder.body_name,
        "status": kind.process.status(dossier.status).label,
        "turn": dossier.get_turn_display(),
        "due_on": dossier.due_on.isoformat() if dossier.due_on else "",
    }
