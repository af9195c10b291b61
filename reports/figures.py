"""The figures of a report: its columns, its rows with earlier numbers beside them, percentages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Exists, OuterRef, Q

from districts.models import Succession
from dossiers.models import Revision
from records.numbers import NOTHING, format_number
from reports.models import Cycle, Entry, Indicator
from reports.process import ACCEPTED, KIND

INCOMPARABLE = "Không so sánh được do sắp xếp đơn vị hành chính"


@dataclass(frozen=True)
class Column:
    key: str
    label: str


def columns(cycle) -> list[Column]:
    """Columns follow the kind of cycle (practice.md 9); a year has no “lũy kế” beside “kỳ này”."""
    if cycle.kind == Cycle.Kind.HALF:
        return [
            Column("plan", "Kế hoạch năm"),
            Column("actual", "Thực hiện kỳ này"),
            Column("same", "Cùng kỳ năm trước"),
            Column("plan_percent", "% kế hoạch"),
        ]
    return [
        Column("plan", "Kế hoạch năm"),
        Column("half", "6 tháng (đã chốt)"),
        Column("actual", "Ước thực hiện cả năm" if cycle.allows_estimates else "Thực hiện cả năm"),
        Column("same", "Cùng kỳ"),
        Column("plan_percent", "% kế hoạch"),
        Column("same_percent", "% cùng kỳ"),
    ]


@dataclass(frozen=True)
class Figure:
    """An earlier number, or the fact that nothing happened then."""

    value: Decimal | None = None
    nil: bool = False


BLANK = Figure()


@dataclass
class Earlier:
    """What accepted reports of the same unit said before. ``note`` says why there is nothing to compare with."""

    half: dict = field(default_factory=dict)
    same: dict = field(default_factory=dict)
    plans: dict = field(default_factory=dict)
    narrative: dict = field(default_factory=dict)
    source: str = ""
    note: str = ""


def earlier(obligation) -> Earlier:
    """Earlier figures of the unit, from the latest revision of ACCEPTED reports only. Two queries at most.

    A unit that did not exist at the former cut-off and took over ground has no “cùng kỳ” (practice.md 14).
    """
    cycle, unit = obligation.cycle, obligation.unit
    later = Revision.objects.filter(dossier=OuterRef("dossier"), number__gt=OuterRef("number"))
    owed = "dossier__report__obligation__cycle"
    found = Earlier()
    rows = (
        Revision.objects.filter(
            Q(**{f"{owed}__year": cycle.year}) | Q(**{f"{owed}__year": cycle.year - 1}),
            ~Exists(later),
            dossier__kind=KIND,
            dossier__status=ACCEPTED,
            dossier__unit_id=unit.pk,
            **{f"{owed}__programme_id": cycle.programme_id, f"{owed}__cutoff__lt": cycle.cutoff},
        )
        .order_by(f"{owed}__cutoff")
        .values_list(f"{owed}__kind", f"{owed}__year", "content", "title")
    )
    for kind, year, content, title in rows:
        if kind == Cycle.Kind.HALF and year == cycle.year:
            found.half = _figures(content)
            found.plans = {row["code"]: row.get("plan") for row in content.get("rows", ())}
        if kind == cycle.kind and year == cycle.year - 1:
            found.same = _figures(content)
        found.narrative = {part["section"]: part["text"] for part in content.get("narrative", ())}
        found.source = title
    if _rearranged(unit, cycle):
        found.same, found.note = {}, INCOMPARABLE
    return found


def _figures(content) -> dict:
    return {row["code"]: Figure(_decimal(row.get("actual")), bool(row.get("nil"))) for row in content.get("rows", ())}


def _decimal(text):
    return None if text in (None, "") else Decimal(text)


def _rearranged(unit, cycle) -> bool:
    if unit.valid_from is None or unit.valid_from <= _year_before(cycle.cutoff):
        return False
    return Succession.objects.filter(successor_id=unit.pk).exists()


def _year_before(day) -> dt.date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


@dataclass
class Row:
    """One indicator with what the unit entered and what stood before."""

    indicator: Indicator
    entry: Entry
    half: Figure = BLANK
    same: Figure = BLANK

    @property
    def plan_percent(self) -> str:
        return percent(self.entry.actual, self.entry.plan)

    @property
    def same_percent(self) -> str:
        return percent(self.entry.actual, self.same.value)

    @property
    def hint(self) -> str:
        """A sentence about a number worth a second look; it never stops the sending."""
        actual = self.entry.actual
        before = self.same.value or self.half.value
        if self.entry.nil and before and not self.entry.remark:
            when = "cùng kỳ" if self.same.value else "6 tháng đã chốt"
            was = format_number(before, self.indicator.places)
            return f"“Không phát sinh”, trong khi {when} là {was}. Nếu đúng, ghi lý do ở ô ghi chú."
        if actual is None:
            return ""
        if self.indicator.measure == Indicator.Measure.PERCENT and actual > 100:
            return "Tỷ lệ lớn hơn 100%. Kiểm tra lại số, hoặc ghi cách tính ở ô ghi chú."
        if self.entry.remark:
            return ""
        places = self.indicator.places
        if self.same.value and abs(actual - self.same.value) > self.same.value / 2:
            word = "Tăng" if actual > self.same.value else "Giảm"
            change = percent(abs(actual - self.same.value), self.same.value)
            was, now = format_number(self.same.value, places), format_number(actual, places)
            return f"{word} {change} so với cùng kỳ ({was} → {now}). Nếu đúng, ghi lý do ở ô ghi chú."
        if self.half.value and actual < self.half.value and self.indicator.measure != Indicator.Measure.PERCENT:
            return f"Thấp hơn số 6 tháng đã chốt ({format_number(self.half.value, places)}). Kiểm tra lại số."
        return ""


def percent(part, whole) -> str:
    """“92,8%”, at most one decimal; “–” where one of the two is missing or the whole is zero."""
    if part is None or not whole:
        return NOTHING
    share = (part * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{format_number(share)}%"


def rows_of(report, before=None) -> list[Row]:
    """The rows of the grid in the order of the programme. Two queries, and those of ``earlier`` if not given."""
    obligation = report.obligation
    before = earlier(obligation) if before is None else before
    entries = {entry.indicator_id: entry for entry in report.entries.select_related("saved_by")}
    return [
        Row(
            indicator,
            entries.get(indicator.pk) or Entry(report=report, indicator=indicator),
            before.half.get(indicator.code, BLANK),
            before.same.get(indicator.code, BLANK),
        )
        for indicator in obligation.cycle.indicators()
    ]


def grouped(rows) -> list[tuple[str, list[Row]]]:
    """Rows under their group headings; the rows of one group stand together, in the order of first appearance."""
    groups: dict[str, list] = {}
    for row in rows:
        groups.setdefault(row.indicator.group, []).append(row)
    return list(groups.items())


def progress(rows) -> dict:
    return {"done": sum(row.entry.answered for row in rows), "total": len(rows)}
