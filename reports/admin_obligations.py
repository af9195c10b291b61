"""Who owes a report and where it stands; the Sở's three acts on an obligation: paper received, ended, moved."""

from django import forms
from django.contrib import admin, messages
from django.db.models import F, Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import ReadOnlyAdmin
from districts.models import Unit
from dossiers.process import DEPT_INTAKE
from dossiers.refusals import StepRefused
from notices.holds import HOLDERS
from notices.touches import CHASERS
from records.dates import format_date
from records.formfields import DateField, LineFormField, TextFormField
from records.text import search_q, whole_number
from reports.declaring import not_arrived
from reports.kind import record_paper
from reports.models import Cycle, Obligation
from reports.opening import MANAGERS, NOT_OPEN, close_obligation, move_responsibility, open_obligations

CYCLES_SHOWN = 40


class CycleFilter(admin.SimpleListFilter):
    title = "kỳ báo cáo"
    parameter_name = "cycle"

    def lookups(self, request, model_admin):
        return Cycle.objects.order_by("-cutoff").values_list("pk", "round__title")[:CYCLES_SHOWN]

    def queryset(self, request, queryset):
        cycle = whole_number(self.value())
        return queryset if cycle is None else queryset.filter(cycle_id=cycle)


class StateFilter(admin.SimpleListFilter):
    title = "tình trạng"
    parameter_name = "state"
    STATES = (
        ("declared", "Đơn vị báo đã gửi qua văn bản"),
        ("missing", "Chưa gửi"),
        ("overdue", "Chưa gửi, quá hạn"),
        ("sent", "Đã gửi trên cổng"),
        ("late", "Gửi quá hạn"),
        ("paper", "Nhận qua hệ thống văn bản"),
        ("closed", "Đã kết thúc nghĩa vụ"),
    )

    def lookups(self, request, model_admin):
        return self.STATES

    def queryset(self, request, queryset):
        open_ones = Q(first_sent_at=None, paper_on=None, closed_at=None)
        wanted = {
            "declared": open_ones & Q(declared_at__isnull=False),
            "missing": open_ones,
            "overdue": open_ones & Q(counted_until__lt=timezone.localdate()),
            "sent": Q(first_sent_at__isnull=False),
            "late": Q(days_late__gt=0),
            "paper": Q(paper_on__isnull=False),
            "closed": Q(closed_at__isnull=False),
        }.get(self.value())
        return queryset.filter(wanted) if wanted else queryset


class PaperForm(forms.Form):
    arrival_number = LineFormField(label="Số đến", max_length=60)
    arrival_date = DateField(label="Ngày đến")
    note = TextFormField(label="Ghi chú", required=False, max_length=2000, rows=3)


class NotArrivedForm(forms.Form):
    note = TextFormField(label="Ghi chú gửi đơn vị", max_length=2000, rows=3)


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


def _missing(obligation, form, actor, now):
    not_arrived(obligation=obligation, actor=actor, now=now, **form.cleaned_data)
    return "Đã báo đơn vị kiểm tra lại; việc nhắc tiếp tục theo mốc."


def _close(obligation, form, actor, now):
    close_obligation(obligation=obligation, actor=actor, now=now, **form.cleaned_data)
    return "Đã kết thúc nghĩa vụ báo cáo."


def _move(obligation, form, actor, now):
    move_responsibility(obligation=obligation, actor=actor, now=now, **form.cleaned_data)
    return "Đã chuyển trách nhiệm báo cáo."


NOT_ARRIVED = "chua-nhan"  # offered where the unit has declared
# act → heading, form, function, roles that see the link
ACTS = {
    "van-ban": ("Đã nhận qua hệ thống văn bản", PaperForm, _paper, DEPT_INTAKE),
    NOT_ARRIVED: ("Chưa nhận được", NotArrivedForm, _missing, DEPT_INTAKE),
    "ket-thuc": ("Kết thúc nghĩa vụ báo cáo", CloseForm, _close, MANAGERS),
    "chuyen": ("Chuyển trách nhiệm báo cáo", MoveForm, _move, MANAGERS),
}


def _chasing_links(obligation, request):
    """Beside the acts: the call, and no reminders for a while."""
    call = reverse("admin:reports_chasing_call", args=[obligation.cycle_id, obligation.pk])
    hold = f"{reverse('admin:notices_hold_make')}?duty=report:{obligation.pk}&next={request.path}"
    links = [("Ghi nhận cuộc gọi", call, CHASERS), ("Tạm dừng nhắc", hold, HOLDERS)]
    return [{"label": label, "url": url} for label, url, roles in links if request.actor.has_any(roles)]


class ObligationAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Read only: figures of who sent when are written by the door."""

    list_display = ["unit", "period", "due_on", "state", "counted", "responsible"]
    list_filter = [CycleFilter, StateFilter]
    list_select_related = ["unit", "responsible", "cycle__round", "report"]
    search_fields = ["unit__search"]
    search_help_text = "Tên đơn vị hiện nay hoặc tên cũ; không cần dấu"
    ordering = ["-cycle_id", "unit__sort_key"]
    change_form_template = "admin/obligation_change_form.html"
    change_list_template = "admin/obligation_change_list.html"
    fields = [
        ("period", "unit"),
        "responsible",
        ("due_on", "counted_until"),
        "state",
        ("first_sent_at", "counted_on", "days_late"),
        ("declared_number", "declared_on"),
        ("declared_by", "declared_at"),
        ("paper_number", "paper_on"),
        "closed_reason",
    ]

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(unit__in=Unit.objects.filter(search_q(search_term)).values("pk")), False

    @admin.display(description="Kỳ báo cáo", ordering="cycle__cutoff")
    def period(self, obligation):
        return str(obligation.cycle)

    @admin.display(description="Tình trạng", ordering=F("first_sent_at").asc(nulls_first=True))
    def state(self, obligation):
        report = getattr(obligation, "report", None)
        if obligation.first_sent_at or obligation.paper_on:
            words = "Đã gửi" if obligation.first_sent_at else "Đã nhận qua hệ thống văn bản"
            url = reverse("admin:reports_report_change", args=[report.pk]) if report else ""
            return format_html('<a href="{}">{}</a>', url, words) if url else words
        if obligation.closed_at:
            return "Đã kết thúc nghĩa vụ"
        if obligation.declared_at:
            return f"Đơn vị báo đã gửi: số {obligation.declared_number}, ngày {format_date(obligation.declared_on)}"
        if obligation.counted_until < timezone.localdate():
            return "Chưa gửi – quá hạn"
        return "Chưa gửi" if report else "Chưa bắt đầu"

    @admin.display(description="Đúng hạn", ordering="days_late")
    def counted(self, obligation):
        if obligation.counted_on is None:
            return None
        return f"Trễ {obligation.days_late} ngày" if obligation.days_late else "Đúng hạn"

    def get_urls(self):
        view = self.admin_site.admin_view(self.act_view)
        return [path("<int:pk>/<slug:act>/ghi/", view, name="reports_obligation_act"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        acts = []
        row = open_obligations().filter(pk=whole_number(object_id)).first()
        if row:
            acts = [
                {"label": label, "url": reverse("admin:reports_obligation_act", args=[object_id, act])}
                for act, (label, _, _, roles) in ACTS.items()
                if request.actor.has_any(roles) and (act != NOT_ARRIVED or row.declared_at)
            ]
            acts += _chasing_links(row, request)
        return super().change_view(request, object_id, form_url, {"acts": acts, **(extra_context or {})})

    def act_view(self, request, pk, act):
        """One act on one obligation; a refusal keeps what was typed."""
        rows = Obligation.objects.select_related("unit", "responsible", "cycle__round")
        obligation = get_object_or_404(rows, pk=pk if act in ACTS else 0)
        label, form_class, work, _ = ACTS[act]
        extra = {"obligation": obligation, "today": request.actor.today} if form_class is MoveForm else {}
        form = form_class(request.POST or None, **extra)
        back = reverse("admin:reports_obligation_change", args=[pk])
        if request.method != "POST" and not obligation.is_open:  # a POST is refused by the act itself, words kept
            messages.error(request, NOT_OPEN)
            return redirect(back)
        if request.method == "POST" and form.is_valid():
            try:
                messages.success(request, work(obligation, form, request.actor, timezone.now()))
                return redirect(back)
            except StepRefused as refusal:
                form.add_error(None, refusal.message)
        context = {
            "heading": label,
            "rows": [("Đơn vị", obligation.unit.body_name), ("Kỳ báo cáo", str(obligation.cycle))],
            "form": form,
            "confirm_label": label,
            "cancel_url": back,
        }
        return TemplateResponse(request, "components/confirm.html", context, status=422 if form.errors else 200)
