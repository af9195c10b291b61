"""“Sửa số đến, ngày đến”: a slip in what was recorded as received through the document system is mended.

The report counts by the mended day. History is not rewritten: a line is added, before and after in it.
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dossiers.door import add_line
from dossiers.models import Dossier, Event
from dossiers.process import DEPT_INTAKE
from dossiers.refusals import KEPT, NOT_DONE, StepRefused
from records.audit import audit
from records.dates import format_date
from records.text import clean_line, clean_text
from reports.kind import CORRECTED, PAPER_LINES, arrival_refusal, late_days, paper_detail, paper_facts
from reports.models import Obligation

DONE = "Sở sửa số đến, ngày đến"
NOT_ON_PAPER = "Báo cáo này chưa được ghi nhận qua hệ thống văn bản; không có số đến, ngày đến để sửa."


class CorrectionMoved(StepRefused):
    """Somebody corrected since the page was opened; pressing again is then a decision."""


def paper_token(obligation) -> str:
    """Which recording or correction a page shows, to be sent back with its form; empty where there is none."""
    line = _last_line(obligation)
    return str(line.pk) if line else ""


@transaction.atomic
def correct_paper(*, obligation, arrival_number, arrival_date, reason, seen, actor, now):
    """Rewrite number and day of arrival and what is counted from them; returns the new line of the history.

    ``seen``: ``paper_token`` as the page showed it; a correction made since is not overwritten (``None`` is returned
    where it says the very same). Writes the audit trail and one mail a person of the unit. Raises ``StepRefused``.
    """
    number, reason = clean_line(arrival_number)[:60], clean_text(reason)
    _check(number, reason, actor)
    dossier = Dossier.objects.select_for_update().filter(report__obligation=obligation.pk).first()  # the door's order
    kept = Obligation.objects.select_related("unit", "responsible", "cycle__round").get(pk=obligation.pk)
    if dossier is None or kept.paper_on is None:
        raise StepRefused(NOT_ON_PAPER)
    if wrong := arrival_refusal(kept, arrival_date, today=timezone.localtime(now).date(), declared=False):
        # Not held against the unit's letter: after the receipt nobody can mend the day the unit has named.
        raise StepRefused(wrong, fields={"arrival_date": wrong})
    same, line = (kept.paper_number, kept.paper_on) == (number, arrival_date), _last_line(kept)
    if seen != str(line.pk):
        if same:
            return None  # said already: the same form sent twice
        raise _moved_on(kept, line)
    if same:
        raise StepRefused("Số đến, ngày đến vẫn như đã ghi. Nhập số hoặc ngày đúng, hoặc chọn “Quay lại”.")
    return _write(kept, dossier, number, arrival_date, reason, actor, now)


def _check(number, reason, actor):
    if not actor.has_any(DEPT_INTAKE):
        raise StepRefused("Việc này do văn thư hoặc chuyên viên của Sở thực hiện.")
    wrong = {} if number else {"arrival_number": "Nhập số đến."}
    wrong |= {} if reason else {"reason": "Nhập lý do sửa, để đơn vị và người tra cứu sau này hiểu."}
    if wrong:
        raise StepRefused(" ".join(wrong.values()), fields=wrong)


def _write(kept, dossier, number, day, reason, actor, now):
    before, was = paper_detail(kept), _words(kept)
    Obligation.objects.filter(pk=kept.pk).update(
        paper_number=number, paper_on=day, counted_on=day, days_late=late_days(kept, day)
    )
    kept.refresh_from_db()
    after = paper_detail(kept)
    event = add_line(
        dossier=dossier,
        action=CORRECTED,
        label=DONE,
        actor=actor,
        version=dossier.version,
        now=now,
        note=f"{reason}\nTrước: {was}.\nNay: {_words(kept)}.",
        data={"before": before, "after": after, "reason": reason, "facts": paper_facts(kept)},
        opening="intro_paper_corrected",
    )
    audit(
        action="obligation.paper_corrected",
        actor=actor.user,
        now=now,
        label=str(kept),
        path=reverse("admin:reports_obligation_change", args=[kept.pk]),
        detail={"before": before, "after": after, "reason": reason, "was": was, "is": _words(kept)},
    )
    return event


def _words(obligation):
    (_, number), (_, day), (_, outcome) = paper_facts(obligation)
    return f"số đến {number}, ngày đến {day} ({outcome})"


def _last_line(obligation):
    lines = Event.objects.filter(dossier__report__obligation=obligation.pk, action__in=PAPER_LINES)
    return lines.order_by("-version").first()


def _moved_on(kept, line):
    at = f"{timezone.localtime(line.at):%H:%M ngày %d/%m/%Y}"
    said = f"số đến {kept.paper_number}, ngày đến {format_date(kept.paper_on)}"
    return CorrectionMoved(
        f"{NOT_DONE}{line.actor_name} đã sửa thành {said} lúc {at}, sau khi trang này được mở. {KEPT} Kiểm tra lại; "
        "bấm lần nữa nếu vẫn cần sửa."
    )
