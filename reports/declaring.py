"""“Đã gửi, số …”: a unit says that its report left through the document system; the Sở confirms or has not got it.

A declaration stops the reminders and never counts as sent (practice.md 3): only ``record_paper`` does.
"""

import hashlib

from django.db import transaction
from django.utils import timezone

from accounts.people import people_of
from accounts.roles import UNIT_WRITERS
from dossiers.process import DEPT_INTAKE
from dossiers.refusals import StepRefused
from notices.outbox import queue_mail
from records.audit import audit
from records.dates import format_date
from records.text import clean_line, clean_text
from reports.duties import work_path
from reports.opening import open_obligations

NOT_OPEN = "Báo cáo này đã được gửi, đã nhận qua hệ thống văn bản hoặc đã kết thúc nghĩa vụ; không cần báo thêm."


def declare(*, obligation, number, issued_on, actor, now):
    """Keep the letter's number and date as the unit states them; a second time corrects them.

    Writes the audit trail. Raises ``StepRefused`` when the person may not, the date lies ahead, or it is not open.
    """
    number = clean_line(number)[:60]
    if not actor.can_write_for(obligation.responsible_id):
        raise StepRefused("Người soạn thảo, văn thư hoặc lãnh đạo của đơn vị báo số văn bản đã gửi.")
    if not number:
        raise StepRefused("Nhập số, ký hiệu của văn bản đã gửi.")
    if issued_on > timezone.localtime(now).date():
        raise StepRefused("Ngày văn bản không được sau hôm nay.")
    with transaction.atomic():
        changed = open_obligations().filter(pk=obligation.pk, responsible=obligation.responsible_id)
        if not changed.update(declared_number=number, declared_on=issued_on, declared_by=actor.user, declared_at=now):
            raise StepRefused(NOT_OPEN)
        detail = {"number": number, "issued_on": issued_on.isoformat()}
        audit(action="obligation.declared", actor=actor.user, now=now, label=str(obligation), detail=detail)
    obligation.refresh_from_db()


def not_arrived(*, obligation, note, actor, now):
    """The Sở has not got the declared letter: the declaration is cleared, reminders go on, the unit is told by mail.

    Writes the audit trail and one mail a person. Raises ``StepRefused``.
    """
    note = clean_text(note)
    if not actor.has_any(DEPT_INTAKE):
        raise StepRefused("Việc này do văn thư hoặc chuyên viên của Sở thực hiện.")
    if not note:
        raise StepRefused("Nhập ghi chú để đơn vị biết cần kiểm tra điều gì.")
    with transaction.atomic():
        rows = open_obligations().filter(pk=obligation.pk, declared_at=obligation.declared_at)
        cleared = {"declared_number": "", "declared_on": None, "declared_by": None, "declared_at": None}
        if obligation.declared_at is None or not rows.update(**cleared):
            raise StepRefused("Đơn vị không còn báo đã gửi qua hệ thống văn bản; tải lại trang để xem tình trạng.")
        detail = {"number": obligation.declared_number, "note": note}
        audit(action="obligation.not_arrived", actor=actor.user, now=now, label=str(obligation), detail=detail)
        _tell(obligation, note, now)
    obligation.refresh_from_db()


def _tell(obligation, note, now):
    said = f"số {obligation.declared_number}, ngày {format_date(obligation.declared_on)}"
    mark = hashlib.sha256(obligation.declared_at.isoformat().encode()).hexdigest()[:12]
    label = "Sở chưa nhận được văn bản báo cáo"
    for person in people_of(obligation.responsible_id, roles=UNIT_WRITERS, today=timezone.localtime(now).date()):
        queue_mail(
            person=person,
            kind="status",
            dedupe_key=f"not_arrived:{obligation.pk}:{mark}:{person.pk}",
            subject=f"{label}: {obligation.cycle.round.title}",
            template="step",
            context={
                "name": obligation.cycle.round.title,
                "title": f"Văn bản đơn vị đã báo: {said}",
                "unit": obligation.responsible.body_name,
                "label": label,
                "status": "Chưa gửi",
                "turn": "Đơn vị",
                "who": "Sở Khoa học và Công nghệ",
                "note": note,
                "due_on": "",
                "path": work_path(obligation),
            },
            now=now,
        )
