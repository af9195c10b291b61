"""The unit's steps: a page each, so that every act has an address and works without JavaScript."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dossiers import kinds, letters
from dossiers.door import take_step
from dossiers.forms import LetterForm, waiting_dossiers
from dossiers.inputs import StepForm
from dossiers.models import Dossier
from dossiers.pages import receipt_url
from dossiers.refusals import StepRefused
from records.files import FileRefused


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
            return _after(request, dossier, wanted)
        except StepRefused as error:
            refused = error
            dossier.refresh_from_db()
            form = _renewed(form, refused, dossier)
    elif request.method == "GET":
        refused = _refused_beforehand(dossier, kind, wanted, request.actor)
    return _page(request, "dossiers/step.html", dossier, kind, step=wanted, form=form, refused=refused)


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


@login_required
def sign(request, pk):
    """“Đã ký ban hành”: number, date, signer and signed PDF of one letter for one or several dossiers."""
    dossier = visible_dossier(request, pk)
    again = dossier.first_submitted_at is not None
    wanted = kinds.get(dossier.kind).process.step("record_signed_again" if again else "record_signed")
    others = waiting_dossiers(dossier, statuses=wanted.sources)
    return _letter_page(request, dossier, wanted=wanted, others=others)


@login_required
def letter(request, pk):
    """“Bổ sung số, ngày, bản ký số” after the leader has sent."""
    dossier = visible_dossier(request, pk)
    others = sorted(letters.waiting_for_letter(dossier.holder_id), key=lambda row: row.pk != dossier.pk)
    return _letter_page(request, dossier, wanted=None, others=others)


def _letter_page(request, dossier, *, wanted, others):
    kind = kinds.get(dossier.kind)
    now = timezone.now()
    form, refused = None, None
    if dossier not in others:
        if request.method == "POST" and dossier.letter_items.exists():
            return _after(request, dossier, wanted)  # the second click of a double click
        refused = StepRefused(_not_waiting(dossier, kind, wanted))
    elif not request.actor.can_write_for(dossier.holder_id):
        refused = StepRefused("Việc này do văn thư hoặc người soạn thảo của đơn vị thực hiện.")
    else:
        posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = LetterForm(*posted, dossiers=others, chosen=dossier, today=timezone.localdate())
        if request.method == "POST" and form.is_valid():
            try:
                _record(form, wanted, request.actor, now)
                dossier.refresh_from_db()
                return _after(request, dossier, wanted)
            except (StepRefused, FileRefused) as error:
                refused = error if isinstance(error, StepRefused) else StepRefused(str(error))
                dossier.refresh_from_db()
                if wanted and dossier.status not in wanted.sources and dossier.letter_items.exists():
                    return _after(request, dossier, wanted)  # the other of two clicks at once has done it
                form.renew(refused)
        elif request.method == "GET" and wanted:
            refused = _refused_beforehand(dossier, kind, wanted, request.actor)
    return _page(request, "dossiers/letter.html", dossier, kind, step=wanted, form=form, refused=refused)


def _record(form, wanted, actor, now):
    if wanted:
        letters.send_signed(seen=form.seen(), actor=actor, now=now, **form.letter_arguments())
    else:
        letters.add_letter(actor=actor, now=now, **form.letter_arguments())


def _not_waiting(dossier, kind, wanted):
    label = kind.process.status(dossier.status).label
    if wanted:
        return f"Hồ sơ đang ở trạng thái “{label}”. Trình ký trước, rồi ghi nhận “Đã ký ban hành”."
    return "Hồ sơ này đã có số, ngày, bản ký số hoặc chưa được gửi."


def _refused_beforehand(dossier, kind, wanted, actor):
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


def _after(request, dossier, wanted):
    dossier.refresh_from_db()
    if wanted and wanted.sends:
        return redirect(receipt_url(dossier, dossier.revisions.count()))
    status = kinds.get(dossier.kind).process.status(dossier.status)
    messages.success(
        request,
        f"{wanted.done}: hồ sơ đang ở trạng thái “{status.label}”." if wanted else "Đã ghi số, ngày và bản ký số.",
    )
    return redirect(kinds.get(dossier.kind).path(dossier))


def _page(request, template, dossier, kind, *, step, form, refused):
    context = {"dossier": dossier, "kind": kind, "step": step, "form": form, "refused": refused}
    context["status"] = kind.process.status(dossier.status)
    context["back"] = kind.path(dossier)
    return render(request, template, context, status=409 if refused and request.method == "POST" else 200)
