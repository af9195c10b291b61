"""Who is told of a step: mail rows written in the door's transaction."""

from django.urls import reverse
from django.utils import timezone

from accounts.people import department_people, people_of
from accounts.roles import UNIT_WRITERS, Role
from dossiers.duties import letter_day, points_of, sending_day
from dossiers.process import Audience, Turn
from dossiers.refusals import department_place
from dossiers.signing import AWAITING_PAPER
from notices import inbox, mail_texts
from notices.outbox import queue_mail
from records.dates import format_datetime, weekday_date

_ROLES = {
    Audience.UNIT: UNIT_WRITERS,
    Audience.LEADERS: frozenset({Role.UNIT_LEADER}),
    Audience.DRAFTERS: frozenset({Role.UNIT_DRAFTER}),
}

_LONGEST = 80  # characters of a title that a subject has room for
_LOOK = "Xem hồ sơ"
_BUTTONS = {"intro_sign": "Xem và ký", "intro_asked": "Xem và bổ sung", "intro_returned": "Xem và sửa"}


def tell(*, dossier, kind, step, event, now) -> None:
    """Queue one mail per person concerned, except to the person who took the step."""
    told, status = _audience(dossier, step.tells, event, now), kind.process.status(step.target)
    changed = mail_texts.load() if told else {}
    for person, at_department in told:
        label, intro = step.told_as(at_department=at_department), _opening(step, status, at_department)
        _queue(person, at_department, dossier, kind, event, changed, now, label=label, intro=intro)
    if step.sends:
        _keep_receipt(dossier, kind, step, event, now)


def _keep_receipt(dossier, kind, step, event, now):
    """Who has sent needs no mail about it, but finds code and receipt again."""
    number = dossier.revisions.count()
    inbox.put(
        key=f"event:{event.pk}:{event.actor_id}",
        person=event.actor,
        title=f"{step.told_as(at_department=False)}: {_named(dossier, kind)}",
        text=f"Ông/bà đã gửi; Sở nhận dữ liệu lúc {format_datetime(event.at)}. Mã hồ sơ để đọc qua điện thoại: {dossier.code}.",
        path=reverse("dossiers:receipt", args=[dossier.code, number]),
        now=now,
    )


def tell_handover(*, dossier, kind, event, now) -> None:
    told = _audience(dossier, (Audience.UNIT,), event, now)
    changed = mail_texts.load() if told else {}
    for person, at_department in told:
        _queue(person, at_department, dossier, kind, event, changed, now, label=event.label, mail="handover")


def tell_line(*, dossier, kind, event, now, opening, tells) -> None:
    """Tell of a line that was added without a step."""
    told = _audience(dossier, tells, event, now)
    changed = mail_texts.load() if told else {}
    for person, at_department in told:
        _queue(person, at_department, dossier, kind, event, changed, now, label=event.label, intro=opening)


def _opening(step, status, at_department):
    """Which opening sentence the mail has: what the person who reads it wants to know first."""
    if step.opening:
        return step.opening
    if step.reply_date:
        return "intro_asked"
    if step.sends and at_department:
        return "intro_come_again"
    if step.sends:
        return "intro_sent" if step.letter else "intro_sent_unnumbered"
    if status.turn == Turn.UNIT and not status.editable:
        return "intro_sign"
    if status.turn == Turn.NONE and not status.editable:
        return "intro_done"
    return "intro"


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
    return list(people.values())


def _handlers(dossier, audience, today):
    here = department_people(today=today).filter(pk=dossier.assignee_id) if dossier.assignee_id else ()
    if here := list(here):
        return here
    nobody = audience == Audience.ASSIGNEE and not dossier.assignee_id  # rather than somebody who has left
    if nobody or dossier.first_submitted_at is None:  # never sent: the Sở knows nothing of it
        return []
    return people_of(None, roles={Role.DEPT_SPECIALIST}, today=today)


def _who(event, at_department):
    if event.by_department and not at_department:
        return department_place(event.place)
    return f"{event.actor_name} – {event.place}"


def _queue(person, at_department, dossier, kind, event, changed, now, *, label, mail="step", intro="intro"):
    values = _values(label, dossier, kind) | {"so_noi_dung": str(len(points_of(event.note)))}
    subject, words = mail_texts.letter(mail, person=person.get_full_name(), values=values, changed=changed, intro=intro)
    queue_mail(
        person=person,
        kind="status",
        dedupe_key=f"event:{event.pk}:{person.pk}",
        subject=subject,
        template=mail,
        context={
            **_facts(dossier, kind),
            "words": words,
            "label": label,
            "button": _BUTTONS.get(intro, _LOOK),
            "who": _who(event, at_department),
            "note": event.note,
            "outcome": _outcome(kind, event) + _days(dossier, kind, intro),
            **_form_of_letter(dossier, intro),
            "path": kind.admin_path(dossier) if at_department else kind.path(dossier),
        },
        now=now,
    )


def _days(dossier, kind, intro):
    """[[label, day]] by which the reader's own part is due, where the mail does not name it as the day of an answer."""
    if intro == "intro_sign" and not dossier.due_on and dossier.status != AWAITING_PAPER:
        return [["Hạn gửi", f"hết {weekday_date(sending_day(dossier, kind))}"]]
    if intro == "intro_sent_unnumbered" and dossier.needs_letter:
        return [["Bổ sung số, ngày, bản ký số", f"hết {weekday_date(letter_day(dossier))}"]]
    return []


def _form_of_letter(dossier, intro):
    """The second link of the mail: straight to the form for number, date and signed copy."""
    if intro != "intro_sent_unnumbered" or not dossier.needs_letter:
        return {}
    return {"other_label": "Bổ sung số, ngày, bản ký số", "other_path": reverse("dossiers:letter", args=[dossier.pk])}


def _outcome(kind, event):
    """[[label, value]] of what the step was told and everybody may know: the council's recommendation, or what the
    kind says of it."""
    step = kind.process.step(event.action)
    told = [field for field in step.fields if field.told] if step else []
    found = [[field.label, dict(field.choices).get(event.data[field.name], event.data[field.name])] for field in told]
    return found + kind.told(event)


def tell_assignment(*, dossier, kind, actor, now) -> None:
    """Tell the specialist who was given the dossier, unless it was their own doing."""
    if dossier.assignee_id in (None, actor.user.pk):
        return
    label, person = "Ông/bà được giao theo dõi", dossier.assignee
    subject, words = mail_texts.letter(
        "step",
        person=person.get_full_name(),
        values=_values(label, dossier, kind),
        changed=mail_texts.load(),
        intro="intro_assigned",
    )
    queue_mail(
        person=person,
        kind="status",
        dedupe_key=f"assigned:{dossier.pk}:{dossier.assignee_id}:{now.timestamp()}",
        subject=subject,
        template="step",
        context={
            **_facts(dossier, kind),
            "words": words,
            "label": label,
            "button": _LOOK,
            "who": f"{actor.user.get_full_name()} – {actor.room or 'Sở KH&CN'}",
            "note": "",
            "path": kind.admin_path(dossier),
        },
        now=now,
    )


def _name(dossier, kind):
    """Name and title of the mail; a title that says of what kind it is needs no name before it."""
    if dossier.code:
        return {"name": f"{kind.label} {dossier.code}", "title": dossier.shown_title}
    if dossier.shown_title.startswith(kind.label):
        return {"name": dossier.shown_title, "title": ""}
    return {"name": kind.label, "title": dossier.shown_title}


def _named(dossier, kind):
    """What a subject calls it: “ĐX-2027-0042, “Ứng dụng …””; a title that says of what kind it is stands alone."""
    title = dossier.shown_title
    short = title if len(title) <= _LONGEST else title[: _LONGEST - 1].rstrip() + "…"
    if short and not title.startswith(kind.label):
        short = f"“{short}”"
    if dossier.code:
        return ", ".join(filter(None, (dossier.code, short)))
    return short if title.startswith(kind.label) else f"{kind.label} {short}".strip()


def _values(label, dossier, kind):
    """What the sentences of the mail may name; the name of the reader comes with the reader."""
    return {
        "buoc": label,
        "ho_so": _named(dossier, kind),
        "don_vi": dossier.holder.body_name,
        "ngay_gui_lai": weekday_date(dossier.due_on) if dossier.due_on else "",
    }


def _facts(dossier, kind):
    return {
        **_name(dossier, kind),
        "unit": dossier.holder.body_name,
        "status": kind.process.status(dossier.status).label,
        "turn": dossier.get_turn_display(),
        "due_on": dossier.due_on.isoformat() if dossier.due_on else "",
    }
