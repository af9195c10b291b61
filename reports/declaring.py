"""“Đã gửi, số …”: a unit says that its report left through the document system, corrects it or takes it back; the
Sở confirms or has not got it.

A declaration stops the reminders and never counts as sent (practice.md 3): only ``record_paper`` does.
"""

import hashlib

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.people import people_of
from accounts.roles import UNIT_WRITERS
from dossiers.letters import number_refusal
from dossiers.process import DEPT_INTAKE
from dossiers.refusals import KEPT, NOT_DONE, StepRefused
from notices import mail_texts
from notices.outbox import queue_mail
from records.audit import audit
from records.dates import format_date, weekday_date
from records.text import clean_line, clean_text
from reports.declared_lines import trail_path
from reports.duties import work_path
from reports.opening import open_obligations
from reports.reconciling import tell_intake

CLEARED = {"declared_number": "", "declared_on": None, "declared_by": None, "declared_at": None}
SAME_AGAIN = "Sở đã báo chưa nhận được văn bản này. Đánh dấu vào ô xác nhận nếu đơn vị đã gửi lại đúng số, ngày đó."
NOT_OPEN = "Báo cáo này đã được gửi, đã nhận qua hệ thống văn bản hoặc đã kết thúc nghĩa vụ; không cần báo thêm."


class DeclarationMoved(StepRefused):
    """Somebody declared, corrected or withdrew since the page was opened; pressing again is then a decision."""


class NotArrivedBefore(StepRefused):
    """The very letter the Sở has not got: declared again only knowingly."""


def declare(*, obligation, number, issued_on, actor, now, seen=None, again=False):
    """Keep the letter's number and date as the unit states them; a second time corrects them.

    ``seen``: ``declared_at`` as the page showed it (``None``: nothing was declared); a declaration made since is not
    overwritten. ``again``: the letter the Sở had not got has been sent once more. Writes the audit trail and the inbox of the Sở's intake. Raises ``StepRefused``.
    """
    number = clean_line(number)[:60]
    _check_unit(obligation, actor)
    if wrong := number_refusal(number):
        raise StepRefused(wrong, fields={"number": wrong})
    _check_day(obligation.cycle, issued_on, timezone.localtime(now).date())
    if not again and is_missed_letter(obligation, number, issued_on):
        raise NotArrivedBefore(SAME_AGAIN)
    with transaction.atomic():
        values = {"declared_number": number, "declared_on": issued_on, "declared_by": actor.user, "declared_at": now}
        if not _as_seen(obligation, seen).update(**values):
            obligation.refresh_from_db()
            if obligation.is_open and (obligation.declared_number, obligation.declared_on) == (number, issued_on):
                return  # said already: the same form sent twice
            raise _moved_on(obligation)
        action = "obligation.declared" if seen is None else "obligation.declaration_corrected"
        was = obligation.declared_on
        before = {"number": obligation.declared_number, "issued_on": was.isoformat()} if was else {}
        detail = {"number": number, "issued_on": issued_on.isoformat(), "before": before}
        path = trail_path(obligation)
        audit(action=action, actor=actor.user, now=now, label=str(obligation), path=path, detail=detail)
        tell_intake(obligation.cycle, now=now)
    obligation.refresh_from_db()


def withdraw(*, obligation, seen, actor, now):
    """The unit takes a wrong declaration back; reminders go on by the ladder.

    Writes the audit trail. Raises ``StepRefused``, also where somebody corrected the declaration meanwhile.
    """
    _check_unit(obligation, actor)
    number, issued_on = obligation.declared_number, obligation.declared_on
    with transaction.atomic():
        if seen is None or issued_on is None or not _as_seen(obligation, seen).update(**CLEARED):
            obligation.refresh_from_db()
            raise StepRefused(_not_withdrawn(obligation))
        action = "obligation.declaration_withdrawn"
        detail = {"number": number, "issued_on": issued_on.isoformat()}
        path = trail_path(obligation)
        audit(action=action, actor=actor.user, now=now, label=str(obligation), path=path, detail=detail)
    obligation.refresh_from_db()


def token(obligation) -> str:
    """Which declaration a page shows, to be sent back with its form; empty where there is none."""
    return obligation.declared_at.isoformat() if obligation.declared_at else ""


def is_missed_letter(obligation, number, issued_on) -> bool:
    """Is it the letter of which the Sở has last said that it has not got it?"""
    missed = obligation.missed_at is not None and obligation.declared_at is None
    return missed and (obligation.missed_number, obligation.missed_on) == (clean_line(number)[:60], issued_on)


def _check_day(cycle, issued_on, today):
    if issued_on > today:
        said = {"issued_on": "Không được sau hôm nay."}
        raise StepRefused("Ngày văn bản không được sau hôm nay.", fields=said)
    if issued_on < cycle.period_start:  # a letter about a period is not older than the period
        said = f"Trước ngày bắt đầu kỳ số liệu ({format_date(cycle.period_start)}). Kiểm tra lại năm."
        raise StepRefused(f"Ngày văn bản: {said}", fields={"issued_on": said})


def _check_unit(obligation, actor):
    if not actor.can_write_for(obligation.responsible_id):
        raise StepRefused("Người soạn thảo, văn thư hoặc lãnh đạo của đơn vị báo số văn bản đã gửi.")


def _as_seen(obligation, seen):
    return open_obligations().filter(pk=obligation.pk, responsible=obligation.responsible_id, declared_at=seen)


def _moved_on(obligation):
    """Why the declaration is not as it was seen; ``obligation`` is fresh."""
    if not obligation.is_open:
        return StepRefused(NOT_OPEN)
    if obligation.declared_at is None:
        return DeclarationMoved(
            f"{NOT_DONE}số văn bản báo trước đó đã được rút lại, hoặc Sở chưa nhận được văn bản. {KEPT}"
        )
    return DeclarationMoved(
        f"{NOT_DONE}{_declared_since(obligation)}. {KEPT} Kiểm tra lại số, ngày; bấm lần nữa nếu vẫn cần thay."
    )


def _not_withdrawn(obligation):
    """Why there is nothing, or something else, to take back; ``obligation`` is fresh."""
    if not obligation.is_open:
        return NOT_OPEN
    if obligation.declared_at is None:
        return "Không còn gì để rút lại: số văn bản đã được rút lại trước đó, hoặc Sở đã báo chưa nhận được văn bản."
    again = "Kiểm tra lại số, ngày; nếu vẫn cần rút, chọn “Rút lại” lần nữa."
    return f"Chưa rút lại: {_declared_since(obligation)}. {again}"


def _declared_since(obligation):
    said = f"số {obligation.declared_number}, ngày {format_date(obligation.declared_on)}"
    at = f"{timezone.localtime(obligation.declared_at):%H:%M ngày %d/%m/%Y}"
    return f"{obligation.declared_by.get_full_name()} đã báo {said}, lúc {at}, sau khi trang này được mở"


def not_arrived(*, obligation, note, actor, now, seen=""):
    """The Sở has not got the declared letter: the declaration is cleared, reminders go on, the unit is told by mail.

    ``seen``: ``token`` of the declaration as the page showed it; one corrected since is left alone. Letter and note
    stay with the obligation until the unit declares anew. Writes the audit trail and one mail a person. Raises
    ``StepRefused``.
    """
    note = clean_text(note)
    if not actor.has_any(DEPT_INTAKE):
        raise StepRefused("Việc này do văn thư hoặc chuyên viên của Sở thực hiện.")
    if not note:
        raise StepRefused("Nhập ghi chú để đơn vị biết cần kiểm tra điều gì.")
    if seen and obligation.declared_at and seen != token(obligation):
        said = f"số {obligation.declared_number}, ngày {format_date(obligation.declared_on)}"
        raise StepRefused(f"{NOT_DONE}đơn vị vừa báo lại: {said}. {KEPT} Tải lại trang rồi đối chiếu theo số mới.")
    with transaction.atomic():
        rows = open_obligations().filter(pk=obligation.pk, declared_at=obligation.declared_at)
        if obligation.declared_at is None or not rows.update(**CLEARED, **_missed(obligation, note, now)):
            raise StepRefused("Đơn vị không còn báo đã gửi qua hệ thống văn bản; tải lại trang để xem tình trạng.")
        day = obligation.declared_on.isoformat()
        detail = {"number": obligation.declared_number, "issued_on": day, "note": note}
        path, label = trail_path(obligation), str(obligation)
        audit(action="obligation.not_arrived", actor=actor.user, now=now, label=label, path=path, detail=detail)
        _tell(obligation, note, now)
    obligation.refresh_from_db()


def _missed(obligation, note, now):
    return {
        "missed_number": obligation.declared_number,
        "missed_on": obligation.declared_on,
        "missed_note": note,
        "missed_at": now,
    }


def _due(obligation, today):
    """“hết thứ Năm, 17/12/2026”, and what that day means by now."""
    words, last = f"hết {weekday_date(obligation.due_on)}", obligation.counted_until
    if today > last:
        return f"{words} – đã quá hạn"
    return f"{words} – vẫn tính đúng hạn đến hết {format_date(last)}" if today > obligation.due_on else words


def _tell(obligation, note, now):
    said = f"số {obligation.declared_number}, ngày {format_date(obligation.declared_on)}"
    mark = hashlib.sha256(obligation.declared_at.isoformat().encode()).hexdigest()[:12]
    label, title = "Sở chưa nhận được văn bản báo cáo", obligation.cycle.round.title
    values, changed = {"buoc": label, "ho_so": title, "don_vi": obligation.responsible.body_name}, mail_texts.load()
    today = timezone.localtime(now).date()
    for person in people_of(obligation.responsible_id, roles=UNIT_WRITERS, today=today):
        name = person.get_full_name()
        subject, words = mail_texts.letter(
            "step", person=name, values=values, changed=changed, intro="intro_not_arrived"
        )
        queue_mail(
            person=person,
            kind="status",
            dedupe_key=f"not_arrived:{obligation.pk}:{mark}:{person.pk}",
            subject=subject,
            template="step",
            context={
                "words": words,
                "name": title,
                "title": "",
                "unit": obligation.responsible.body_name,
                "label": label,
                "status": "Chưa gửi",
                "turn": "Đơn vị",
                "who": "Sở Khoa học và Công nghệ",
                "note": note,
                "due_on": "",
                "outcome": [["Văn bản đơn vị đã báo", said], ["Hạn gửi", _due(obligation, today)]],
                "button": "Mở báo cáo trên Cổng",
                "path": work_path(obligation),
                "other_label": "Nếu đã gửi lại qua hệ thống văn bản, chọn “Đã gửi, số …”",
                "other_path": reverse("reports:declare", args=[obligation.pk]),
            },
            now=now,
        )
