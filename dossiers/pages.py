"""What every dossier page shows, for the unit and for the Sở alike."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.urls import reverse

from dossiers import kinds
from dossiers.models import LetterItem
from dossiers.process import Step

PHASES = ("Soạn", "Gửi", "Sở xem xét", "Kết quả")


@dataclass(frozen=True)
class StepChoice:
    """A step possible from the present status; ``reason`` says why this person cannot take it."""

    step: Step
    allowed: bool
    reason: str
    url: str


def page_context(dossier, *, actor, now) -> dict:
    """Everything a dossier page needs, in a constant number of queries."""
    kind = kinds.get(dossier.kind)
    status = kind.process.status(dossier.status)
    revisions = list(dossier.revisions.select_related("event").defer("content").order_by("-number"))
    return {
        "dossier": dossier,
        "kind": kind,
        "process": kind.process,
        "status": status,
        "choices": step_choices(dossier, kind, actor=actor, now=now),
        "events": timeline(dossier, actor=actor),
        "revisions": revisions,
        "letters": letters_of(dossier),
        "attachments": list(dossier.attachments.filter(removed_at=None).select_related("file", "added_by")),
        "comments": comments_for(dossier, actor),
        "content": kind.snapshot(dossier),
        "reading_template": kind.reading_template,
        "phases": phases(status),
        "receipt_url": receipt_url(dossier, revisions[0].number) if revisions and dossier.code else "",
        "on_time": kind.on_time(dossier),
        "can_edit": status.editable and actor.can_write_for(dossier.holder_id),
        "edit_path": kind.edit_path(dossier),
        "can_add_letter": dossier.needs_letter and actor.can_write_for(dossier.holder_id),
        "asked": asked_points(dossier) if status.editable and dossier.first_submitted_at else None,
    }


def step_choices(dossier, kind, *, actor, now) -> list[StepChoice]:
    """Steps from the present status that concern this side: allowed ones first, the others with their reason."""
    found = []
    side = actor.unit_roles.get(dossier.holder_id, frozenset())
    mine = side | actor.dept_roles
    for step in kind.process.steps_from(dossier.status):
        verdict = kind.process.may(step, actor=actor, holder_id=dossier.holder_id)
        if not verdict and not _same_side(step, mine):
            continue
        reason = verdict.reason or kind.refusal(dossier, step, now=now)
        name = "dossiers:sign" if step.letter else "dossiers:step"
        args = [dossier.pk] if step.letter else [dossier.pk, step.action]
        found.append(StepChoice(step, not reason, reason, reverse(name, args=args)))
    return sorted(found, key=lambda choice: not choice.allowed)


def _same_side(step, mine):
    """Is the step one that somebody of this side could take? Others are not worth a greyed button."""
    sides = {role.split("_")[0] for role in step.roles}
    return any(role.split("_")[0] in sides for role in mine)


def timeline(dossier, *, actor) -> list[dict]:
    """Newest first. A unit sees where at the Sở a step was taken, not by whom; the Sở sees names."""
    process = kinds.get(dossier.kind).process
    rows = []
    for event in dossier.events.select_related("revision").order_by("-version"):
        named = actor.is_department or not event.by_department
        title = event.label
        revision = getattr(event, "revision", None)
        if revision:
            title = f"{title} (lần {revision.number})"
        who = ", ".join(part for part in ([event.actor_name] if named else []) + [event.place] if part)
        rows.append(
            {
                "title": title,
                "who": who if named else f"Sở KH&CN – {event.place}".removesuffix(" – Sở KH&CN"),
                "when": event.at,
                "note": event.note,
                "tone": process.status(event.after).tone,
                "href": reverse("dossiers:revision", args=[dossier.pk, revision.number]) if revision else "",
            }
        )
    return rows


def letters_of(dossier):
    items = LetterItem.objects.filter(letter__items__dossier=dossier).select_related("dossier").order_by("position")
    return list(
        {
            item.letter_id: item.letter
            for item in dossier.letter_items.select_related("letter", "letter__file")
            .prefetch_related(Prefetch("letter__items", queryset=items))
            .order_by("-letter__issued_on", "-letter_id")
        }.values()
    )


def comments_for(dossier, actor):
    """Internal remarks are for the Sở only."""
    rows = dossier.comments.select_related("author").order_by("at", "pk")
    return list(rows if actor.is_department else rows.filter(internal=False))


def asked_points(dossier):
    """The latest request for supplement: its points, one a line, and the day to answer by."""
    event = dossier.events.filter(action__in=("request_supplement", "reopen")).order_by("-version").first()
    if event is None:
        return None
    points = [line.strip() for line in event.note.splitlines() if line.strip()]
    return {"points": points, "due_on": dossier.due_on, "at": event.at, "place": event.place}


def phases(status) -> list[dict]:
    return [
        {"label": label, "state": "done" if index < status.phase else "now" if index == status.phase else "todo"}
        for index, label in enumerate(PHASES)
    ]


def receipt_url(dossier, number) -> str:
    return reverse("dossiers:receipt", args=[dossier.code, number])
