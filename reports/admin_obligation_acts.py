"""The Sở's acts on one obligation, each a page: paper received or corrected, not arrived, ended, moved."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from districts.models import Unit
from dossiers.process import DEPT_INTAKE
from dossiers.refusals import StepRefused
from records.dates import format_date
from records.formfields import DateField, LineFormField, TextFormField
from reports.correcting import NOT_ON_PAPER, CorrectionMoved, correct_paper, paper_token
from reports.declaring import not_arrived, token
from reports.kind import on_time_words, record_paper
from reports.models import Obligation
from reports.opening import MANAGERS, NOT_OPEN, close_obligation, move_responsibility

NOTHING_SAID = (
    "Đơn vị chưa báo “Đã gửi, số …” về báo cáo này nên không có văn bản nào để đối chiếu; việc nhắc vẫn theo mốc. "
    "Cần trao đổi với đơn vị thì gọi rồi chọn “Ghi nhận cuộc gọi”."
)


class PaperForm(forms.Form):
    arrival_number = LineFormField(label="Số đến", max_length=60)
    arrival_date = DateField(label="Ngày đến")
    note = TextFormField(label="Ghi chú", required=False, max_length=2000, rows=3)


class CorrectForm(forms.Form):
    arrival_number = LineFormField(label="Số đến", max_length=60)
    arrival_date = DateField(label="Ngày đến")
    reason = TextFormField(label="Lý do sửa (đơn vị xem được)", max_length=1000, rows=3)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)


class NotArrivedForm(forms.Form):
    note = TextFormField(label="Ghi chú gửi đơn vị", max_length=2000, rows=3)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)


class CloseForm(forms.Form):
    reason = LineFormField(
        label="Lý do và văn bản làm căn cứ",
        max_length=300,
        help_text="Ví dụ: Đơn vị kết thúc hoạt động, Nghị quyết số …",
    )


class MoveForm(forms.Form):
    to_unit = forms.ModelChoiceField(Unit.objects.none(), label="Đơn vị chịu trách nhiệm mới", empty_label="– chọn –")
    resolution = LineFormField(label="Số nghị quyết hoặc văn bản làm căn cứ", max_length=200)

    def __init__(self, *args, obligation, today, **kwargs):
        super().__init__(*args, **kwargs)
        named = obligation.unit.successors.valid_on(today)
        self.fields["to_unit"].queryset = named if named.exists() else Unit.objects.valid_on(today)


def _paper(obligation, form, actor, now):
    record_paper(obligation=obligation, actor=actor, now=now, **form.cleaned_data)
    return "Đã ghi nhận báo cáo qua hệ thống văn bản; đơn vị không còn được nhắc."


def _correct(obligation, form, actor, now):
    correct_paper(obligation=obligation, actor=actor, now=now, **form.cleaned_data)
    return "Đã sửa số đến, ngày đến và báo đơn vị; lần ghi trước vẫn còn trong lịch sử."


def _missing(obligation, form, actor, now):
    not_arrived(obligation=obligation, actor=actor, now=now, **form.cleaned_data)
    return "Đã báo đơn vị kiểm tra lại; việc nhắc tiếp tục theo mốc."


def _close(obligation, form, actor, now):
    close_obligation(obligation=obligation, actor=actor, now=now, **form.cleaned_data)
    return "Đã kết thúc nghĩa vụ báo cáo."


def _move(obligation, form, actor, now):
    move_responsibility(obligation=obligation, actor=actor, now=now, **form.cleaned_data)
    return "Đã chuyển trách nhiệm báo cáo."


@dataclass(frozen=True)
class Act:
    """``work`` does it and says what was done; ``roles`` see its link; ``text`` says what follows from it; ``rare``
    ones stand behind “Khác”."""

    label: str
    form: type
    work: object
    roles: frozenset
    text: str = ""
    rare: bool = False


ARRIVED, CORRECT, NOT_ARRIVED = "van-ban", "sua-van-ban", "chua-nhan"
ACTS = {
    ARRIVED: Act(
        "Đã nhận qua hệ thống văn bản",
        PaperForm,
        _paper,
        DEPT_INTAKE,
        "Báo cáo được tính thời hạn theo ngày đến, thư nhắc dừng. Người soạn thảo, văn thư và lãnh đạo của đơn vị nhận "
        "thư báo số đến, ngày đến, đúng hạn hay trễ; ghi chú, nếu có, đi cùng thư.",
    ),
    NOT_ARRIVED: Act(
        "Chưa nhận được",
        NotArrivedForm,
        _missing,
        DEPT_INTAKE,
        "Số đơn vị đã báo không còn giữ thư nhắc lại: việc nhắc tiếp tục theo mốc. Người soạn thảo, văn thư và lãnh đạo "
        "của đơn vị nhận thư kèm ghi chú dưới đây; ghi chú hiện trên trang của đơn vị đến khi đơn vị báo lại hoặc gửi.",
    ),
    CORRECT: Act(
        "Sửa số đến, ngày đến",
        CorrectForm,
        _correct,
        DEPT_INTAKE,
        "Đúng hạn hay trễ được tính lại theo ngày đến mới. Lần ghi trước vẫn còn trong lịch sử; người soạn thảo, văn "
        "thư và lãnh đạo của đơn vị nhận thư nêu số, ngày trước và sau khi sửa, kèm lý do.",
    ),
    "ket-thuc": Act("Kết thúc nghĩa vụ báo cáo", CloseForm, _close, MANAGERS, rare=True),
    "chuyen": Act("Chuyển trách nhiệm báo cáo", MoveForm, _move, MANAGERS, rare=True),
}


def why_not(act, obligation) -> str:
    """Why the act is not for this obligation as it stands; empty where it is."""
    if act == CORRECT:
        return "" if obligation.paper_on else NOT_ON_PAPER
    if not obligation.is_open:
        return NOT_OPEN
    return NOTHING_SAID if act == NOT_ARRIVED and obligation.declared_at is None else ""


def act_path(obligation, act) -> str:
    return reverse("admin:reports_obligation_act", args=[obligation.pk, act])


def act_view(request, pk, act):
    """One act on one obligation; a refusal keeps what was typed."""
    rows = Obligation.objects.select_related("unit", "responsible", "cycle__round")
    obligation = get_object_or_404(rows, pk=pk if act in ACTS else 0)
    chosen, back = ACTS[act], reverse("admin:reports_obligation_change", args=[pk])
    refusal = why_not(act, obligation)
    if request.method != "POST" and refusal:  # a POST is refused by the act itself, words kept
        messages.error(request, refusal)
        return redirect(back)
    form = _form(request, chosen.form, obligation)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, chosen.work(obligation, form, request.actor, timezone.now()))
            return redirect(back)
        except StepRefused as refused:
            _show(form, refused, obligation)
    context = {
        "heading": chosen.label,
        "text": chosen.text,
        "rows": _about(obligation),
        "obligation": obligation,
        "form": form,
        "confirm_label": chosen.label,
        "cancel_url": back,
    }
    return TemplateResponse(request, "admin/obligation_act.html", context, status=422 if form.errors else 200)


def _form(request, form_class, obligation):
    extra = {"obligation": obligation, "today": request.actor.today} if form_class is MoveForm else {}
    initial = {"seen": token(obligation)}
    if form_class is CorrectForm:
        initial = {"arrival_number": obligation.paper_number, "arrival_date": obligation.paper_on}
        initial["seen"] = paper_token(obligation)
    return form_class(request.POST if request.method == "POST" else None, initial=initial, **extra)


def _show(form, refused, obligation):
    """The sentences at their fields, or above the form; a correction made since is seen from now on."""
    for name, said in (refused.fields or {None: refused.message}).items():
        form.add_error(name if name in form.fields else None, said)
    if isinstance(refused, CorrectionMoved):
        form.data = form.data.copy()
        form.data["seen"] = paper_token(obligation)
        obligation.refresh_from_db()


def _about(obligation):
    rows = [("Đơn vị", obligation.unit.body_name), ("Kỳ báo cáo", str(obligation.cycle))]
    if obligation.declared_at:
        said = f"số {obligation.declared_number}, ngày {format_date(obligation.declared_on)}"
        rows.append(("Đơn vị báo đã gửi", said))
    if obligation.paper_on:
        said = f"số đến {obligation.paper_number}, ngày đến {format_date(obligation.paper_on)}"
        rows.append(("Đã ghi nhận", f"{said}: {on_time_words(obligation)}"))
    return rows
