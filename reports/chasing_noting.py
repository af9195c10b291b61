"""What the pages of “Đôn đốc” do when somebody notes a letter, a message or a call."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied

from notices.touches import CHASERS, TouchRefused, record

CHASERS_ONLY = "{} do chuyên viên, lãnh đạo phòng, văn thư hoặc quản trị của Sở thực hiện."
WORDS = {"letter": "công văn", "message": "lời nhắn", "call": "cuộc gọi"}


def for_chasers(request, what="Việc này"):
    """Doorman of the pages that show telephone numbers and addresses, or write."""
    if not request.actor.has_any(CHASERS):
        raise PermissionDenied(CHASERS_ONLY.format(what))


def noted(request, form, about, kind, now, write=None) -> bool:
    """Note the touches; a refusal stays on the page with what was typed. ``write``: another door than ``record``."""
    for_chasers(request, "Ghi nhận đôn đốc")
    values = dict(form.cleaned_data) if form else {}
    try:
        if write:
            count = write(about=about, actor=request.actor, now=now, **values)
        else:
            once = request.POST.get("once", "")[:64]
            count = record(about=about, kind=kind, actor=request.actor, now=now, once=once, **values)
    except TouchRefused as refusal:
        if form is None:
            messages.error(request, refusal.message)
        else:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    if count:
        messages.success(request, f"Đã ghi nhận {WORDS[kind]} cho {count} đơn vị.")
    if known := len(about) - count:  # the same letter, or the same page sent again
        messages.info(request, f"{known} đơn vị đã có {WORDS[kind]} này trong sổ đôn đốc từ trước, không ghi thêm.")
    return True
