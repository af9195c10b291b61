"""“Sao chép lời nhắn”: one message per chosen unit, or one for the group; what was sent is noted."""

from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from notices.models import Touch
from reports import chasing
from reports.chasing_chosen import PER_PAGE, chosen_rows, joined, numbers
from reports.chasing_contact import contact_of
from reports.chasing_links import board_path
from reports.chasing_message import GROUP, for_group, group_message, message_for
from reports.chasing_noting import for_chasers, noted

LISTED = "dong"  # parameter: keys of all rows the page was made of


class MessageViews:
    """Mixin for the admin of cycles."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.message_view)
        return [path("<int:pk>/don-doc/loi-nhan/", view, name="reports_chasing_message"), *super().get_urls()]

    def message_view(self, request, pk):
        """One message per chosen unit to copy, page by page, or one for all of them.

        POST notes exactly those the page wrote to and a person ticked, also who has sent or begun meanwhile.
        """
        for_chasers(request, "Lời nhắn đôn đốc")
        cycle, now = self.cycle_of(pk), timezone.now()
        if request.method == "POST":
            found = chasing.rows_of(cycle, now=now, ids=numbers(request.POST, LISTED))
        else:
            found = chosen_rows(cycle, request.GET, now=now)
        rows = [row for row in found if row.obligation.is_open]
        page, group = Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), for_group(rows)
        if request.method == "POST":
            whole = numbers(request.POST, GROUP)
            written = chasing.rows_of(cycle, now=now, ids={*numbers(request.POST), *whole})
            if noted(request, None, [row.about for row in written], Touch.Kind.MESSAGE, now):
                return redirect((None if whole else _next_page(request, page)) or board_path(request, cycle))
        contact = contact_of(request.actor)
        context = {
            "title": "Sao chép lời nhắn",
            "lines": [(row, message_for(row, contact)) for row in page.object_list],
            "all_keys": joined(rows),
            "page_obj": page,
            "group": group,
            "group_keys": joined(group),
            "group_text": group_message(group, contact) if group else "",
        }
        return self.chasing_page(request, "admin/chasing_message.html", cycle, context)


def _next_page(request, page):
    if not page.has_next():
        return None
    query = request.GET.copy()
    query["page"] = page.next_page_number()
    return f"{request.path}?{query.urlencode()}"
