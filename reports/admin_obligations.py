"""Who owes a report and where it stands; what the Sở can do about it (``admin_obligation_acts``)."""

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import F, Q
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import mark_safe

from accounts.permissions import ReadOnlyAdmin
from districts.models import Unit
from districts.searching import name_rank, typed_name
from dossiers.moving import moves_of
from notices.admin_holds import lift_path
from notices.holds import HOLDERS, load_holds
from notices.touches import CHASERS
from records.dates import format_date, format_datetime
from records.text import search_q, whole_number
from reports.admin_obligation_acts import ACTS, ARRIVED, act_path, act_view, why_not
from reports.declared_lines import lines_of
from reports.models import Cycle, Obligation
from reports.opening import MANAGERS

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
        ("extended", "Được gia hạn"),
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
            "extended": Q(extended_to=F("due_on")),
            "paper": Q(paper_on__isnull=False),
            "closed": Q(closed_at__isnull=False),
        }.get(self.value())
        return queryset.filter(wanted) if wanted else queryset


def _acts(obligation, request):
    """What can be done with an obligation: while open the usual acts first – one primary where the unit waits for an
    answer – and the rare ones; with what came on paper, to correct its number and day."""
    declared = obligation.declared_at is not None
    found = [
        _act(one.label, act_path(obligation, act), one.roles, one.rare) | {"primary": declared and act == ARRIVED}
        for act, one in ACTS.items()
        if not why_not(act, obligation)
    ]
    call = reverse("admin:reports_chasing_call", args=[obligation.cycle_id, obligation.pk])
    later = f"{reverse('admin:reports_chasing_extend', args=[obligation.cycle_id])}?chon={obligation.pk}"
    while_open = [
        _act("Ghi nhận cuộc gọi", call, CHASERS, False),
        _act("Gia hạn", later, MANAGERS, declared),
        _hold_act(obligation, request, declared),
    ]
    found += while_open if obligation.is_open else []
    found = [act for act in found if request.actor.has_any(act["roles"])]
    return {"acts": [act for act in found if not act["rare"]], "rare_acts": [act for act in found if act["rare"]]}


def _hold_act(obligation, request, rare):
    """Hold the reminders of the report, or lift the hold that keeps it, or its whole unit, quiet."""
    key, today = f"report:{obligation.pk}", request.actor.today
    if hold := load_holds(today).on(key, obligation.responsible_id, today):
        return _act("Bỏ tạm dừng nhắc", lift_path(hold, request.path), HOLDERS, False)
    query = urlencode({"duty": key, "next": request.path})
    return _act("Tạm dừng nhắc", f"{reverse('admin:notices_hold_make')}?{query}", HOLDERS, rare)


def _act(label, url, roles, rare):
    return {"label": label, "url": url, "roles": roles, "rare": rare, "primary": False}


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
    always = (("period", "unit"), "responsible", ("due_on", "counted_until"), "state")
    where_known = (  # shown where one of them says something
        ("extended",),
        ("first_sent_at", "counted_on", "days_late"),
        ("declared_number", "declared_on"),
        ("declared_by", "declared_at"),
        ("paper_number", "paper_on"),
        ("closed_reason",),
    )
    missed = (("missed_number", "missed_on", "missed_at"), "missed_note")

    def get_fields(self, request, obj=None):
        if obj is None:
            return [*self.always, *self.where_known]
        known = [names for names in self.where_known if any(getattr(obj, name) not in (None, "") for name in names)]
        missed = self.missed if obj.missed_at and obj.is_open else ()
        told = ("declarations",) if lines_of(obj, actor=request.actor) else ()
        return [*self.always, *known, *missed, *told]

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        found = queryset.filter(unit__in=Unit.objects.filter(search_q(search_term)).values("pk"))
        if ORDER_VAR not in request.GET:  # a column somebody chose to sort by goes before
            found = found.order_by(name_rank(typed_name(search_term), "unit__"), *self.ordering)
        return found, False

    @admin.display(description="Lịch sử báo gửi")
    def declarations(self, obligation):
        """Every declaration, correction and withdrawal of the unit, and each answer of the Sở."""
        lines = lines_of(obligation, actor=None)
        rows = ((line["title"], format_datetime(line["when"]), line["who"], line["note"]) for line in lines)
        return format_html_join(mark_safe("<br>"), "{} ({}, {}) {}", rows)

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
        view = self.admin_site.admin_view(act_view)
        return [path("<int:pk>/<slug:act>/ghi/", view, name="reports_obligation_act"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = Obligation.objects.filter(pk=whole_number(object_id)).first()
        more = _acts(row, request) if row else {}
        more["moves"] = moves_of(request.path, action="obligation.extended")
        more["corrections"] = moves_of(request.path, action="obligation.paper_corrected")
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
