"""Doormen of the filling page: whole page, one row, one heading, “các ô còn lại: không phát sinh”."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from dossiers.pages import asked_points
from dossiers.refusals import ContentRefused
from records.numbers import format_number
from reports.content import heading, report_of
from reports.figures import grouped, progress, rows_of
from reports.filing import RowConflict, nil_rest, read_token, row_token, save_entry, save_narrative, unanswered
from reports.forms import EntryForm, NarrativeForm
from reports.models import Entry, Narrative
from reports.process import PROCESS
from reports.sheet import Sheet, other_entry
from reports.views.reading import due_context, visible_report

NO_EDITING = (
    "Báo cáo này chỉ xem được: do đơn vị khác giữ, đang chờ ký hoặc đã gửi, hoặc vai trò của ông/bà chỉ được xem."
)


@login_required
def edit(request, pk):
    """Grid and outline. Without JavaScript one button saves everything; what was typed stays on the page."""
    dossier = visible_report(request, pk)
    editable = _may_edit(request, dossier)
    if request.method != "POST":
        return _edit_page(request, dossier, Sheet(dossier)) if editable else redirect("reports:detail", pk=pk)
    sheet = Sheet(dossier, request.POST)
    try:
        if sheet.save(actor=request.actor, now=timezone.now()):
            return _saved(request, dossier)
    except ContentRefused as error:
        return _edit_page(request, dossier, sheet, refused=error.message, status=409)
    sheet.refresh_versions(dossier)
    return _edit_page(request, dossier, sheet)


def _may_edit(request, dossier) -> bool:
    return PROCESS.status(dossier.status).editable and request.actor.can_write_for(dossier.holder_id)


def _saved(request, dossier):
    if request.POST.get("next") == "check":
        return redirect("reports:check", pk=dossier.pk)
    messages.success(request, f"Đã lưu lúc {timezone.localtime():%H:%M}.")
    return redirect("reports:edit", pk=dossier.pk)


def _edit_page(request, dossier, sheet, *, refused="", status=200):
    state = PROCESS.status(dossier.status)
    asked = asked_points(dossier) if state.editable and dossier.first_submitted_at else None
    context = due_context(sheet.report.obligation, request.actor)
    context |= {"dossier": dossier, "sheet": sheet, "status": state, "asked": asked, "refused_words": refused}
    if asked and asked["due_on"]:
        context["resend_on"] = asked["due_on"]
    return render(request, "reports/edit.html", context, status=status)


@login_required
@require_POST
def save_entry_view(request, pk, indicator):
    """Autosave of one row."""
    report = report_of(visible_report(request, pk))
    cycle = report.obligation.cycle
    wanted = get_object_or_404(cycle.indicators(), pk=indicator)
    form = EntryForm(request.POST, indicator=wanted, entry=Entry(), estimates=cycle.allows_estimates)
    if not form.is_valid():
        return _invalid(form)
    data = form.cleaned_data
    try:
        entry = save_entry(
            report=report,
            indicator=wanted,
            data=data,
            seen_version=read_token(data["version"])[0],
            actor=request.actor,
            now=timezone.now(),
        )
    except RowConflict as error:
        return _conflict(f"{error.message} {other_entry(error.row, wanted)}.", f"{_edit(pk)}#dong-{wanted.pk}")
    except ContentRefused as error:
        return _conflict(error.message, reverse("reports:detail", args=[pk]))
    return JsonResponse(_row_answer(report, entry, form))


def _row_answer(report, entry, form) -> dict:
    """What the page needs after a saved row: how numbers were read, percentages, hint, progress."""
    rows = rows_of(report)
    row = next(row for row in rows if row.indicator.pk == entry.indicator_id)
    places = row.indicator.places
    number = row.indicator.pk
    cells = {f"kh-{number}": row.plan_percent, f"ck-{number}": row.same_percent, f"goi-y-{number}": row.hint}
    for index, (_name, some) in enumerate(grouped(rows), start=1):
        cells[f"nhom-{index}"] = f"{sum(one.entry.answered for one in some)}/{len(some)}"
    echo = {
        form.add_prefix(name): format_number(getattr(entry, name), places)
        for name in ("plan", "actual")
        if getattr(entry, name) is not None
    }
    return _answer(row_token(entry)) | {"echo": echo, "cells": cells, "progress": progress(rows)}


@login_required
@require_POST
def save_narrative_view(request, pk, section):
    """Autosave of one heading."""
    report = report_of(visible_report(request, pk))
    if section not in Narrative.Section.values:
        raise Http404
    label = heading(Narrative.Section(section), report.obligation.cycle)
    form = NarrativeForm(request.POST, section=section, narrative=Narrative(), label=label)
    if not form.is_valid():
        return _invalid(form)
    data = form.cleaned_data
    seen = read_token(data["version"])[0]
    try:
        row = save_narrative(
            report=report,
            section=section,
            text=data["text"],
            seen_version=seen,
            actor=request.actor,
            now=timezone.now(),
        )
    except RowConflict as error:
        return _conflict(error.message, f"{_edit(pk)}#phan-{section}")
    except ContentRefused as error:
        return _conflict(error.message, reverse("reports:detail", args=[pk]))
    return JsonResponse(_answer(row_token(row)))


@login_required
def nil_rest_view(request, pk):
    """Confirm the rows still blank, then set those – and only those – to “Không phát sinh”."""
    dossier = visible_report(request, pk)
    if request.method != "POST" and not _may_edit(request, dossier):
        messages.error(request, NO_EDITING)
        return redirect("reports:detail", pk=pk)
    report = report_of(dossier)
    blank = unanswered(report)
    if request.method == "POST":
        shown = set(request.POST.get("rows", "").split(","))
        wanted = [indicator for indicator in blank if str(indicator.pk) in shown]
        try:
            count = nil_rest(report=report, indicators=wanted, actor=request.actor, now=timezone.now())
            messages.success(request, f"Đã đánh dấu “Không phát sinh” cho {count} chỉ tiêu.")
        except ContentRefused as error:
            messages.error(request, error.message)
        return redirect("reports:edit", pk=pk)
    if not blank:
        messages.info(request, "Các chỉ tiêu đều đã có số hoặc đã đánh dấu “Không phát sinh”.")
        return redirect("reports:edit", pk=pk)
    return render(request, "components/confirm.html", _nil_page(pk, blank))


def _nil_page(pk, blank) -> dict:
    return {
        "heading": "Các ô còn lại: không phát sinh",
        "text": f"{len(blank)} chỉ tiêu dưới đây sẽ được đánh dấu “Không phát sinh” (khác với số 0). "
        "Từng dòng vẫn sửa lại được trước khi gửi.",
        "rows": [(indicator.code, f"{indicator.name} ({indicator.unit_of_measure})") for indicator in blank],
        "hidden": {"rows": ",".join(str(indicator.pk) for indicator in blank)},
        "confirm_label": f"Đánh dấu {len(blank)} chỉ tiêu",
        "cancel_url": _edit(pk),
    }


def _edit(pk):
    return reverse("reports:edit", args=[pk])


def _answer(token) -> dict:
    return {"saved_at": f"{timezone.localtime():%H:%M}", "version": token, "errors": {}}


def _invalid(form):
    errors = {form.add_prefix(name): [str(text) for text in texts] for name, texts in form.errors.items()}
    return JsonResponse({"errors": errors, "message": "sửa chỗ báo lỗi, hệ thống sẽ tự lưu lại."}, status=422)


def _conflict(message, url):
    return JsonResponse({"message": message, "url": url}, status=409)
