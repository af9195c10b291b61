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
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_POST

from notices.holds import HOLDERS
from notices.models import Touch
from notices.touches import CHASERS, TouchRefused, may_correct, record
from records.text import whole_number
from reports import chasing
from reports.chasing_chosen import LEFT_OUT, chosen_rows, joined, numbers
from reports.chasing_forms import CallForm, ChasingFilter, DraftForm, IssuedForm
from reports.chasing_letter import letter
from reports.chasing_message import GROUP, for_group, group_message, message_for
from reports.models import Cycle
from reports.opening import MANAGERS, open_obligations

PER_PAGE = 50  # a page of rows one can look over; “Chọn tất cả” takes the others along
CYCLES_SHOWN = 24
LETTER_URL, DOCX_URL = "admin:reports_chasing_letter", "admin:reports_chasing_docx"
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
            path(f"{stem}cong-van.docx", wrap(require_POST(self.docx_view)), name="reports_chasing_docx"),
            path(f"{stem}danh-sach-goi/", wrap(self.phone_view), name="reports_chasing_phone"),
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
        return redirect(_with(chasing.chasing_path(cycle), _filter_of(request, "only", "q", "sort")))

    def chasing_view(self, request, pk):
        cycle = self.cycle_of(pk)
        cycles = list(Cycle.objects.exclude(opened_at=None).select_related("round")[:CYCLES_SHOWN])
        cycles += [] if cycle in cycles else [cycle]
        if (other := whole_number(request.GET.get("ky"))) in {one.pk for one in cycles} - {cycle.pk}:
            return redirect(_with(chasing.chasing_path(Cycle(pk=other)), _filter_of(request, "only", "q", "sort")))
        form = ChasingFilter(request.GET, cycles=cycles, cycle=cycle)
        chosen = form.chosen
        everyone = chasing.rows_of(cycle, now=timezone.now())
        only = chosen.get("only", "")
        rows = chasing.narrowed(everyone, only=only, term=chosen.get("q", ""), sort=chosen.get("sort", ""))
        found = chasing.counts(everyone)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "title": f"Đôn đốc: {cycle}",
            "filter": form,
            "chosen": chosen,
            "only": only,
            "chips": [(code, label, found[code]) for code, label in chasing.FILTERS.items()],
            "page_obj": page,
            "rows": page.object_list,
            "several": len(cycles) > 1,
            "may_chase": request.actor.has_any(CHASERS),
            "may_hold": request.actor.has_any(HOLDERS),
            "may_extend": request.actor.has_any(MANAGERS),
        }
        return self.chasing_page(request, "admin/chasing.html", cycle, context)

    def letter_view(self, request, pk):
        """Draft of the letter for the chosen units; POST notes number and date once it was issued."""
        cycle, now = self.cycle_of(pk), timezone.now()
        if request.method != "POST":
            rows = chosen_rows(cycle, request.GET, now=now)
            out = {row.obligation.pk for row in rows if row.declared or not row.obligation.is_open}
            return self._letter_page(request, cycle, rows, out, _draft(request, rows, out), IssuedForm())
        rows, out = _listed(cycle, request.POST, now)
        draft = _draft(request, rows, out)
        issued, about = IssuedForm(request.POST), [row.about for row in rows if row.obligation.pk not in out]
        if issued.is_valid() and _noted(request, issued, about, Touch.Kind.LETTER, now):
            return redirect(self._back(request, cycle))
        return self._letter_page(request, cycle, rows, out, draft, issued)

    def docx_view(self, request, pk):
        """The draft as .docx; units that have sent meanwhile are left out. Writes nothing."""
        cycle, now = self.cycle_of(pk), timezone.now()
        rows, out = _listed(cycle, request.POST, now)
        waiting = [row for row in rows if row.obligation.is_open and row.obligation.pk not in out]
        form = DraftForm(request.POST, rows=waiting, today=request.actor.today)
        if not waiting or not form.is_valid():
            if not waiting:
                messages.warning(request, "Các đơn vị đã chọn đều đã gửi hoặc chưa có đơn vị nào được chọn.")
            return self._letter_page(request, cycle, rows, out, form, IssuedForm(), status=422)
        name = f"cong-van-don-doc-{cycle.code_stem}.docx"
        return HttpResponse(
            letter(cycle, waiting, everybody=_everybody(cycle, waiting), now=now, **form.cleaned_data),
            content_type=WORD,
            headers={"Content-Disposition": content_disposition_header(True, name)},
        )

    def _letter_page(self, request, cycle, rows, out, draft, issued, status=None):
        context = {"title": "Công văn đôn đốc", "rows": rows, "out": out, "all_keys": joined(rows)}
        kept = _filter_of(request, "only", "q", "sort")
        letter_url, docx_url = (_with(reverse(name, args=[cycle.pk]), kept) for name in (LETTER_URL, DOCX_URL))
        context |= {"draft": draft, "issued": issued, "letter_url": letter_url, "docx_url": docx_url}
        status = status or (422 if issued.errors else 200)
        return self.chasing_page(request, "admin/chasing_letter.html", cycle, context, status=status)

    def message_view(self, request, pk):
        """One message per chosen unit to copy, page by page, or one for all of them; POST notes which were sent."""
        cycle, now = self.cycle_of(pk), timezone.now()
        rows = [row for row in chosen_rows(cycle, request.GET, now=now) if row.obligation.is_open]
        page, group = Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), for_group(rows)
        if request.method == "POST":
            ticked = set(numbers(request.POST))
            if whole := GROUP in request.POST:
                ticked |= {row.obligation.pk for row in group}
            about = [row.about for row in rows if row.obligation.pk in ticked]
            if _noted(request, None, about, Touch.Kind.MESSAGE, now):
                return redirect((None if whole else _next_page(request, page)) or self._back(request, cycle))
        context = {
            "title": "Sao chép lời nhắn",
            "lines": [(row, message_for(row)) for row in page.object_list],
            "page_obj": page,
            "group": group,
            "group_text": group_message(group) if group else "",
        }
        return self.chasing_page(request, "admin/chasing_message.html", cycle, context)

    def phone_view(self, request, pk):
        """A list for an afternoon on the phone, to print or to tap: the ticked units, or all the filter shows."""
        cycle, now = self.cycle_of(pk), timezone.now()
        rows = [row for row in chosen_rows(cycle, request.GET, now=now, default_all=True) if row.obligation.is_open]
        context = {"title": "Danh sách gọi điện", "rows": rows, "now": now}
        return self.chasing_page(request, "admin/chasing_phone.html", cycle, context)

    def call_view(self, request, pk, obligation):
        """Note a call with its promise; beside it what was tried before."""
        cycle, now = self.cycle_of(pk), timezone.now()
        rows = chasing.rows_of(cycle, now=now, ids=[obligation])
        if not rows:
            return redirect(chasing.chasing_path(cycle))
        form = CallForm(request.POST or None)
        typed = request.method == "POST" and form.is_valid()
        if typed and _noted(request, form, [rows[0].about], Touch.Kind.CALL, now):
            return redirect(self._back(request, cycle, "page"))
        context = {"title": f"Ghi nhận cuộc gọi: {rows[0].unit.name}", "row": rows[0], "form": form}
        context["chasing_url"] = self._back(request, cycle, "page")
        context["correctable"] = {touch.pk for touch in rows[0].log if may_correct(touch, request.actor)}
        return self.chasing_page(request, "admin/chasing_call.html", cycle, context, status=422 if form.errors else 200)

    def cycle_of(self, pk):
        return get_object_or_404(Cycle.objects.select_related("round", "programme"), pk=pk)

    def to_chasing(self, request, cycle):
        return redirect(self._back(request, cycle, "page"))

    def _back(self, request, cycle, *more):
        """“Đôn đốc” as it was filtered."""
        return _with(chasing.chasing_path(cycle), _filter_of(request, "only", "q", "sort", *more))

    def chasing_page(self, request, template, cycle, context, status=200):
        kept = _filter_of(request, "only", "q", "sort", "page")
        common = {
            **self.admin_site.each_context(request),
            "cycle": cycle,
            "today": request.actor.today,
            "chasing_url": self._back(request, cycle),
            "kept": f"?{kept}" if kept else "",
            "cycles_url": reverse("admin:reports_cycle_changelist"),
            "may_note": request.actor.has_any(CHASERS),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**common, **context}, status=status)


def _listed(cycle, params, now):
    """Rows the letter page named, and the keys of those left out of the letter there."""
    return chasing.rows_of(cycle, now=now, ids=numbers(params)), set(numbers(params, LEFT_OUT))


def _everybody(cycle, rows):
    """Are these all that have not sent?"""
    return {row.obligation.pk for row in rows} >= set(
        open_obligations().filter(cycle=cycle).values_list("pk", flat=True)
    )


def _filter_of(request, *names) -> str:
    """What the page was filtered by, as a query string."""
    return urlencode({name: request.GET[name] for name in names if request.GET.get(name)})


def _with(address, query):
    return f"{address}?{query}" if query else address


def _next_page(request, page):
    if not page.has_next():
        return None
    query = request.GET.copy()
    query["page"] = page.next_page_number()
    return f"{request.path}?{query.urlencode()}"


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
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    words = {"letter": "công văn", "message": "lời nhắn", "call": "cuộc gọi"}[kind]
    if count:
        messages.success(request, f"Đã ghi nhận {words} cho {count} đơn vị.")
    if known := len(about) - count:  # a letter counts once per unit
        messages.info(request, f"{known} đơn vị đã có {words} này trong sổ đôn đốc từ trước, không ghi thêm.")
    return True


def _draft(request, rows, out):
    """The letter's form as it begins, for the units that are in it."""
    person = request.actor.user
    known = (person.get_full_name(), request.actor.room, person.phone, person.email)
    initial = {
        "contact": ", ".join(part for part in known if part) or settings.HOTLINE,
        "symbol": "SKHCN-QLKH",
        "signature": "deputy",
    }
    there = [row for row in rows if row.obligation.pk not in out]
    return DraftForm(initial=initial, rows=there or rows, today=request.actor.today)
