"""“Hộp thư”: what a person was told, on the portal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from notices import inbox
from notices.models import InboxItem

PER_PAGE = 25


@login_required
@require_safe
def listing(request):
    """One's own items, newest first."""
    page = Paginator(InboxItem.objects.filter(person=request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/inbox.html", {"page_obj": page, "items": page.object_list})


@login_required
def open_item(request, pk):
    """Mark one item read and go where it leads; 404 for somebody else's. Opened as a link, as after signing in anew,
    it marks nothing: back to the list."""
    if request.method != "POST":
        return redirect("inbox")
    item = get_object_or_404(InboxItem, pk=pk, person=request.user)
    return redirect(inbox.open_item(item, now=timezone.now()))


@login_required
def read_all(request):
    """Mark everything read; opened as a link it only leads to the list."""
    if request.method != "POST":
        return redirect("inbox")
    count = inbox.read_all(request.user, now=timezone.now())
    messages.success(request, f"Đã đánh dấu {count} tin là đã đọc." if count else "Không còn tin nào chưa đọc.")
    return redirect("inbox")
