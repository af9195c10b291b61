"""Reports, cycles, programmes and what each unit owes, on the staff side."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import PROGRAMME_EDITORS, RoleAdmin
from dossiers.admin import DossierAdmin, RoundAdmin, RoundForm
from dossiers.duties import signatures_of
from dossiers.models import Round
from records.locked import lock
from reports.admin_chasing import ChasingViews
from reports.admin_extending import ExtendingViews
from reports.admin_obligations import ObligationAdmin
from reports.duties import duties_of_cycle
from reports.kind import on_time_words
from reports.models import Cycle, Indicator, Obligation, Programme, Report
from reports.opening import reschedule
from reports.process import KIND

admin.site.register(Obligation, ObligationAdmin)


@admin.register(Report)
class ReportAdmin(DossierAdmin, admin.ModelAdmin):
    kind_code = KIND
    list_title = "Báo cáo"
    list_lede = "Mọi báo cáo đã gửi về Sở hoặc đã nhận qua hệ thống văn bản, mới gửi trước."
    list_links = (
        ("Đơn vị đã gửi, chưa gửi", "admin:reports_obligation_changelist"),
        ("Kỳ báo cáo", "admin:reports_cycle_changelist"),
    )
    list_related = (*DossierAdmin.list_related, "report__obligation")
    with_theme = False
    with_timing = True

    def by_timing(self, rows, wish):
        if wish == "late":
            return rows.filter(report__obligation__days_late__gt=0)
        return rows.filter(report__obligation__days_late=0) if wish == "on_time" else rows

    def timings(self, rows, calendar):
        found = {}
        for row in rows:
            obligation = row.report.obligation
            words = on_time_words(obligation, calendar)
            found[row.pk] = ("late" if obligation.days_late else "ok" if words else "", words)
        return found

    def lede(self, dossier):
        return f"{dossier.unit.body_name} · {dossier.round.title}"


# What obligations, codes and figures rest on stays as it was at the opening.
FROZEN = {"programme", "kind", "year", "code_stem", "period_start", "cutoff"}


class CycleForm(RoundForm):
    round_kind = Round.Kind.REPORT

    class Meta:
        model = Cycle
        exclude = ["round"]

    def has_opened(self):
        return self.instance.opened_at is not None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.opened_at:
            for name in FROZEN.intersection(self.fields):
                lock(self.fields[name], "")  # said once for all of them (CycleAdmin.get_fieldsets)


@admin.register(Cycle)
class CycleAdmin(ExtendingViews, ChasingViews, RoundAdmin, RoleAdmin, admin.ModelAdmin):
    """A cycle with its dates. Moving them after the opening moves the due days of those who still owe."""

    edit_roles = PROGRAMME_EDITORS
    form = CycleForm
    list_display = ["title", "programme", "kind", "cutoff", "due_on", "opened_at"]
    list_filter = ["kind"]
    list_select_related = ["round", "programme"]
    readonly_fields = ["opened_at"]
    fieldsets = [
        ("Kỳ báo cáo", {"fields": ["programme", ("kind", "year"), "code_stem", ("period_start", "cutoff")]}),
        RoundAdmin.round_fieldset,
        ("Cách nhận", {"fields": ["official_copy", "allows_estimates", "opened_at"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        (title, first), *rest = super().get_fieldsets(request, obj)
        if obj is not None and obj.opened_at and self.may_edit(request):
            first = {**first, "description": "Kỳ đã mở nên giữ nguyên: nghĩa vụ, mã và số liệu đã dựa vào đó."}
        return [(title, first), *rest]

    def reschedule(self, obj):
        return reschedule(cycle=obj, now=timezone.now()) if obj.opened_at else None

    def dates_moved(self, request, obj):
        moved = self.reschedule(obj)
        if moved is not None:
            messages.info(request, f"Đã chuyển hạn gửi của {moved} đơn vị chưa gửi sang hạn mới.")

    def round_duties(self, obj, *, now):
        return [*duties_of_cycle(obj, now=now), *signatures_of(obj.round, now=now)]

    def round_links(self, request, obj):
        return [("Đôn đốc", reverse("admin:reports_chasing", args=[obj.pk])), *super().round_links(request, obj)]


class IndicatorInline(RoleAdmin, admin.TabularInline):
    """Indicators are switched off, never deleted: figures rest on them."""

    edit_roles = PROGRAMME_EDITORS
    model = Indicator
    extra = 0
    fields = ["order", "code", "name", "group", "unit_of_measure", "measure", "theme", "active", "is_sample"]


@admin.register(Programme)
class ProgrammeAdmin(RoleAdmin, admin.ModelAdmin):
    edit_roles = PROGRAMME_EDITORS
    list_display = ["number", "name", "year_from", "year_to", "is_sample"]
    list_filter = ["is_sample"]
    search_fields = ["number", "name"]
    inlines = [IndicatorInline]


@admin.register(Indicator)
class IndicatorAdmin(RoleAdmin, admin.ModelAdmin):
    """One indicator with its way of counting, which is too long for the programme's table."""

    edit_roles = PROGRAMME_EDITORS
    list_display = ["code", "name", "group", "unit_of_measure", "measure", "active", "is_sample"]
    list_filter = ["is_sample", "active", "measure"]
    list_select_related = ["programme"]
    search_fields = ["code", "name"]
