"""What every dossier page shows, for the unit and for the Sở alike."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch
from django.urls import reverse

from dossiers import kinds
from dossiers.duties import points_of
from dossiers.models import LetterItem
from dossiers.process import Step
from dossiers.refusals import department_place

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
    letters = letters_of(dossier)
    return {
        **content_for(dossier, kind, actor=actor),
        "dossier": dossier,
        "kind": kind,
        "process": kind.process,
        "status": status,
        "choices": step_choices(dossier, kind, actor=actor, now=now),
        "events": timeline(dossier, letters, actor=actor),
        "revisions": revisions,
        "letters": letters,
        "comments": comments_for(dossier, actor),
        "reading_template": kind.reading_template,
        "phases": phases(status),
        "receipt_url": receipt_url(dossier, revisions[0].number) if revisions and dossier.code else "",
        "on_time": kind.on_time(dossier),
        "can_edit": status.editable and actor.can_write_for(dossier.holder_id),
        "edit_path": kind.edit_path(dossier),
        "can_correct_letter": actor.can_write_for(dossier.holder_id),
        "can_add_letter": dossier.needs_letter and actor.can_write_for(dossier.holder_id),
        "asked": asked_points(dossier) if status.editable and dossier.first_submitted_at else None,
    }


def content_for(dossier, kind, *, actor) -> dict:
    """What this person may read: who holds the dossier its content as it is now, everybody else as it was last
    sent – edits under way belong to the unit. ``content`` is ``None`` where nothing was sent (paper only)."""
    revision, attachments = None, dossier.attachments.select_related("file", "added_by").order_by("added_at", "pk")
    if dossier.holder_id in actor.unit_roles:
        content, title, rows = kind.snapshot(dossier), dossier.title, attachments.filter(removed_at=None)
    else:
        revision = dossier.revisions.order_by("-number").first()
        content = revision.content if revision else None
        title = revision.title if revision else ""
        sent = [item["id"] for item in content.get("attachments", [])] if content else []
        rows = attachments.filter(pk__in=sent)
    return {
        "content": content,
        "content_of": revision,
        "title": title or dossier.round.title,
        "attachments": list(rows),
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


def timeline(dossier, letters, *, actor) -> list[dict]:
    """Newest first: steps, and letters added later. A unit sees where at the Sở a step was taken, not by whom."""
    process = kinds.get(dossier.kind).process
    rows = []
    events = list(dossier.events.select_related("revision").order_by("-version"))
    for event in events:
        named = actor.is_department or not event.by_department
        title = event.label
        revision = getattr(event, "revision", None)
        if revision:
            title = f"{title} (lần {revision.number})"
        who = ", ".join(part for part in ([event.actor_name] if named else []) + [event.place] if part)
        rows.append(
            {
                "title": title,
                "who": who if named else department_place(event.place),
                "when": event.at,
                "note": event.note,
                "tone": process.status(event.after).tone,
                "href": reverse("dossiers:revision", args=[dossier.pk, revision.number]) if revision else "",
            }
        )
    taken = {event.at for event in events if event.data.get("letter_number")}  # recorded with a sending
    first = _first_words(events)
    rows += [_added_letter(letter, first.get(letter.pk)) for letter in letters if letter.recorded_at not in taken]
    rows += kinds.get(dossier.kind).more_lines(dossier, actor=actor)
    return sorted(rows, key=lambda row: row["when"], reverse=True)


def _first_words(events):
    """``{letter pk: what was recorded at first}`` of letters corrected since; ``events`` newest first."""
    return {event.data["letter"]: event.data["before"] for event in events if event.action == "correct_letter"}


def _added_letter(letter, first):
    """The line of a letter added after sending, as it was recorded then."""
    number = first["number"] if first else letter.number
    day = dt.date.fromisoformat(first["issued_on"]) if first else letter.issued_on
    return {
        "title": f"Bổ sung văn bản số {number} ngày {day:%d/%m/%Y}",
        "who": f"{letter.recorded_by.get_full_name()}, {letter.unit.body_name}",
        "when": letter.recorded_at,
        "note": "",
        "tone": "idle",
        "href": reverse("dossiers:file", args=[letter.file_id]),
    }


def letters_of(dossier, *, revision=None):
    """Letters that cover the dossier, newest first, each with its items in order; or those of one sending."""
    items = LetterItem.objects.filter(letter__items__dossier=dossier).select_related("dossier").order_by("position")
    return list(
        {
            item.letter_id: item.letter
            for item in dossier.letter_items.filter(**({"revision_number": revision} if revision else {}))
            .select_related("letter__file", "letter__recorded_by", "letter__unit")
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
    points = points_of(event.note)
    return {"points": points, "due_on": dossier.due_on, "at": event.at, "place": event.place}


def phases(status) -> list[dict]:
    return [
        {"label": label, "state": "done" if index < status.phase else "now" if index == status.phase else "todo"}
        for index, label in enumerate(PHASES)
    ]


def receipt_url(dossier, number) -> str:
    return reverse("dossiers:receipt", args=[dossier.code, number])
