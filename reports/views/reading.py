"""Reading pages of the unit: list, start of a report, detail, the check before signing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from districts.workdays import load_calendar
from dossiers.models import Dossier
from dossiers.pages import asked_points, page_context
from dossiers.refusals import ContentRefused
from notices.ladder import days_left
from records.dates import format_date
from reports.content import problems, report_of
from reports.declared_lines import lines_of
from reports.duties import with_progress, work_path
from reports.filing import start_report
from reports.kind import DECLARE, lock_sentence
from reports.listing import inherited, items_of
from reports.models import Obligation
from reports.process import DRAFT, KIND, ON_PAPER, PROCESS, SUPPLEMENT


def visible_report(request, pk):
    """The report's dossier, or 404 when this person may not know of it."""
    rows = Dossier.objects.visible_to(request.actor).filter(kind=KIND)
    return get_object_or_404(rows.select_related("unit", "holder", "round", "assignee", "saved_by"), pk=pk)


@login_required
def report_list(request):
    """Obligations of the unit worked for: current ones first, then how former cycles ended."""
    actor = request.actor
    if actor.unit is None and actor.is_department:
        return redirect("admin:reports_report_changelist")
    if actor.unit is None:
        return render(request, "reports/list.html", {"unit": None})
    today = timezone.localdate()
    current, former = items_of(actor.unit, today=today, actor=actor)
    page = Paginator(inherited(actor), 25).get_page(request.GET.get("page"))
    context = {"unit": actor.unit, "current": current, "former": former, "inherited": page, "today": today}
    return render(
        request,
        "reports/list.html",
        context | {"can_write": actor.can_write_for(actor.unit.pk), "declare_label": DECLARE},
    )


@login_required
def open_report(request, pk):
    """Start page of an obligation; POST creates the report, or finds the one a colleague just created."""
    mine = with_progress(Obligation.objects.filter(responsible_id__in=request.actor.unit_ids))
    related = ("cycle__round", "cycle__programme", "unit", "responsible", "report__dossier")
    obligation = get_object_or_404(mine.select_related(*related), pk=pk)
    if request.method == "POST":
        try:
            report = start_report(obligation=obligation, actor=request.actor, now=timezone.now())
            return redirect("reports:edit", pk=report.pk)
        except ContentRefused as error:
            messages.error(request, error.message)
    elif hasattr(obligation, "report"):
        return redirect(work_path(obligation))
    lines = lines_of(obligation, actor=request.actor)
    return render(request, "reports/open.html", due_context(obligation, request.actor) | {"lines": lines})


def due_context(obligation, actor) -> dict:
    """Due day, days left and lock of an obligation: what head lines and notes need."""
    today, calendar = timezone.localdate(), load_calendar()
    return {
        "obligation": obligation,
        "cycle": obligation.cycle,
        "days_left": days_left(obligation.due_on, today, calendar),
        "grace": _grace(obligation, today),
        "locked": lock_sentence(obligation, obligation.cycle.round, today=today, calendar=calendar),
        "can_write": actor.can_write_for(obligation.responsible_id),
    }


def _grace(obligation, today):
    """What counts in the days of grace; empty outside them."""
    last = obligation.counted_until
    return f"vẫn tính đúng hạn đến hết {format_date(last)}" if obligation.due_on < today <= last else ""


@login_required
def detail(request, pk):
    """The report as read, with its steps, history, papers and remarks."""
    dossier = visible_report(request, pk)
    context = page_context(dossier, actor=request.actor, now=timezone.now())
    obligation = report_of(dossier).obligation
    return render(request, "reports/detail.html", due_context(obligation, request.actor) | context)


@login_required
def check(request, pk):
    """The whole check, and from there “Trình ký”."""
    dossier = visible_report(request, pk)
    status = PROCESS.status(dossier.status)
    if not (status.editable and request.actor.can_write_for(dossier.holder_id)):
        return redirect("reports:detail", pk=pk)
    found = problems(dossier)
    action = {DRAFT: "submit_for_signature", ON_PAPER: "submit_paper_copy", SUPPLEMENT: "submit_again"}
    context = {
        "dossier": dossier,
        "status": status,
        "step": PROCESS.step(action[dossier.status]),
        "blocking": [problem for problem in found if problem.blocking],
        "hints": [problem for problem in found if not problem.blocking],
        "asked": asked_points(dossier) if dossier.first_submitted_at else None,
    }
    obligation = report_of(dossier).obligation
    return render(request, "reports/check.html", due_context(obligation, request.actor) | context)
