"""Doormen: the unit's proposals and the calls."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from districts.workdays import load_calendar
from proposals import listing, timing
from proposals.models import FORM_CODE, Call, CallFile
from records.files import open_response


@login_required
def proposals(request):
    """The unit's proposals, the calls open now, the filter. People of the Sở have their own list."""
    actor, today = request.actor, timezone.localdate()
    if actor.unit is None and actor.is_department:
        return redirect("admin:proposals_proposal_changelist")
    form = listing.FilterForm(request.GET)
    page = Paginator(form.narrow(listing.of_unit(actor)), listing.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [listing.row(dossier, actor) for dossier in page],
        "form": form,
        "calls": listing.open_calls(today=today, calendar=load_calendar()),
        "may_write": actor.unit is not None and actor.can_write_for(actor.unit.pk),
    }
    return render(request, "proposals/list.html", context)


@login_required
def call(request, pk):
    """Guidance of one call: dates, themes, text, files."""
    found = get_object_or_404(Call.objects.select_related("round"), pk=pk)
    actor, today, calendar = request.actor, timezone.localdate(), load_calendar()
    context = {
        **listing.describe(found, today, calendar),
        "lede": f"Mẫu {FORM_CODE}, kế hoạch năm {found.plan_year}",
        "plan_year": str(found.plan_year),
        "themes": found.themes.all(),
        "files": found.files.select_related("file"),
        "closed": timing.closed(found.round, today=today, calendar=calendar),
        "may_write": actor.unit is not None and actor.can_write_for(actor.unit.pk),
    }
    return render(request, "proposals/call.html", context)


@login_required
def call_file(request, pk, file):
    """A guidance file of a call, open to every signed-in person."""
    row = get_object_or_404(CallFile.objects.select_related("file"), pk=file, call_id=pk)
    return open_response(row.file)
