"""Reading: receipt, a frozen revision, the official paper."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import Signer
from dossiers import kinds
from dossiers.models import Dossier
from dossiers.pages import content_for, letters_of
from dossiers.views.steps import visible_dossier
from records.text import whole_number


@login_required
def receipt(request, code, number):
    """The receipt of one sending. Its address never changes; a refresh sends nothing."""
    dossier = get_object_or_404(
        Dossier.objects.visible_to(request.actor).select_related("unit", "holder", "round"), code=code
    )
    revision = get_object_or_404(dossier.revisions.select_related("event"), number=number)
    kind = kinds.get(dossier.kind)
    context = {
        "dossier": dossier,
        "kind": kind,
        "revision": revision,
        "on_time": kind.on_time(dossier) if number == 1 else "",
        "letters": letters_of(dossier, revision=number),
        "needs_letter": dossier.needs_letter and number == dossier.revisions.count(),
        "path": kind.admin_path(dossier) if request.actor.is_department else kind.path(dossier),
    }
    return render(request, "dossiers/receipt.html", context)


@login_required
def revision(request, pk, number):
    """The content as it was sent."""
    dossier = visible_dossier(request, pk)
    frozen = get_object_or_404(dossier.revisions.select_related("event"), number=number)
    kind = kinds.get(dossier.kind)
    context = {
        "dossier": dossier,
        "kind": kind,
        "revision": frozen,
        "content": frozen.content,
        "reading_template": kind.reading_template,
        "path": kind.admin_path(dossier) if request.actor.is_department else kind.path(dossier),
    }
    return render(request, "dossiers/revision.html", context)


@login_required
def paper(request, pk):
    """The official form for printing: the live content, or a frozen one with ``?lan=N``."""
    dossier = visible_dossier(request, pk)
    kind = kinds.get(dossier.kind)
    number = whole_number(request.GET.get("lan", ""))
    if number is not None:
        content = get_object_or_404(dossier.revisions, number=number).content
    else:
        content = content_for(dossier, kind, actor=request.actor)["content"]
    if content is None:
        raise Http404
    today = timezone.localdate()
    letters = letters_of(dossier)
    signer = Signer.objects.valid_on(today).filter(unit=dossier.holder_id).order_by("authority", "pk").first()
    context = {
        "dossier": dossier,
        "kind": kind,
        "content": content,
        "letter": letters[0] if letters else None,
        "signer": letters[0].signer if letters and letters[0].signer else signer,
        "unit": dossier.holder,
        "today": today,
        "path": kind.admin_path(dossier) if request.actor.is_department else kind.path(dossier),
    }
    return render(request, kind.paper_template, context)
