"""The one door: every change of a dossier's status goes through ``take_step``.

Page, admin button, bulk action, command and task call it. The status moves by one conditional statement, and
event, revision and mails are written in the same transaction, so two deciders can never both win.
"""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from dossiers import kinds, telling
from dossiers.inputs import clean_data
from dossiers.models import Dossier, Event, Revision
from dossiers.process import Audience, Note, Turn
from dossiers.refusals import StepRefused, moved_on


def take_step(
    *, dossier, action, actor, version, now, note="", data=None, content_seq=None, due_on=None, letter=None
) -> Event:
    """Take one step of the process; returns the event.

    ``version`` (and, for sendings, ``content_seq``) are those of the page that was read. In one transaction it
    also writes the event, the frozen revision, the code at first sending, the kind's side effects and the
    mails; the worker is woken after commit. A repeated click by the same person returns the first event.
    Raises ``StepRefused`` with a sentence, with ``problems`` when the whole check does not pass.
    """
    kind = kinds.get(dossier.kind)
    step = kind.process.step(action)
    if step is None or (step.letter and letter is None):
        raise StepRefused("Bước này không có trong quy trình của hồ sơ. Tải lại trang rồi chọn lại.")
    repeated = _same_click(dossier, action=action, actor=actor, version=version)
    if repeated and letter is None:  # a second letter must not cover nothing: it goes on to be refused
        return repeated
    dossier = Dossier.objects.select_related("unit", "holder", "round").get(pk=dossier.pk)
    cleaned = _check(dossier, kind, step, actor, version, now, note, data or {}, content_seq, due_on)
    with transaction.atomic():
        _move(dossier, kind, step, actor, version, now, content_seq, due_on)
        event = _write_event(dossier, kind, step, actor, note, cleaned, due_on, now, version)
        if step.freezes:
            freeze(dossier, kind, event, now)
        if letter is not None:
            letter.cover(dossier)
        kind.after_step(dossier=dossier, step=step, event=event, data=cleaned, now=now)
        if step.sends and dossier.code is None:
            _give_code(dossier, kind)
        telling.tell(dossier=dossier, kind=kind, step=step, event=event, now=now)  # after the code: mails name it
    return event


def _same_click(dossier, *, action, actor, version):
    return Event.objects.filter(dossier_id=dossier.pk, version=version + 1, action=action, actor=actor.user).first()


def _check(dossier, kind, step, actor, version, now, note, data, content_seq, due_on):
    verdict = kind.process.may(step, actor=actor, holder_id=dossier.holder_id)
    if not verdict:
        raise StepRefused(verdict.reason)
    if dossier.version != version or dossier.status not in step.sources:
        raise StepRefused(moved_on(dossier, kind.process, actor))
    if step.note == Note.REQUIRED and not note.strip():
        raise StepRefused(f"Nhập {step.note_label.lower()} trước khi chọn “{step.label}”.")
    if step.reply_date and (due_on is None or due_on < now.astimezone().date()):
        raise StepRefused("Chọn ngày gửi lại, từ hôm nay trở đi.")
    if step.checks:
        blocking = [problem for problem in kind.problems(dossier) if problem.blocking]
        if blocking:
            raise StepRefused(
                f"Còn {len(blocking)} nội dung cần hoàn thiện trước khi chọn “{step.label}”.", problems=blocking
            )
    if step.freezes and content_seq is not None and content_seq != dossier.content_seq:
        raise StepRefused(
            "Nội dung hồ sơ đã thay đổi sau khi ông/bà mở trang này. Mở lại hồ sơ, đọc bản mới nhất rồi chọn lại."
        )
    refusal = kind.refusal(dossier, step, now=now)
    if refusal:
        raise StepRefused(refusal)
    try:
        return kind.clean_step(dossier, step, clean_data(step, data))
    except ValidationError as error:
        fields = error.message_dict if hasattr(error, "error_dict") else {}
        raise StepRefused(" ".join(error.messages), fields=fields) from error


def _move(dossier, kind, step, actor, version, now, content_seq, due_on):
    target = kind.process.status(step.target)
    changes = {
        "status": step.target,
        "version": F("version") + 1,
        "turn": target.turn,
        "due_on": due_on if step.reply_date else (dossier.due_on if target.turn == Turn.UNIT else None),
    }
    if target.turn != dossier.turn:
        changes["turn_since"] = now
    if step.sends:
        changes["submitted_at"] = now
        if dossier.first_submitted_at is None:
            changes["first_submitted_at"] = now
    row = Dossier.objects.filter(pk=dossier.pk, status=dossier.status, version=version)
    if step.freezes:
        row = row.filter(content_seq=dossier.content_seq if content_seq is None else content_seq)
    before = dossier.status
    if row.update(**changes) != 1:
        dossier.refresh_from_db()
        raise StepRefused(moved_on(dossier, kind.process, actor))
    dossier.refresh_from_db()
    dossier._before = before


def _write_event(dossier, kind, step, actor, note, cleaned, due_on, now, version):
    by_department, place = _side(dossier, actor)
    payload = json.loads(json.dumps(cleaned, default=str))
    if step.reply_date:
        payload["due_on"] = due_on.isoformat()
    return Event.objects.create(
        dossier=dossier,
        version=version + 1,
        action=step.action,
        label=step.done,
        before=dossier._before,
        after=step.target,
        actor=actor.user,
        actor_name=actor.user.get_full_name(),
        by_department=by_department,
        place=place,
        note=note,
        data=payload,
        at=now,
    )


def _side(dossier, actor):
    """(does the actor act for the Sở?, the place the history names)."""
    by_department = dossier.holder_id not in actor.unit_roles and actor.is_department
    return by_department, (actor.room or "Sở KH&CN") if by_department else dossier.holder.body_name


def add_line(*, dossier, action, label, actor, version, now, note, data, opening, tells=(Audience.UNIT,)) -> Event:
    """A new line in the history that leaves the status as it is: what an earlier step was told is corrected.

    Earlier lines stay. ``data["facts"]``: [[label, value]] for the Sở's page; ``opening``: of the mail to ``tells``.
    The caller has checked the right. Raises ``StepRefused`` when somebody moved the dossier meanwhile.
    """
    kind, (by_department, place) = kinds.get(dossier.kind), _side(dossier, actor)
    with transaction.atomic():
        moved = Dossier.objects.filter(pk=dossier.pk, version=version).update(version=F("version") + 1)
        dossier.refresh_from_db()
        if moved != 1:
            raise StepRefused(moved_on(dossier, kind.process, actor))
        event = Event.objects.create(
            dossier=dossier,
            version=version + 1,
            action=action,
            label=label,
            before=dossier.status,
            after=dossier.status,
            actor=actor.user,
            actor_name=actor.user.get_full_name(),
            by_department=by_department,
            place=place,
            note=note,
            data=data,
            at=now,
        )
        telling.tell_line(dossier=dossier, kind=kind, event=event, now=now, opening=opening, tells=tells)
    return event


def freeze(dossier, kind, event, now) -> Revision:
    """Keep the content as it is sent. The digest is over the canonical JSON of the snapshot."""
    content = {**kind.snapshot(dossier), "attachments": _freeze_attachments(dossier)}
    Dossier.objects.filter(pk=dossier.pk).update(sent_title=dossier.title)
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    number = dossier.revisions.count() + 1
    return Revision.objects.create(
        dossier=dossier,
        number=number,
        event=event,
        content_seq=dossier.content_seq,
        title=dossier.title,
        content=content,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        at=now,
    )


def _freeze_attachments(dossier):
    rows = dossier.attachments.filter(removed_at=None).select_related("file").order_by("added_at", "pk")
    dossier.attachments.filter(removed_at=None).update(sent=True)
    return [
        {
            "id": row.pk,
            "title": row.title,
            "name": row.file.original_name,
            "size": row.file.size,
            "sha256": row.file.sha256,
        }
        for row in rows
    ]


def _give_code(dossier, kind):
    code = kind.new_code(dossier)
    Dossier.objects.filter(pk=dossier.pk, code=None).update(
        code=code, search=Dossier.search_for(dossier.title, code, dossier.unit)
    )
    dossier.refresh_from_db()
