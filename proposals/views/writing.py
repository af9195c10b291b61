"""Doormen: start a proposal, fill in its sections, check the whole."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from districts.workdays import load_calendar
from dossiers.models import Dossier
from dossiers.pages import step_choices
from dossiers.refusals import ContentRefused
from proposals import filing, items, posting, sections, timing, writing
from proposals.kind import ProposalKind
from proposals.models import Call
from proposals.process import PROCESS


def visible(request, pk):
    """The proposal's dossier, or 404 when this person may not know of it."""
    try:
        return posting.load(pk, actor=request.actor)
    except Dossier.DoesNotExist:
        raise Http404 from None


def closed_to(dossier, actor) -> str:
    """Why this person cannot fill in the form now; empty when possible."""
    if not actor.can_write_for(dossier.holder_id):
        return "Hồ sơ này do đơn vị khác giữ hoặc vai trò của ông/bà chỉ được xem."
    status = PROCESS.status(dossier.status)
    if not status.editable:
        return f"Hồ sơ đang ở trạng thái “{status.label}” nên chưa sửa được nội dung."
    return ""


@login_required
@require_POST
def new(request, pk):
    """Start a proposal in a call and go to its first section."""
    call = get_object_or_404(Call.objects.select_related("round"), pk=pk)
    try:
        proposal = filing.draft_for(call=call, actor=request.actor, now=timezone.now())
    except ContentRefused as error:
        messages.error(request, error.message)
        return redirect("proposals:call", pk)
    return redirect("proposals:section", proposal.pk, sections.SECTIONS[0].key)


@login_required
def edit(request, pk):
    """The form's first section."""
    return redirect("proposals:section", visible(request, pk).pk, sections.SECTIONS[0].key)


@login_required
def section(request, pk, key):
    """One section: show it, or save what was typed and go on."""
    part = sections.get(key)
    dossier = visible(request, pk)
    if request.method == "POST":
        return _posted(request, dossier, part)
    if reason := closed_to(dossier, request.actor):
        messages.info(request, reason)
        return redirect("proposals:detail", pk)
    version = getattr(dossier.proposal, part.version)
    return _page(request, dossier, part, posting.blank(dossier, part), version)


def _posted(request, dossier, part):
    outcome = posting.post(dossier=dossier, section=part, data=request.POST, actor=request.actor, now=timezone.now())
    if outcome.complete:
        from_check = request.GET.get("tu") == writing.BACK_TO_CHECK
        wish = request.POST.get("sau", "")
        return redirect(writing.next_url(outcome.dossier, part, wish=wish, from_check=from_check))
    return _page(request, outcome.dossier, part, outcome.form, outcome.version, outcome=outcome)


def _page(request, dossier, part, form, version, *, outcome=None):
    context = writing.section_context(dossier, part, form, version)
    context |= {"outcome": outcome, "from_check": request.GET.get("tu") == writing.BACK_TO_CHECK}
    return render(request, "proposals/section.html", context, status=outcome.status if outcome else 200)


@login_required
@require_POST
def save(request, pk, key):
    """Autosave of one section, answered as static/js/autosave.js expects."""
    now, part = timezone.now(), sections.get(key)
    outcome = posting.post(dossier=visible(request, pk), section=part, data=request.POST, actor=request.actor, now=now)
    if outcome.refused:
        return JsonResponse({"message": outcome.refused, "url": request.path.removesuffix("luu/")}, status=409)
    answer = {"version": outcome.version, "errors": outcome.form.unreadable(), "echo": outcome.form.echo()}
    answer["totals"] = {"budget": items.money_text(items.total_money(outcome.dossier.proposal)) or "–"}
    at = f"{timezone.localtime(now):%H:%M}"
    if answer["errors"]:
        text = f"{len(answer['errors'])} ô chưa đọc được, xem chỗ báo lỗi; các ô khác đã lưu lúc {at}."
        return JsonResponse({**answer, "message": text}, status=422)
    return JsonResponse({**answer, "saved_at": at})


@login_required
def check(request, pk):
    """The whole check: all fifteen items, what is missing on top, the way to the signature."""
    dossier = visible(request, pk)
    if reason := closed_to(dossier, request.actor):
        messages.info(request, reason)
        return redirect("proposals:detail", pk)
    now = timezone.now()
    context = writing.page_context(dossier, current="check")
    problems = [finding.problem(pk) for finding in context["findings"]]
    closed = ""
    if not dossier.first_submitted_at:
        closed = timing.closed(dossier.round, today=timezone.localdate(now), calendar=load_calendar())
    context |= {
        "summary": writing.summary(dossier, context["findings"]),
        "blocking": [problem for problem in problems if problem.blocking],
        "hints": [problem for problem in problems if not problem.blocking],
        "choices": [c for c in step_choices(dossier, ProposalKind(), actor=request.actor, now=now) if c.step.checks],
        "closed": closed,
        "theme_url": writing.section_url(dossier, sections.SECTIONS[0], anchor="id_theme", from_check=True),
        "detail_url": reverse("proposals:detail", args=[pk]),
    }
    return render(request, "proposals/check.html", context)
