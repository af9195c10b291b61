"""Doormen for files and remarks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dossiers import kinds, papers
from dossiers.forms import AttachmentForm, CommentForm
from dossiers.refusals import StepRefused
from dossiers.views.steps import visible_dossier
from records.addresses import client_address
from records.files import FileRefused, open_response


def _path(request, dossier):
    kind = kinds.get(dossier.kind)
    return kind.admin_path(dossier) if request.actor.is_department else kind.path(dossier)


@login_required
def attach(request, pk):
    """One file at a time, with a name a reader understands."""
    dossier = visible_dossier(request, pk)
    form = AttachmentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            papers.attach(
                dossier=dossier,
                upload=form.cleaned_data["upload"],
                title=form.cleaned_data["title"],
                actor=request.actor,
                now=timezone.now(),
            )
            messages.success(request, "Đã thêm tài liệu.")
            return redirect(_path(request, dossier))
        except (StepRefused, FileRefused) as error:
            form.add_error("upload", str(error))
    return render(request, "dossiers/attach.html", {"form": form, "dossier": dossier, "back": _path(request, dossier)})


@login_required
def detach(request, pk, attachment):
    """Ask, then take the file off the list."""
    dossier = visible_dossier(request, pk)
    row = get_object_or_404(dossier.attachments.select_related("dossier"), pk=attachment, removed_at=None)
    if request.method == "POST":
        try:
            papers.detach(attachment=row, actor=request.actor, now=timezone.now())
            messages.success(request, f"Đã bỏ tài liệu “{row.title}”.")
        except StepRefused as error:
            messages.error(request, error.message)
        return redirect(_path(request, dossier))
    context = {
        "heading": f"Bỏ tài liệu “{row.title}”",
        "text": "Tài liệu không còn đi cùng hồ sơ. Các bản đã gửi trước đây không thay đổi.",
        "confirm_label": "Bỏ tài liệu",
        "danger": True,
        "cancel_url": _path(request, dossier),
    }
    return render(request, "components/confirm.html", context)


@login_required
def comment(request, pk):
    """Add a remark; an empty or too long one comes back on its own page with the text kept. Opened as a link it leads
    to the dossier."""
    dossier = visible_dossier(request, pk)
    if request.method != "POST":
        return redirect(f"{_path(request, dossier)}#trao-doi")
    form = CommentForm(request.POST)
    if not request.actor.is_department:
        del form.fields["internal"]
    if form.is_valid():
        try:
            papers.comment(
                dossier=dossier,
                body=form.cleaned_data["body"],
                internal=form.cleaned_data.get("internal", False),
                actor=request.actor,
                now=timezone.now(),
            )
            messages.success(request, "Đã gửi nội dung trao đổi.")
            return redirect(f"{_path(request, dossier)}#trao-doi")
        except StepRefused as error:
            form.add_error(None, error.message)
    context = {
        "heading": f"Trao đổi về hồ sơ {dossier}",
        "form": form,
        "confirm_label": "Gửi",
        "cancel_url": _path(request, dossier),
    }
    return render(request, "components/confirm.html", context, status=400)


@login_required
def file(request, pk):
    """A file through its permission check; who read it is kept."""
    stored = papers.readable_file(pk, request.actor)
    if stored is None:
        raise Http404
    papers.note_download(stored, actor=request.actor, now=timezone.now(), ip=client_address(request))
    return open_response(stored)
