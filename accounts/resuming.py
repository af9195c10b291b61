"""A form that was sent after the session had ended: what was typed waits in the anonymous session for the sign-in.

Only fields are kept – no files, no passwords –, and only where the request came from a page of the portal: the
check against forged requests has let it pass before.
"""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone

KEY = "resume"
LIMIT = 300_000  # characters: the longest section of a form, several times over
KEEP = dt.timedelta(hours=2)  # a shared computer must not offer yesterday's words to the next person
TOKEN = "csrfmiddlewaretoken"
# What a page carries along for itself; the end of a field's name, after its prefix.
_CARRIED = {"version", "content_seq", "seen", "next", "unit", "pk", "sau"}
LABELS = {
    "body": "Nội dung trao đổi",
    "note": "Ý kiến",
    "reason": "Lý do",
    "remark": "Ghi chú",
    "number": "Số, ký hiệu",
    "issued_on": "Ngày văn bản",
    "signer_text": "Người ký",
    "due_on": "Ngày gửi lại",
    "full_name": "Họ và tên",
    "post": "Chức vụ",
    "phone": "Điện thoại",
    "email": "Thư điện tử",
    "valid_from": "Từ ngày",
    "valid_to": "Đến hết ngày",
}


class ResumeMiddleware:
    """Puts the page “Gửi tiếp” between sign-in and the address, and forgets what has been sent again."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method != "POST":
            return response
        if request.user.is_authenticated:
            if response.status_code < 500 and _waiting(request).get("path") == request.get_full_path():
                forget(request)
        elif _asks_to_sign_in(request, response) and _keep(request):
            return HttpResponseRedirect(f"{resolve_url('accounts:login')}?next={reverse('accounts:resume')}")
        return response


def waiting(request) -> dict | None:
    """What waits to be sent again – path, fields, files, too_long –, or ``None``."""
    found = _waiting(request)
    if found and timezone.now() - dt.datetime.fromisoformat(found["at"]) > KEEP:
        forget(request)
        return None
    return found or None


def forget(request) -> None:
    request.session.pop(KEY, None)


def typed(fields) -> list:
    """[(label, what was typed)] of the fields a person has filled in."""
    shown = []
    for name, values in fields:
        tail = name.rsplit("-", 1)[-1]
        if tail in _CARRIED or name.startswith(("version_", "seq_")):
            continue
        shown += [(LABELS.get(tail, "Nội dung"), value) for value in values if value.strip()]
    return shown


def _waiting(request):
    return request.session.get(KEY) or {}


def _asks_to_sign_in(request, response):
    """Is the answer “sign in, then come back here”, to a person at a page? A script gets its answer unchanged."""
    if response.status_code != 302 or "X-Requested-With" in request.headers:
        return False
    there = urlsplit(response.headers.get("Location", ""))
    return there.path == resolve_url("accounts:login") and request.get_full_path() in parse_qs(there.query).get(
        "next", ()
    )


def _keep(request):
    """Keep the fields; False where nothing was typed, or a password, which is typed again."""
    fields = [(name, values) for name, values in request.POST.lists() if name != TOKEN]
    if not typed(fields) or any("password" in name for name, _ in fields):
        return False
    too_long = sum(len(name) + sum(map(len, values)) for name, values in fields) > LIMIT
    request.session[KEY] = {
        "path": request.get_full_path(),
        "fields": [] if too_long else fields,
        "files": bool(request.FILES),
        "too_long": too_long,
        "at": timezone.now().isoformat(),
    }
    return True
