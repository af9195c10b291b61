"""“Lịch việc cần làm”: the private calendar address of a person, and the file behind it."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods, require_safe

from notices import feed as feeds
from notices.calendar_file import write_calendar
from records.addresses import client_address

RENEW = (
    "Địa chỉ đang dùng ngừng ngay: lịch trên máy tính, điện thoại đã đăng ký không cập nhật nữa.\n"
    "Địa chỉ mới hiện ở trang sau; đăng ký lại ở từng máy."
)
STOP = (
    "Địa chỉ đang dùng ngừng ngay và không dùng lại được: lịch trên máy tính, điện thoại đã đăng ký không cập nhật nữa.\n"
    "Việc cần làm trên Cổng và thư nhắc không thay đổi. Khi cần, tạo địa chỉ khác ở trang Lịch việc cần làm."
)


@login_required
@require_safe
def own(request):
    """The address, how to subscribe, and how to stop."""
    feed = feeds.open_feed_of(request.user)
    return render(request, "notices/calendar.html", {"feed": feed, "address": feeds.address(feed) if feed else ""})


@login_required
@require_http_methods(["GET", "POST"])
def renew(request):
    """A new address; the old one stops at once, so that is asked first."""
    if request.method == "GET":
        return _ask(request, heading="Tạo địa chỉ lịch mới", text=RENEW, confirm_label="Tạo địa chỉ mới")
    former = feeds.open_feed_of(request.user)
    feeds.create_feed(person=request.user, now=timezone.now(), ip=client_address(request))
    made = "Đã tạo địa chỉ lịch mới. Địa chỉ cũ đã ngừng." if former else "Đã tạo địa chỉ lịch."
    messages.success(request, f"{made} Chép địa chỉ vào ứng dụng lịch theo phần “Cách đăng ký”.")
    return redirect("calendar")


@login_required
@require_http_methods(["GET", "POST"])
def stop(request):
    """No calendar any more; asked first."""
    if request.method == "GET":
        return _ask(request, heading="Ngừng chia sẻ lịch", text=STOP, confirm_label="Ngừng chia sẻ", danger=True)
    feeds.revoke_feed(person=request.user, now=timezone.now(), ip=client_address(request))
    messages.success(request, "Đã ngừng chia sẻ lịch. Ứng dụng lịch không đọc được địa chỉ cũ nữa.")
    return redirect("calendar")


def _ask(request, **words):
    """What will happen, before it does; without an address there is nothing to ask."""
    if feeds.open_feed_of(request.user) is None:
        return redirect("calendar")
    return render(request, "components/confirm.html", {**words, "cancel_url": reverse("calendar")})


@require_safe
def file(request, token):
    """The .ics file, without signing in; 404 for an address that is unknown or revoked."""
    feed, now = feeds.find(token), timezone.now()
    if feed is None:
        raise Http404("Không có lịch này.")
    body = write_calendar(feeds.entries(feed, now=now), person=feed.person)
    feeds.note_use(feed, now=now)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="viec-can-lam.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = etag
    changed = int(feed.changed_at.timestamp())
    response["Last-Modified"] = http_date(changed)
    return get_conditional_response(request, etag=etag, last_modified=changed, response=response)
