"""“Đôn đốc” of a cycle: who has not sent, and the letter, the message, the call."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from districts.workdays import add_working_days, load_calendar
from notices.holds import HOLDERS
from notices.models import Touch
from notices.touches import CHASERS, TouchRefused, record
from records.text import whole_number
from reports import chasing
from reports.chasing_forms import CallForm, ChasingFilter, DraftForm, IssuedForm
from reports.chasing_letter import letter
from reports.models import Cycle

PER_PAGE = 150  # every commune of the city on one page; the addresses of a selection stay short
REPLY_DAYS = 5
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ChasingViews:
    """Mixin for the admin of cycles: the page and its acts."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        stem = "<int:pk>/don-doc/"
        return [
            path("don-doc/", wrap(self.latest_view), name="reports_chasing_latest"),
            path(stem, wrap(self.chasing_view), name="reports_chasing"),
            path(f"{stem}cong-van/", wrap(self.letter_view), name="reports_chasing_letter"),
            path(f"{stem}cong-van.docx", wrap(self.docx_view), name="reports_chasing_docx"),
            path(f"{stem}loi-nhan/", wrap(self.message_view), name="reports_chasing_message"),
            path(f"{stem}<int:obligation>/goi/", wrap(self.call_view), name="reports_chasing_call"),
            *super().get_urls(),
        ]

    def latest_view(self, request):
        """The cycle to chase for now."""
        cycle = chasing.latest_cycle()
        if cycle is None:
            messages.info(request, "Chưa có kỳ báo cáo nào đã mở. Trang đôn đốc có khi kỳ đầu tiên mở.")
            return redirect("admin:reports_cycle_changelist")
        return redirect(chasing.chasing_path(cycle))

    def chasing_view(self, request, pk):
        cycle = _cycle(pk)
        form = ChasingFilter(request.GET)
        chosen = form.chosen
        everyone = chasing.rows_of(cycle, now=timezone.now())
        only = chosen.get("only", "")
        rows = chasing.narrowed(everyone, only=only, term=chosen.get("q", ""), sort=chosen.get("sort", ""))
        numbers = chasing.counts(everyone)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "title": f"Đôn đốc: {cycle}",
            "filter": form,
            "chosen": chosen,
            "only": only,
            "chips": [(code, label, numbers[code]) for code, label in chasing.FILTERS.items()],
            "page_obj": page,
            "rows": page.object_list,
            "cycles": Cycle.objects.exclude(opened_at=None).exclude(pk=pk).select_related("round")[:12],
            "may_chase": request.actor.has_any(CHASERS),
            "may_hold": request.actor.has_any(HOLDERS),
        }
        return self._page(request, "admin/chasing.html", cycle, context)

    def letter_view(self, request, pk):
        """Draft of the letter for the chosen units; POST notes number and date once it was issued."""
        cycle, now = _cycle(pk), timezone.now()
        rows = chasing.rows_of(cycle, now=now, ids=_chosen(request.GET))
        issued = IssuedForm(request.POST or None)
        if request.method == "POST":
            ticked = set(_chosen(request.POST))
            about = [row.about for row in rows if row.obligation.pk in ticked]
            if issued.is_valid() and _noted(request, issued, about, Touch.Kind.LETTER, now):
                return redirect(chasing.chasing_path(cycle))
        else:
            ticked = {row.obligation.pk for row in rows if row.obligation.is_open}
        context = {
            "title": "Công văn đôn đốc",
            "rows": rows,
            "ticked": ticked,
            "draft": DraftForm(initial=_draft_initial(request.actor, now)),
            "issued": issued,
            "query": request.GET.urlencode(),
        }
        return self._page(request, "admin/chasing_letter.html", cycle, context, status=422 if issued.errors else 200)

    def docx_view(self, request, pk):
        """The draft as .docx; units that have sent meanwhile are left out. Writes nothing."""
        cycle, now = _cycle(pk), timezone.now()
        rows = chasing.rows_of(cycle, now=now, ids=_chosen(request.GET))
        waiting = [row for row in rows if row.obligation.is_open]
        form = DraftForm(request.GET)
        if not waiting or not form.is_valid():
            if not waiting:
                messages.warning(request, "Các đơn vị đã chọn đều đã gửi hoặc chưa có đơn vị nào được chọn.")
            context = {"title": "Công văn đôn đốc", "rows": rows, "draft": form, "issued": IssuedForm()}
            context |= {"ticked": {row.obligation.pk for row in waiting}, "query": request.GET.urlencode()}
            return self._page(request, "admin/chasing_letter.html", cycle, context, status=422)
        name = f"cong-van-don-doc-{cycle.code_stem}.docx"
        return HttpResponse(
            letter(cycle, waiting, now=now, **form.cleaned_data),
            content_type=WORD,
            headers={"Content-Disposition": content_disposition_header(True, name)},
        )

    def message_view(self, request, pk):
        """One message per chosen unit to copy; POST notes that they were sent."""
        cycle, now = _cycle(pk), timezone.now()
        rows = [row for row in chasing.rows_of(cycle, now=now, ids=_chosen(request.GET)) if row.obligation.is_open]
        if request.method == "POST":
            ticked = set(_chosen(request.POST))
            about = [row.about for row in rows if row.obligation.pk in ticked]
            if _noted(request, None, about, Touch.Kind.MESSAGE, now):
                return redirect(chasing.chasing_path(cycle))
        lines = [(row, chasing.message_for(row)) for row in rows]
        return self._page(request, "admin/chasing_message.html", cycle, {"title": "Sao chép lời nhắn", "lines": lines})

    def call_view(self, request, pk, obligation):
        """Note a call with its promise; beside it what was tried before."""
        cycle, now = _cycle(pk), timezone.now()
        rows = chasing.rows_of(cycle, now=now, ids=[obligation])
        if not rows:
            return redirect(chasing.chasing_path(cycle))
        form = CallForm(request.POST or None)
        typed = request.method == "POST" and form.is_valid()
        if typed and _noted(request, form, [rows[0].about], Touch.Kind.CALL, now):
            return redirect(chasing.chasing_path(cycle))
        context = {"title": f"Ghi nhận cuộc gọi: {rows[0].unit.name}", "row": rows[0], "form": form}
        return self._page(request, "admin/chasing_call.html", cycle, context, status=422 if form.errors else 200)

    def _page(self, request, template, cycle, context, status=200):
        common = {
            **self.admin_site.each_context(request),
            "cycle": cycle,
            "today": request.actor.today,
            "chasing_url": chasing.chasing_path(cycle),
            "cycles_url": reverse("admin:reports_cycle_changelist"),
            "may_note": request.actor.has_any(CHASERS),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**common, **context}, status=status)


def _cycle(pk):
    return get_object_or_404(Cycle.objects.select_related("round", "programme"), pk=pk)


def _chosen(params):
    chosen = (whole_number(value) for value in params.getlist("chon")[: 4 * PER_PAGE])
    return [pk for pk in chosen if pk is not None]


def _noted(request, form, about, kind, now):
    """Note the touches; a refusal stays on the page with what was typed."""
    if not request.actor.has_any(CHASERS):
        raise PermissionDenied(
            "Ghi nhận đôn đốc do chuyên viên, lãnh đạo phòng, văn thư hoặc quản trị của Sở thực hiện."
        )
    try:
        values = form.cleaned_data if form else {}
        count = record(about=about, kind=kind, actor=request.actor, now=now, **values)
    except TouchRefused as refusal:
        if form is None:
            messages.error(request, refusal.message)
        else:
            form.add_error(None, refusal.message)
        return False
    words = {"letter": "công văn", "message": "lời nhắn", "call": "cuộc gọi"}[kind]
    messages.success(request, f"Đã ghi nhận {words} cho {count} đơn vị.")
    return True


def _draft_initial(actor, now):
    reply_by = add_working_days(timezone.localtime(now).date(), REPLY_DAYS, load_calendar())
    person = actor.user
    known = ", ".join(part for part in (person.get_full_name(), actor.room, person.phone, person.email) if part)
    return {
        "reply_by": reply_by,
        "contact": known or settings.HOTLINE,
        "symbol": "SKHCN-QLKH",
        "signature": "deputy",
    }
