"""The unit's steps: a page each, so that every act has an address and works without JavaScript."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.people import people_of
from dossiers import kinds
from dossiers.door import take_step
from dossiers.inputs import StepForm
from dossiers.models import Dossier
from dossiers.pages import receipt_url
from dossiers.process import UNIT_LEADING
from dossiers.refusals import StepRefused
from dossiers.signing import WAITING_FOR_LEADER


def visible_dossier(request, pk):
    """The dossier, or 404 when this person may not know of it."""
    rows = Dossier.objects.visible_to(request.actor).select_related("unit", "holder", "round", "assignee")
    return get_object_or_404(rows, pk=pk)


@login_required
def step(request, pk, action):
    """Confirm one step, with its note and fields; POST takes it."""
    dossier = visible_dossier(request, pk)
    kind = kinds.get(dossier.kind)
    wanted = kind.process.step(action)
    if wanted is None or wanted.letter:
        raise Http404
    initial = {"version": dossier.version, "content_seq": dossier.content_seq}
    form = StepForm(request.POST or None, step=wanted, initial=initial)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            take_step(dossier=dossier, action=action, actor=request.actor, now=timezone.now(), **form.step_arguments())
            return after_step(request, dossier, wanted)
        except StepRefused as error:
            refused = error
            dossier.refresh_from_db()
            form = _renewed(form, refused, dossier)
    elif request.method == "GET":
        refused = refused_beforehand(dossier, kind, wanted, request.actor)
    return step_page(request, "dossiers/step.html", dossier, kind, step=wanted, form=form, refused=refused)


def _renewed(form, refused, dossier):
    """The same words on a form of the present version, so that choosing again is possible; sentences at their field."""
    data = form.data.copy()
    data.update({"version": dossier.version, "content_seq": dossier.content_seq})
    again = StepForm(data, step=form.step)
    again.is_valid()
    for name, sentences in refused.fields.items():
        if name in again.fields:
            again.add_error(name, sentences)
    return again


def refused_beforehand(dossier, kind, wanted, actor):
    """Say at once what would be refused on POST, so that nobody types for nothing."""
    verdict = kind.process.may(wanted, actor=actor, holder_id=dossier.holder_id)
    if not verdict:
        return StepRefused(verdict.reason)
    if dossier.status not in wanted.sources:
        label = kind.process.status(dossier.status).label
        return StepRefused(f"Hồ sơ đang ở trạng thái “{label}”, không còn ở bước này.")
    if wanted.checks:
        problems = [problem for problem in kind.problems(dossier) if problem.blocking]
        if problems:
            text = f"Còn {len(problems)} nội dung cần hoàn thiện trước khi chọn “{wanted.label}”."
            return StepRefused(text, problems=problems)
    refusal = kind.refusal(dossier, wanted, now=timezone.now())
    return StepRefused(refusal) if refusal else None


def after_step(request, dossier, wanted):
    """Where a step leads: to the receipt, or back to the dossier with a word on what is next."""
    dossier.refresh_from_db()
    if wanted and wanted.sends:
        return redirect(receipt_url(dossier, dossier.revisions.count()))
    messages.success(request, _said(dossier, wanted))
    return redirect(kinds.get(dossier.kind).path(dossier))


def _said(dossier, wanted):
    """What a step has done; after “Trình ký” also who knows of it and what to do when it is signed elsewhere."""
    if wanted is None:
        return "Đã ghi số, ngày và bản ký số."
    if wanted.target not in WAITING_FOR_LEADER:
        status = kinds.get(dossier.kind).process.status(dossier.status)
        return f"{wanted.done}: hồ sơ đang ở trạng thái “{status.label}”."
    leaders = people_of(dossier.holder_id, roles=UNIT_LEADING, today=timezone.localdate())
    names = ", ".join(person.get_full_name() for person in leaders)
    told = f"Đã báo lãnh đạo đơn vị: {names}." if names else "Đơn vị chưa có lãnh đạo trên Cổng để ký."
    return (
        f"Đã trình ký. {told} Nếu ký ngoài Cổng: in bản trình bày theo mẫu, ký và ban hành như thường lệ, rồi văn thư "
        "hoặc người soạn thảo chọn “Đã ký ban hành”."
    )


def step_page(request, template, dossier, kind, *, step, form, refused):
    context = {"dossier": dossier, "kind": kind, "step": step, "form": form, "refused": refused}
    context["status"] = kind.process.status(dossier.status)
    context["back"] = kind.path(dossier)
    context["said_sent"] = kind.said_sent([dossier]).get(dossier.pk)
    return render(request, template, context, status=409 if refused and request.method == "POST" else 200)
