"""Doorman of “Đã gửi, số …”: a unit that has sent through the document system says so and is left in peace."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from dossiers.refusals import StepRefused
from records.formfields import DateField, LineFormField
from reports.declaring import NOT_OPEN, declare
from reports.duties import work_path
from reports.models import Obligation


class DeclareForm(forms.Form):
    number = LineFormField(label="Số, ký hiệu", max_length=60, help_text="Ví dụ: 45/BC-UBND.")
    issued_on = DateField(label="Ngày văn bản")


@login_required
def declare_view(request, pk):
    """Number and date of the letter; a refusal keeps what was typed."""
    mine = Obligation.objects.filter(responsible_id__in=request.actor.unit_ids)
    obligation = get_object_or_404(mine.select_related("cycle__round", "unit", "responsible", "report__dossier"), pk=pk)
    back = work_path(obligation)
    if not obligation.is_open:
        messages.info(request, NOT_OPEN)
        return redirect("reports:list")
    known = {"number": obligation.declared_number, "issued_on": obligation.declared_on}
    form = DeclareForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            declare(obligation=obligation, actor=request.actor, now=timezone.now(), **form.cleaned_data)
            messages.success(request, "Đã ghi nhận; Sở đối chiếu và đơn vị không nhận thư nhắc về báo cáo này nữa.")
            return redirect(back)
        except StepRefused as refusal:
            form.add_error(None, refusal.message)
    return render(request, "components/confirm.html", _page(obligation, form, back))


def _page(obligation, form, back):
    return {
        "heading": f"Đã gửi, số …: {obligation.cycle.round.title}",
        "text": "Dùng khi báo cáo đã gửi qua hệ thống quản lý văn bản. Thư nhắc dừng ngay; Sở đối chiếu rồi ghi nhận "
        "“Đã nhận qua hệ thống văn bản”. Đến lúc đó báo cáo vẫn tính là chưa gửi.",
        "form": form,
        "confirm_label": "Ghi nhận đã gửi",
        "cancel_url": back,
    }
