"""Công văn đôn đốc: the draft as .docx, kept until its number is known, and the recording of number and date."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from notices.letter_drafts import discard_draft, draft_of_page, keep_draft, record_draft, waiting_drafts
from notices.models import LetterDraft, Touch
from notices.touches import TouchRefused
from records.dates import format_date
from records.text import whole_number
from reports import chasing
from reports.chasing_chosen import LEFT_OUT, chosen_rows, joined, numbers
from reports.chasing_contact import contact_of
from reports.chasing_forms import DraftForm, IssuedForm, typed_before
from reports.chasing_letter import letter
from reports.chasing_links import board_path, filter_of, with_query
from reports.chasing_noting import for_chasers, noted
from reports.opening import open_obligations

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WHAT = "Công văn đôn đốc"


class LetterViews:
    """Mixin for the admin of cycles."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        stem = "<int:pk>/don-doc/cong-van"
        one = f"{stem}/<int:draft>/"
        return [
            path(f"{stem}/", wrap(self.letter_view), name="reports_chasing_letter"),
            path(f"{stem}.docx", wrap(require_POST(self.docx_view)), name="reports_chasing_docx"),
            path(one, wrap(self.draft_view), name="reports_chasing_draft"),
            path(f"{one}bo/", wrap(self.discard_view), name="reports_chasing_discard"),
            *super().get_urls(),
        ]

    def letter_view(self, request, pk):
        """Draft of the letter for the chosen units; POST notes number and date once it was issued."""
        for_chasers(request, WHAT)
        cycle, now = self.cycle_of(pk), timezone.now()
        if request.method != "POST":
            rows = chosen_rows(cycle, request.GET, now=now)
            out = {row.obligation.pk for row in rows if row.declared or not row.obligation.is_open}
            return self._letter_page(request, cycle, rows, out)
        rows, out = _listed(cycle, request.POST, now)
        issued = IssuedForm(request.POST, symbol=request.POST.get("symbol", ""))
        if issued.is_valid():
            draft = draft_of_page(request.POST.get("once", ""), draft_scope(cycle), request.actor)
            named = chasing.rows_of(cycle, now=now, ids=_keys_of(draft)) if draft else rows
            about = [row.about for row in named if row.obligation.pk not in out]
            write = partial(record_draft, draft=draft) if draft else None
            if noted(request, issued, about, Touch.Kind.LETTER, now, write):
                return redirect(board_path(request, cycle))
        return self._letter_page(request, cycle, rows, out, issued=issued, status=422)

    def docx_view(self, request, pk):
        """The draft as .docx; units that have sent meanwhile are left out. Whom it names is kept for its number."""
        for_chasers(request, WHAT)
        cycle, now = self.cycle_of(pk), timezone.now()
        rows, out = _listed(cycle, request.POST, now)
        waiting = [row for row in rows if row.obligation.is_open and row.obligation.pk not in out]
        form = DraftForm(request.POST, rows=waiting, today=request.actor.today)
        if not waiting or not form.is_valid():
            if not waiting:
                messages.warning(request, "Các đơn vị đã chọn đều đã gửi hoặc chưa có đơn vị nào được chọn.")
            return self._letter_page(request, cycle, rows, out, draft=form, status=422)
        file = letter(cycle, waiting, everybody=_everybody(cycle, waiting), now=now, **form.cleaned_data)
        keep_draft(
            page=request.POST.get("once", "") or f"{now:%Y%m%d%H%M%S%f}",
            scope=draft_scope(cycle),
            title=cycle.round.title,
            about=[row.about for row in waiting],
            symbol=form.cleaned_data["symbol"],
            actor=request.actor,
            now=now,
        )
        name = content_disposition_header(True, f"cong-van-don-doc-{cycle.code_stem}.docx")
        return HttpResponse(file, content_type=WORD, headers={"Content-Disposition": name})

    def _letter_page(self, request, cycle, rows, out, draft=None, issued=None, status=200):
        """A refusal of one half keeps what was typed into the other."""
        if draft is None:
            there = [row for row in rows if row.obligation.pk not in out] or rows
            initial = typed_before(DraftForm, request.POST) if issued else _beginning(request)
            draft = DraftForm(initial=initial, rows=there, today=request.actor.today)
        kept, urls = filter_of(request), {}
        for name in ("letter", "docx"):
            urls[f"{name}_url"] = with_query(reverse(f"admin:reports_chasing_{name}", args=[cycle.pk]), kept)
        context = {
            "title": WHAT,
            "rows": rows,
            "out": out,
            "all_keys": joined(rows),
            "draft": draft,
            "issued": issued or IssuedForm(initial=typed_before(IssuedForm, request.POST)),
            "drafts": waiting_drafts(draft_scope(cycle)),
            **urls,
        }
        return self.chasing_page(request, "admin/chasing_letter.html", cycle, context, status=status)

    def draft_view(self, request, pk, draft):
        """A kept draft: whom it names, and its number and date once it has them."""
        for_chasers(request, WHAT)
        cycle, now = self.cycle_of(pk), timezone.now()
        draft = _draft_or_404(cycle, draft)
        rows = chasing.rows_of(cycle, now=now, ids=_keys_of(draft))
        form = IssuedForm(request.POST or None, symbol=draft.symbol)
        if request.method == "POST" and form.is_valid():
            about, write = [row.about for row in rows], partial(record_draft, draft=draft)
            if noted(request, form, about, Touch.Kind.LETTER, now, write):
                return redirect(board_path(request, cycle))
            draft = _draft_or_404(cycle, draft.pk)
        context = {"title": f"Công văn soạn ngày {format_date(draft.made_at)}", "draft": draft, "form": form}
        context |= {"rows": sorted(rows, key=lambda row: row.unit.sort_key)}
        context["letter_url"] = with_query(reverse("admin:reports_chasing_letter", args=[pk]), filter_of(request))
        context["waits"] = not (draft.recorded_at or draft.discarded_at)
        return self.chasing_page(
            request, "admin/chasing_draft.html", cycle, context, status=422 if form.errors else 200
        )

    def discard_view(self, request, pk, draft):
        """The letter will not be sent: asked before it is done."""
        for_chasers(request, WHAT)
        cycle = self.cycle_of(pk)
        draft = _draft_or_404(cycle, draft)
        back = with_query(reverse("admin:reports_chasing_letter", args=[pk]), filter_of(request))
        rows = chasing.rows_of(cycle, now=timezone.now(), ids=_keys_of(draft))
        units = sorted(row.unit.name for row in rows)
        if request.method == "POST":
            try:
                discard_draft(draft=draft, units=units, actor=request.actor, now=timezone.now())
                messages.success(request, f"Đã bỏ dự thảo soạn ngày {format_date(draft.made_at)}, {len(units)} đơn vị.")
            except TouchRefused as refusal:
                messages.error(request, refusal.message)
            return redirect(back)
        context = {
            "heading": "Bỏ dự thảo công văn",
            "text": "Dự thảo không còn chờ ghi số; sổ đôn đốc không ghi gì cho các đơn vị này. Bỏ rồi không lấy lại "
            "được, nhưng soạn lại được.",
            "rows": [
                ("Soạn ngày", format_date(draft.made_at)),
                ("Người soạn", draft.made_by.get_full_name()),
                (f"Đơn vị ({len(units)})", ", ".join(units)),
            ],
            "confirm_label": "Bỏ dự thảo",
            "danger": True,
            "cancel_url": back,
        }
        return TemplateResponse(request, "components/confirm.html", context)


def draft_scope(cycle) -> str:
    """Key of what the drafts of a cycle are about."""
    return f"cycle:{cycle.pk}"


def _draft_or_404(cycle, pk):
    drafts = LetterDraft.objects.select_related("made_by", "recorded_by", "discarded_by")
    return get_object_or_404(drafts, pk=pk, scope=draft_scope(cycle))


def _keys_of(draft):
    """Keys of the obligations a draft names."""
    found = (whole_number(key.rpartition(":")[2]) for key in draft.duty_keys)
    return [key for key in found if key is not None]


def _listed(cycle, params, now):
    """Rows the letter page named, and the keys of those left out of the letter there."""
    return chasing.rows_of(cycle, now=now, ids=numbers(params)), set(numbers(params, LEFT_OUT))


def _everybody(cycle, rows):
    """Are these all that have not sent?"""
    return {row.obligation.pk for row in rows} >= set(
        open_obligations().filter(cycle=cycle).values_list("pk", flat=True)
    )


def _beginning(request):
    """The draft's form as it begins."""
    room = request.actor.room
    return {
        "contact": contact_of(request.actor),
        "symbol": "SKHCN-QLKH",
        "signature": "deputy",
        "post": f"Trưởng {room[:1].lower()}{room[1:]}" if room.startswith("Phòng ") else "",
    }
