"""“Đôn đốc” of a cycle: who has not sent, the list for the phone, the call; letter and message stand beside."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from accounts.gaps import keepers
from notices.holds import HOLDERS
from notices.letter_drafts import waiting_drafts
from notices.models import Touch
from notices.touch_corrections import may_correct
from notices.touches import CHASERS
from records.dates import format_date
from records.text import whole_number
from reports import chasing
from reports.admin_chasing_letter import LetterViews, draft_scope
from reports.admin_chasing_message import MessageViews
from reports.chasing_chosen import EVERYBODY, PER_PAGE, chosen_rows, joined, numbers
from reports.chasing_forms import CallForm, ChasingFilter
from reports.chasing_links import board_path, filter_of, with_query
from reports.chasing_noting import for_chasers, noted
from reports.models import Cycle
from reports.opening import MANAGERS

CYCLES_SHOWN = 24


class ChasingViews(LetterViews, MessageViews):
    """Mixin for the admin of cycles: the page and its acts."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        stem = "<int:pk>/don-doc/"
        return [
            path("don-doc/", wrap(self.latest_view), name="reports_chasing_latest"),
            path(stem, wrap(self.chasing_view), name="reports_chasing"),
            path(f"{stem}danh-sach-goi/", wrap(self.phone_view), name="reports_chasing_phone"),
            path(f"{stem}<int:obligation>/goi/", wrap(self.call_view), name="reports_chasing_call"),
            *super().get_urls(),
        ]

    def latest_view(self, request):
        """The cycle to chase for now."""
        cycle = chasing.latest_cycle()
        if cycle is None:
            messages.info(request, "Chưa có kỳ báo cáo nào đã mở. Trang đôn đốc có khi kỳ đầu tiên mở.")
            return redirect("admin:reports_cycle_changelist")
        return redirect(board_path(request, cycle))

    def chasing_view(self, request, pk):
        cycle = self.cycle_of(pk)
        cycles = list(Cycle.objects.exclude(opened_at=None).select_related("round")[:CYCLES_SHOWN])
        cycles += [] if cycle in cycles else [cycle]
        if (other := whole_number(request.GET.get("ky"))) in {one.pk for one in cycles} - {cycle.pk}:
            return redirect(board_path(request, Cycle(pk=other)))
        form = ChasingFilter(request.GET, cycles=cycles, cycle=cycle)
        chosen, everyone = form.chosen, chasing.rows_of(cycle, now=timezone.now())
        only = chosen.get("only", "")
        rows = chasing.narrowed(everyone, only=only, term=chosen.get("q", ""), sort=chosen.get("sort", ""))
        found = chasing.counts(everyone)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        chasing.say_former(page.object_list, chosen.get("q", ""))
        context = {
            "title": f"Đôn đốc: {cycle}",
            "filter": form,
            "chosen": chosen,
            "only": only,
            "chips": [(code, label, found[code]) for code, label in chasing.FILTERS.items()],
            "page_obj": page,
            "rows": page.object_list,
            "keepers": keepers(request.actor.today) if only == "nobody" else [],
            "several": len(cycles) > 1,
            "drafts": waiting_drafts(draft_scope(cycle)),
            "letter_url": with_query(reverse("admin:reports_chasing_letter", args=[cycle.pk]), filter_of(request)),
            "may_hold": request.actor.has_any(HOLDERS),
            "may_extend": request.actor.has_any(MANAGERS),
            **_ticks(request, everyone, page.object_list),
        }
        return self.chasing_page(request, "admin/chasing.html", cycle, context)

    def phone_view(self, request, pk):
        """A list for an afternoon on the phone, to print or to tap: the ticked units, or all the filter shows."""
        for_chasers(request, "Danh sách gọi điện có số điện thoại của từng người; gọi và xem danh sách")
        cycle, now = self.cycle_of(pk), timezone.now()
        rows = [row for row in chosen_rows(cycle, request.GET, now=now, default_all=True) if row.obligation.is_open]
        context = {"title": "Danh sách gọi điện", "rows": rows, "now": now}
        return self.chasing_page(request, "admin/chasing_phone.html", cycle, context)

    def call_view(self, request, pk, obligation):
        """Note a call with its promise; beside it what was tried before."""
        cycle, now = self.cycle_of(pk), timezone.now()
        rows = chasing.rows_of(cycle, now=now, ids=[obligation])
        if not rows:
            raise Http404("no such obligation in this cycle")
        row, back = rows[0], board_path(request, cycle, "page", "chon", EVERYBODY)
        form = CallForm(request.POST or None)
        typed = request.method == "POST" and form.is_valid()
        if typed and noted(request, form, [row.about], Touch.Kind.CALL, now):
            _tell_late(request, row, form.cleaned_data["promised_on"])
            return redirect(back)
        context = {
            "title": f"Ghi nhận cuộc gọi: {row.unit.name}",
            "row": row,
            "form": form,
            "chasing_url": back,
            "correctable": {touch.pk for touch in row.log if may_correct(touch, request.actor)},
        }
        return self.chasing_page(request, "admin/chasing_call.html", cycle, context, status=422 if form.errors else 200)

    def cycle_of(self, pk):
        return get_object_or_404(Cycle.objects.select_related("round", "programme"), pk=pk)

    def to_chasing(self, request, cycle):
        return redirect(board_path(request, cycle, "page"))

    def chasing_page(self, request, template, cycle, context, status=200):
        kept = filter_of(request, "page", "chon", EVERYBODY)
        common = {
            **self.admin_site.each_context(request),
            "cycle": cycle,
            "today": request.actor.today,
            "chasing_url": board_path(request, cycle),
            "kept": f"?{kept}" if kept else "",
            "cycles_url": reverse("admin:reports_cycle_changelist"),
            "may_chase": request.actor.has_any(CHASERS),
            "once": request.POST.get("once") or uuid.uuid4().hex,  # this visit: sent twice it is noted once
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**common, **context}, status=status)


def _ticks(request, everyone, shown):
    """What was ticked before the page was filtered or turned, and which of it is not on the page now."""
    ticked, everything = set(numbers(request.GET)), bool(request.GET.get(EVERYBODY))
    here = {row.obligation.pk for row in shown}
    elsewhere = [row for row in everyone if row.obligation.pk in ticked - here]
    waiting = [row for row in everyone if row.obligation.pk in ticked]
    return {
        "ticked": here if everything else ticked,
        "everything": everything,
        "elsewhere": elsewhere,
        "elsewhere_keys": joined(elsewhere),
        "ticked_keys": joined(waiting),
        "bare_url": with_query(request.path, filter_of(request)),
    }


def _tell_late(request, row, day):
    """A promise that does not keep the deadline is taken down, and said."""
    if day and request.actor.today <= row.obligation.counted_until < day:
        due = format_date(row.obligation.counted_until)
        messages.warning(
            request,
            f"Ngày hứa gửi {format_date(day)} sau hạn {due} của {row.unit.name}. Hạn không đổi; "
            "nếu Sở đồng ý gửi muộn hơn, chọn đơn vị rồi “Gia hạn”.",
        )
