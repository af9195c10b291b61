"""Doorman of “Đã gửi, số …”: a unit that has sent through the document system says so and is left in peace."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from dossiers.refusals import StepRefused
from records.dates import format_date, format_datetime, weekday_date
from records.formfields import DateField, LineFormField
from reports.declared_lines import lines_of
from reports.declaring import (
    NOT_OPEN,
    DeclarationMoved,
    NotArrivedBefore,
    declare,
    is_missed_letter,
    token,
    withdraw,
)
from reports.duties import work_path
from reports.models import Obligation

# heading, text, button of the form
FIRST = (
    "Đã gửi, số …",
    "Dùng khi báo cáo đã gửi qua hệ thống quản lý văn bản. Thư nhắc dừng ngay; Sở đối chiếu rồi ghi nhận "
    "“Đã nhận qua hệ thống văn bản”. Trước khi Sở ghi nhận, báo cáo vẫn tính là chưa gửi.",
    "Ghi nhận đã gửi",
)
CORRECTING = (
    "Sửa số, ngày",
    "Số, ngày ghi dưới đây thay số, ngày đã báo; Sở đối chiếu theo số, ngày mới. Thư nhắc vẫn dừng. Nếu văn bản chưa "
    "gửi, quay lại rồi chọn “Rút lại”.",
    "Lưu số, ngày mới",
)


class DeclareForm(forms.Form):
    number = LineFormField(label="Số, ký hiệu", max_length=60, help_text="Ví dụ: 45/BC-UBND.")
    issued_on = DateField(label="Ngày văn bản")
    again = forms.BooleanField(label="Đơn vị đã gửi lại văn bản đúng số, ngày này", required=False)

    def __init__(self, *args, obligation, **kwargs):
        """``again`` is asked for only about the very letter the Sở has not got."""
        super().__init__(*args, **kwargs)
        self.obligation, self.asked = obligation, self.fields.pop("again")

    def clean(self):
        data = super().clean()
        same = is_missed_letter(self.obligation, data.get("number") or "", data.get("issued_on"))
        if same:
            self.fields["again"] = self.asked
        return data | {"again": same and bool(self.data.get("again"))}

    def show_refusal(self, refusal):
        """The sentences of a refusal at their fields, or above the form."""
        for name, said in (refusal.fields or {None: refusal.message}).items():
            self.add_error(name, said)


@login_required
def declare_view(request, pk):
    """What the unit has declared and how to mend it; before that the form for number and date of the letter."""
    obligation = _mine(request, pk)
    if request.method != "POST" and obligation.is_open and obligation.declared_at:
        return render(request, "reports/declared.html", _state(request, obligation))
    return _form_view(request, obligation, back=work_path(obligation))


@login_required
def correct_view(request, pk):
    """The same form, filled in with what was declared."""
    obligation, address = _mine(request, pk), reverse("reports:declare", args=[pk])
    if request.method != "POST" and not obligation.declared_at:
        return redirect(address)
    return _form_view(request, obligation, back=address)


@login_required
def withdraw_view(request, pk):
    """“Rút lại”: asked once, then the declaration is gone and reminders go on."""
    obligation, address = _mine(request, pk), reverse("reports:declare", args=[pk])
    if not obligation.is_open:
        return _not_open(request)
    if request.method == "POST":
        try:
            seen = _seen(request.POST.get("seen"))
            withdraw(obligation=obligation, seen=seen, actor=request.actor, now=timezone.now())
            messages.success(request, "Đã rút lại số văn bản đã báo; việc nhắc về báo cáo này tiếp tục theo mốc.")
            return redirect("reports:list")
        except StepRefused as refusal:
            messages.error(request, refusal.message)
            return redirect(address)
    if not obligation.declared_at:
        return redirect(address)
    return render(request, "components/confirm.html", _withdraw_page(obligation, address))


def _mine(request, pk):
    mine = Obligation.objects.filter(responsible_id__in=request.actor.unit_ids)
    related = ("cycle__round", "cycle__programme", "unit", "responsible", "declared_by", "report__dossier")
    return get_object_or_404(mine.select_related(*related), pk=pk)


def _not_open(request):
    messages.info(request, NOT_OPEN)
    return redirect("reports:list")


def _form_view(request, obligation, *, back):
    """The form; a refusal keeps what was typed, one about a declaration made since also shows what holds now."""
    if not obligation.is_open:
        return _not_open(request)
    known = {"number": obligation.declared_number, "issued_on": obligation.declared_on}
    form = DeclareForm(request.POST if request.method == "POST" else None, initial=known, obligation=obligation)
    shown = request.POST.get("seen", "") if request.method == "POST" else token(obligation)
    if request.method == "POST" and form.is_valid():
        try:
            seen, now = _seen(shown), timezone.now()
            declare(obligation=obligation, actor=request.actor, now=now, seen=seen, **form.cleaned_data)
            return redirect("reports:declare", obligation.pk)
        except NotArrivedBefore as refusal:
            form.add_error("again", refusal.message)
        except StepRefused as refusal:
            form.show_refusal(refusal)
            shown = token(obligation) if isinstance(refusal, DeclarationMoved) else shown
    return render(request, "reports/declare.html", _form_page(obligation, form, back, shown, request.actor))


def _form_page(obligation, form, back, shown, actor):
    """Words of a first declaration, or of a correction where the page knows of one."""
    heading, text, label = CORRECTING if shown else FIRST
    return {
        "heading": f"{heading}: {obligation.cycle.round.title}",
        "text": text,
        "obligation": obligation,
        "form": form,
        "hidden": {"seen": shown},
        "confirm_label": label,
        "cancel_url": back,
        "lines": lines_of(obligation, actor=actor),
    }


def _state(request, obligation):
    return {
        "obligation": obligation,
        "cycle": obligation.cycle,
        "rows": [*_said(obligation)[2:], ("Hạn gửi", f"hết {weekday_date(obligation.due_on)}")],
        "can_write": request.actor.can_write_for(obligation.responsible_id),
        "work_path": work_path(obligation),
        "lines": lines_of(obligation, actor=request.actor),
    }


def _withdraw_page(obligation, address):
    return {
        "heading": f"Rút lại số đã báo: {obligation.cycle.round.title}",
        "text": "Dùng khi báo nhầm, văn bản chưa gửi. Việc nhắc về báo cáo này tiếp tục theo mốc; khi gửi rồi đơn vị "
        "báo lại được.",
        "rows": _said(obligation),
        "hidden": {"seen": token(obligation)},
        "confirm_label": "Rút lại",
        "cancel_url": address,
    }


def _said(obligation):
    who, at = obligation.declared_by.get_full_name(), format_datetime(obligation.declared_at)
    return [
        ("Số, ký hiệu", obligation.declared_number),
        ("Ngày văn bản", format_date(obligation.declared_on)),
        ("Người báo", f"{who}, lúc {at}"),
    ]


def _seen(sent):
    """The moment a page carried along; what cannot be read counts as nothing declared."""
    try:
        found = parse_datetime(sent or "")
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None
