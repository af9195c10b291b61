"""Opening a cycle: who owes a report is frozen once, then changed one obligation at a time with a reason."""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import DateField, F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from districts.models import Unit
from districts.workdays import load_calendar
from dossiers.moving import MOVERS
from dossiers.refusals import StepRefused
from notices import heartbeats
from notices.runs import run_counted
from records.audit import audit
from records.text import clean_line
from reports.models import Cycle, Obligation, Report

log = logging.getLogger(__name__)

# Two levels of local government from 1/7/2025 (Nghị quyết 1656/NQ-UBTVQH15): earlier periods are the districts'.
LAST_DISTRICT_DAY = dt.date(2025, 6, 30)
NOT_OPEN = "Nghĩa vụ này không còn mở: báo cáo đã được gửi, đã nhận qua văn bản hoặc đã kết thúc."
MANAGERS = MOVERS  # who may move the cycle's dates may extend them for some, and the other way round


def open_cycles(*, now) -> int:
    """Open every cycle whose day has come; returns how many were opened by this call.

    Writes ``opened_at`` and one obligation per unit of the cut-off day. Safe to run twice at once: the second
    run finds ``opened_at`` taken. A cycle without any unit stays unopened, so that it does not freeze empty.
    """
    today = timezone.localtime(now).date()
    waiting = Cycle.objects.filter(opened_at=None, round__opens_on__lte=today).select_related("round").order_by("pk")
    calendar = load_calendar()
    return sum(_open(cycle, calendar, now) for cycle in waiting)


def run_opening(*, now) -> int:
    """``open_cycles`` as worker and command start it: with a sign of life at its end."""
    return run_counted(heartbeats.OPENER, open_cycles, now=now)


def units_of(cycle):
    """Units that owe a report: those existing on the cut-off day, of the level the period belongs to."""
    level = Unit.Level.DISTRICT if cycle.cutoff <= LAST_DISTRICT_DAY else Unit.Level.COMMUNE
    return Unit.objects.valid_on(cycle.cutoff).filter(level=level).order_by("sort_key", "pk")


def due_days(cycle, calendar) -> dict:
    """The due day as it counts, and the last day still counted as on time."""
    due = cycle.round.effective_due(calendar)
    return {"due_on": due, "counted_until": max(due, cycle.round.grace_until or due)}


@transaction.atomic
def _open(cycle, calendar, now) -> bool:
    units = list(units_of(cycle))
    if not units:
        log.warning("Cycle %s is due to open but no unit exists on %s.", cycle.pk, cycle.cutoff)
        return False
    if Cycle.objects.filter(pk=cycle.pk, opened_at=None).update(opened_at=now) != 1:
        return False
    days = due_days(cycle, calendar)
    Obligation.objects.bulk_create(
        [Obligation(cycle=cycle, unit=unit, responsible=unit, **days) for unit in units], ignore_conflicts=True
    )
    return True


def open_obligations():
    """Obligations that still wait for a report."""
    return Obligation.objects.filter(first_sent_at=None, paper_on=None, closed_at=None)


def reschedule(*, cycle, now) -> int:
    """Rewrite the due days of the cycle's open obligations after the Sở moved its dates; returns their number.

    Obligations already fulfilled keep the day they were counted against; an extension keeps its later day.
    """
    days, rows = due_days(cycle, load_calendar()), open_obligations().filter(cycle=cycle)
    own = {name: Greatest(F("extended_to"), Value(day, DateField())) for name, day in days.items()}
    plain = rows.filter(extended_to=None).update(**days)
    return plain + rows.filter(extended_to__isnull=False).update(**own)


@transaction.atomic
def close_obligation(*, obligation, reason, actor, now) -> Obligation:
    """End an open obligation with a reason (“Đơn vị kết thúc hoạt động”, number of the resolution).

    Writes the audit trail. Raises ``StepRefused`` when the person may not, the reason is blank, or it is not open.
    """
    check_manager(actor)
    reason = clean_line(reason)[:300]
    if not reason:
        raise StepRefused("Nhập lý do kết thúc nghĩa vụ báo cáo, kèm số văn bản làm căn cứ.")
    changed = open_obligations().filter(pk=obligation.pk).update(closed_reason=reason, closed_at=now)
    obligation.refresh_from_db()
    if changed != 1:
        raise StepRefused(NOT_OPEN)
    audit(action="obligation.closed", actor=actor.user, now=now, label=str(obligation), detail={"reason": reason})
    return obligation


@transaction.atomic
def move_responsibility(*, obligation, to_unit, resolution, actor, now) -> Obligation:
    """Give an obligation without a report yet to a successor unit; with a report, hand the dossier over instead.

    Writes the audit trail. Raises ``StepRefused``.
    """
    check_manager(actor)
    if not resolution.strip():
        raise StepRefused("Nhập số nghị quyết hoặc văn bản làm căn cứ bàn giao.")
    if to_unit.valid_to and to_unit.valid_to < timezone.localtime(now).date():
        raise StepRefused(f"{to_unit.name} đã kết thúc hoạt động. Chọn đơn vị đang hoạt động.")
    if Report.objects.filter(obligation=obligation).exists():
        raise StepRefused("Báo cáo đã được lập: dùng chức năng bàn giao hồ sơ.")
    if open_obligations().filter(pk=obligation.pk).update(responsible=to_unit) != 1:
        raise StepRefused("Nghĩa vụ này không còn mở.")
    detail = {"to": to_unit.name, "resolution": resolution.strip()}
    audit(action="obligation.moved", actor=actor.user, now=now, label=str(obligation), detail=detail)
    obligation.refresh_from_db()
    return obligation


def check_manager(actor):
    """Raise ``StepRefused`` unless the person may change who owes a report, and by when."""
    if not actor.has_any(MANAGERS):
        raise StepRefused("Việc này do chuyên viên, lãnh đạo phòng hoặc quản trị của Sở thực hiện.")
