"""“Sổ đôn đốc”: every letter, call and message of chasing; one noted by mistake is struck through, not taken out."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import ReadOnlyAdmin
from districts.models import Unit
from notices.admin_holds import back_to
from notices.models import Touch
from notices.touch_corrections import (
    NOT_YOURS,
    letter_of,
    mark_letter_mistaken,
    mark_mistaken,
    may_correct,
    may_correct_letter,
)
from notices.touches import TouchRefused
from records.dates import format_date, format_datetime
from records.formfields import LineFormField
from records.text import whole_number


class MistakenForm(forms.Form):
    reason = LineFormField(
        label="Lý do ghi nhầm", max_length=300, help_text="Ví dụ: gọi đơn vị khác, ghi sai ngày hứa."
    )


@admin.register(Touch)
class TouchAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Read only; noted on “Đôn đốc”, corrected by a mark with its reason."""

    counted_as = "lượt đôn đốc"
    change_form_template = "admin/obligation_change_form.html"
    list_display = ["at", "kind", "unit", "what", "named", "promised", "by"]
    list_filter = ["kind"]
    list_select_related = ["unit", "by"]
    search_fields = ["unit__search"]
    search_help_text = "Tên đơn vị, không cần dấu; hoặc số công văn"
    fields = ["title", "unit", ("kind", "at", "by"), ("number", "issued_on"), "contact", "note", "promised_on"]
    mark_fields = [("mistaken_by", "mistaken_at"), "mistaken_reason"]

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        term, units = search_term.strip(), Unit.objects.search(search_term).order_by().values("pk")
        # A symbol is in capitals; not every database knows those of Vietnamese when it compares.
        number = Q(number__icontains=term) | Q(number__contains=term.upper())
        return queryset.filter(Q(unit__in=units) | number), False

    def get_fields(self, request, obj=None):
        return [*self.mark_fields, *self.fields] if obj and obj.mistaken_at else self.fields

    @admin.display(description="Tên việc", ordering="title")
    def what(self, touch):
        if not touch.mistaken_at:
            return touch.title
        return format_html("<s>{}</s><br>Ghi nhầm: {}", touch.title, touch.mistaken_reason)

    @admin.display(description="Số, ký hiệu", ordering="number")
    def named(self, touch):
        return _struck(touch, touch.number)

    @admin.display(description="Hứa gửi ngày", ordering="promised_on")
    def promised(self, touch):
        return _struck(touch, format_date(touch.promised_on) if touch.promised_on else "")

    def get_urls(self):
        one, letter = (self.admin_site.admin_view(view) for view in (self.mistaken_view, self.letter_mistaken_view))
        return [
            path("<int:pk>/ghi-nham/", one, name="notices_touch_mistaken"),
            path("<int:pk>/ghi-nham-ca-cong-van/", letter, name="notices_touch_letter_mistaken"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        touch, more = Touch.objects.filter(pk=whole_number(object_id)).first(), {}
        if touch:
            more["acts"] = [
                {"label": label, "url": f"{reverse(name, args=[touch.pk])}?next={request.path}", "primary": False}
                for label, name in _marks(touch, request.actor)
            ]
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def mistaken_view(self, request, pk):
        """Say why the touch was noted by mistake; a refusal keeps what was typed."""
        touch = get_object_or_404(Touch.objects.select_related("unit", "by", "mistaken_by"), pk=pk)
        back = back_to(request, reverse("admin:notices_touch_change", args=[pk]))
        if touch.mistaken_at:
            return _marked_already(request, touch, back)
        if not may_correct(touch, request.actor):
            raise PermissionDenied(NOT_YOURS)
        said = f"Đã đánh dấu ghi nhầm: {_name(touch)}. Lần này không còn được tính."
        context = {
            "heading": "Đánh dấu ghi nhầm",
            "text": "Lần đôn đốc này và lời hứa ghi ở đó không còn được tính ở trang Đôn đốc và trong thư hằng tuần; "
            "nội dung vẫn đọc được, có gạch ngang. Đánh dấu rồi không bỏ được; nếu cần, ghi nhận lại.",
            "rows": _about(touch),
            "confirm_label": "Đánh dấu ghi nhầm",
        }
        return _asked(request, touch, mark_mistaken, back, said, context)

    def letter_mistaken_view(self, request, pk):
        """The same for a whole letter, once for all the units it was noted for."""
        touch = get_object_or_404(Touch.objects.select_related("unit", "by", "mistaken_by"), pk=pk)
        back = back_to(request, reverse("admin:notices_touch_change", args=[pk]))
        if touch.mistaken_at:
            return _marked_already(request, touch, back)
        touches = letter_of(touch)
        if not may_correct_letter(touches, request.actor):
            raise PermissionDenied(NOT_YOURS)
        said = f"Đã đánh dấu ghi nhầm công văn {touch.number}, {len(touches)} đơn vị. Công văn này không còn được tính."
        context = {
            "heading": "Đánh dấu ghi nhầm cả công văn",
            "text": "Công văn này không còn được tính cho đơn vị nào dưới đây; nội dung vẫn đọc được, có gạch ngang. "
            "Đánh dấu rồi không bỏ được. Nếu số, ngày được ghi từ một dự thảo thì dự thảo đó chờ ghi số lại, đủ các "
            "đơn vị.",
            "rows": _letter_about(touch, touches),
            "confirm_label": f"Ghi nhầm cả công văn ({len(touches)} đơn vị)",
        }
        return _asked(request, touch, mark_letter_mistaken, back, said, context)


def _marks(touch, actor):
    """(label, name of the page) of the corrections this person may make."""
    if may_correct(touch, actor):
        yield "Ghi nhầm", "admin:notices_touch_mistaken"
    letter = letter_of(touch)
    if len(letter) > 1 and may_correct_letter(letter, actor):
        yield f"Ghi nhầm cả công văn ({len(letter)} đơn vị)", "admin:notices_touch_letter_mistaken"


def _asked(request, touch, mark, back, said, context):
    """The page that asks for the reason, and what was answered."""
    form = MistakenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mark(touch=touch, actor=request.actor, now=timezone.now(), **form.cleaned_data)
            messages.success(request, said)
            return redirect(back)
        except TouchRefused as refusal:
            form.add_error(refusal.field, refusal.message)
    context |= {"form": form, "cancel_url": back}
    return TemplateResponse(request, "components/confirm.html", context, status=422 if form.errors else 200)


def _marked_already(request, touch, back):
    """No form without a use; a reason that was just typed stays readable."""
    context = {
        "touch": touch,
        "rows": _about(touch),
        "cancel_url": back,
        "typed": request.POST.get("reason", ""),
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/touch_marked.html", context, status=status)


def _struck(touch, text):
    if not text:
        return None
    return format_html("<s>{}</s>", text) if touch.mistaken_at else text


def _name(touch):
    return f"{touch.get_kind_display()} {touch.number}".strip() + f", {touch.unit.name}"


def _about(touch):
    rows = [("Đơn vị", touch.unit.name), ("Việc", touch.title), ("Hình thức", touch.get_kind_display())]
    rows += [("Số, ký hiệu", touch.number)] if touch.number else []
    rows += [("Nội dung", touch.note)] if touch.note else []
    rows += [("Hứa gửi ngày", format_date(touch.promised_on))] if touch.promised_on else []
    return [*rows, ("Ghi lúc", f"{format_datetime(touch.at)}, {touch.by.get_full_name()}")]


def _letter_about(touch, touches):
    names = ", ".join(one.unit.name for one in touches)
    rows = [("Số, ký hiệu", touch.number), ("Ngày ban hành", format_date(touch.issued_on)), ("Việc", touch.title)]
    return [*rows, (f"Đơn vị ({len(touches)})", names)]
