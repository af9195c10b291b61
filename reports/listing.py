"""The unit's list: what is owed now, what was sent before, what its predecessors sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from districts.models import Succession
from districts.workdays import load_calendar
from dossiers.models import Dossier
from notices.ladder import days_left
from reports.duties import with_progress, work_path
from reports.kind import lock_sentence, on_time_words
from reports.models import Obligation
from reports.process import AWAITING_AGAIN, KIND, PROCESS, SUPPLEMENT


@dataclass
class Item:
    """One obligation as the list shows it."""

    obligation: Obligation
    dossier: Dossier | None
    tone: str
    label: str
    days_left: int
    due_on: object
    path: str
    action: str
    outcome: str = ""
    locked: bool = False
    grace: bool = False  # past its day, sending still counts as on time until ``obligation.counted_until``
    declared: bool = False  # the unit says it has sent; the Sở looks for the letter

    @property
    def title(self):
        return self.obligation.cycle.round.title


def items_of(unit, *, today, actor) -> tuple[list[Item], list[Item]]:
    """``(current, former)`` obligations of a unit, in two queries whatever their number."""
    rows = (
        with_progress(Obligation.objects.filter(Q(responsible=unit) | Q(unit=unit)))
        .select_related("cycle__round", "cycle__programme", "unit", "responsible", "report__dossier")
        .order_by("-cycle__cutoff", "-pk")
    )
    calendar = load_calendar()
    current, former = [], []
    for row in rows:
        item = _item(row, calendar, today, actor)
        (current if _is_current(item) else former).append(item)
    current.sort(key=lambda item: (item.due_on, item.obligation.pk))
    return current, former


def _is_current(item) -> bool:
    returned = item.dossier is not None and item.dossier.status in (SUPPLEMENT, AWAITING_AGAIN)
    return returned or (item.obligation.is_open and not item.locked)


def _item(row, calendar, today, actor) -> Item:
    dossier = row.report.dossier if hasattr(row, "report") else None
    due = dossier.due_on if dossier and dossier.due_on else row.due_on
    tone, label = "idle", "Chưa bắt đầu"
    if dossier:
        status = PROCESS.status(dossier.status)
        tone, label = status.tone, status.label
    writes = actor.can_write_for(row.responsible_id)
    editable = dossier is not None and PROCESS.status(dossier.status).editable and writes
    path = work_path(row) if editable or dossier is None else reverse("reports:detail", args=[dossier.pk])
    action = "Xem" if not editable else "Bổ sung" if dossier.status == SUPPLEMENT else "Làm tiếp"
    item = Item(row, dossier, tone, label, days_left(due, today, calendar), due, path, action)
    if row.is_open:
        _mark_open(item, today, calendar)
    item.locked = row.is_open and bool(lock_sentence(row, row.cycle.round, today=today, calendar=calendar))
    item.outcome = _outcome(row, item, calendar)
    if dossier is None and not row.is_open:
        item.path = ""
    return item


def _mark_open(item, today, calendar):
    """What an obligation still open shows beside its day: days of grace, or what the unit has declared."""
    row = item.obligation
    item.grace = row.due_on < today <= row.counted_until
    if item.grace:
        item.days_left = days_left(row.counted_until, today, calendar)
    item.declared = row.declared_at is not None
    if item.declared:
        item.path, item.action = reverse("reports:declare", args=[row.pk]), "Xem"
        item.tone, item.label = "info", "Đã báo gửi"


def _outcome(row, item, calendar) -> str:
    if row.closed_at:
        return row.closed_reason
    if row.counted_on:
        words = on_time_words(row, calendar)
        paper = "đã nhận qua hệ thống văn bản"
        return f"{words}, {paper}" if row.paper_on and not row.first_sent_at else words
    if item.locked:
        return "Chưa gửi, kỳ đã khóa"
    return "Chưa gửi"


def inherited(actor):
    """Reports sent by units whose ground the actor's unit took over."""
    before = Succession.objects.filter(successor=actor.unit).values("predecessor_id")
    return (
        Dossier.objects.visible_to(actor)
        .filter(kind=KIND, unit_id__in=before)
        .exclude(holder=actor.unit)
        .select_related("unit", "round")
        .order_by("-round__due_on", "unit__sort_key", "pk")
    )
