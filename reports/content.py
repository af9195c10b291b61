"""The whole content of a report as JSON values, and the check before signing."""

from django.urls import reverse

from dossiers.kinds import Problem
from reports.figures import columns, earlier, progress, rows_of
from reports.models import Narrative, Report
from reports.wording import direction_heading, period_phrase, programme_phrase

OPTIONAL = (Narrative.Section.REQUESTS,)


def report_of(dossier) -> Report:
    """The report with everything its pages read, in one query."""
    return Report.objects.select_related(
        "dossier__unit",
        "dossier__holder",
        "dossier__round",
        "dossier__saved_by",
        "obligation__cycle__round",
        "obligation__cycle__programme",
        "obligation__unit",
    ).get(pk=dossier.pk)


def heading(section, cycle) -> str:
    return direction_heading(cycle) if section == Narrative.Section.DIRECTION else section.label


def snapshot(dossier) -> dict:
    """JSON of the report with the labels needed to read it later; independent of signer and of later edits."""
    report = report_of(dossier)
    obligation = report.obligation
    cycle, unit = obligation.cycle, obligation.unit
    before = earlier(obligation)
    rows = rows_of(report, before)
    texts = dict(report.narratives.values_list("section", "text"))
    return {
        "schema": 1,
        "programme": {"number": cycle.programme.number, "phrase": programme_phrase(cycle.programme)},
        "cycle": {
            "title": cycle.round.title,
            "kind": cycle.kind,
            "year": cycle.year,
            "period": period_phrase(cycle),
            "period_start": cycle.period_start.isoformat(),
            "cutoff": cycle.cutoff.isoformat(),
            "first_day": f"{cycle.period_start:%d/%m/%Y}",
            "last_day": f"{cycle.cutoff:%d/%m/%Y}",
        },
        "unit": {
            "code": unit.code,
            "name": unit.name,
            "body_name": unit.body_name,
            "place_name": unit.place_name,
            "organ_lines": list(unit.organ_lines),
        },
        "columns": [{"key": column.key, "label": column.label} for column in columns(cycle)],
        "rows": [_row(row) for row in rows],
        "estimates": sum(row.entry.estimate and row.entry.actual is not None for row in rows),
        "note": before.note,
        "progress": progress(rows),
        "narrative": [
            {"section": section.value, "heading": heading(section, cycle), "text": texts.get(section.value, "")}
            for section in Narrative.Section
        ],
    }


def _row(row) -> dict:
    indicator, entry = row.indicator, row.entry
    return {
        "id": indicator.pk,
        "code": indicator.code,
        "name": indicator.name,
        "group": indicator.group,
        "unit": indicator.unit_of_measure,
        "measure": indicator.measure,
        "places": indicator.places,
        "plan": _text(entry.plan),
        "actual": _text(entry.actual),
        "nil": entry.nil,
        "estimate": entry.estimate and entry.actual is not None,
        "remark": entry.remark,
        "half": _text(row.half.value),
        "half_nil": row.half.nil,
        "same": _text(row.same.value),
        "same_nil": row.same.nil,
        "plan_percent": row.plan_percent,
        "same_percent": row.same_percent,
    }


def _text(number):
    return None if number is None else str(number)


def problems(dossier) -> list[Problem]:
    """The whole check: every indicator answered, estimates only where taken, sections I–IV written; then hints."""
    report = report_of(dossier)
    cycle = report.obligation.cycle
    page = reverse("reports:edit", args=[dossier.pk])
    found, hints = [], []
    for row in rows_of(report):
        place, path = str(row.indicator), f"{page}#dong-{row.indicator.pk}"
        if not row.entry.answered:
            found.append(Problem(place, "Nhập số, hoặc đánh dấu “Không phát sinh”.", path))
        if row.entry.estimate and row.entry.actual is not None and not cycle.allows_estimates:
            found.append(Problem(place, "Kỳ này không nhận số ước: lưu lại dòng này với số chính thức.", path))
        if row.hint:
            hints.append(Problem(place, row.hint, path, blocking=False))
    texts = dict(report.narratives.values_list("section", "text"))
    for section in Narrative.Section:
        if section not in OPTIONAL and not texts.get(section.value, "").strip():
            path = f"{page}#phan-{section.value}"
            found.append(Problem(heading(section, cycle), "Mục này chưa có nội dung.", path))
    return found + hints
