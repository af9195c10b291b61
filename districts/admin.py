"""Units, themes and days off on the staff side."""

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.utils.html import format_html

from records.staff import RoleAdmin
from records.text import search_q

from .former import former_names
from .loading import refold_units
from .models import FormerWard, Holiday, Succession, Theme, Unit, WardSuccession


def aside(text):
    """Small words under a name; a box of its own, so that the link's line does not run under them."""
    return format_html('<small class="d-inline-block lede fw-normal">{}</small>', text)


class PredecessorInline(RoleAdmin, admin.TabularInline):
    model = Succession
    can_delete = True  # a link typed by mistake
    fk_name = "successor"
    extra = 0
    autocomplete_fields = ["predecessor"]
    verbose_name = "đơn vị tiền thân"
    verbose_name_plural = "đơn vị tiền thân"


@admin.register(Unit)
class UnitAdmin(RoleAdmin, admin.ModelAdmin):
    list_display = ["named", "code", "kind", "place_name", "valid_from", "valid_to", "phone", "email"]
    list_filter = ["level", "kind"]
    search_fields = ["search"]
    search_help_text = "Tên hiện nay, tên cũ hoặc mã; không cần dấu"
    readonly_fields = ["level"]
    fields = [
        ("name", "kind"),
        ("code", "level"),
        "place_name",
        ("valid_from", "valid_to"),
        "address",
        ("phone", "email"),
        "identifier",
    ]
    inlines = [PredecessorInline]
    list_per_page = 50

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "code"] if obj else self.readonly_fields

    @admin.display(description="tên đơn vị", ordering="sort_key")
    def named(self, unit):
        """With the former name where that is what was searched for."""
        old = getattr(unit, "found_by", "")
        return format_html("{}<br>{}", unit.name, aside(f"Trước đây: {old}")) if old else unit.name

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        if found.query:
            found.result_list = list(found.result_list)
            old = former_names(found.result_list, found.query)
            for unit in found.result_list:
                unit.found_by = old.get(unit.pk, "")
        return found

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        found = queryset.search(search_term)  # in its own order, unless somebody chose a column to sort by
        return (found.order_by(*queryset.query.order_by) if ORDER_VAR in request.GET else found), False

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        refold_units()


class WardSuccessionInline(RoleAdmin, admin.TabularInline):
    model = WardSuccession
    can_delete = True
    extra = 0
    autocomplete_fields = ["unit"]
    verbose_name = "đơn vị mới"
    verbose_name_plural = "đơn vị mới"


@admin.register(FormerWard)
class FormerWardAdmin(RoleAdmin, admin.ModelAdmin):
    list_display = ["__str__", "code", "district"]
    list_filter = ["kind"]
    list_select_related = ["district"]
    search_fields = ["search"]
    search_help_text = "Tên hoặc mã; không cần dấu"
    autocomplete_fields = ["district"]
    inlines = [WardSuccessionInline]

    def get_search_results(self, request, queryset, search_term):
        return queryset.filter(search_q(search_term)), False

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        refold_units()


@admin.register(Theme)
class ThemeAdmin(RoleAdmin, admin.ModelAdmin):
    list_display = ["name", "code", "order", "active"]
    list_editable = ["order", "active"]
    list_filter = ["active"]


@admin.register(Holiday)
class HolidayAdmin(RoleAdmin, admin.ModelAdmin):
    list_display = ["day", "name", "kind", "source", "confirmed"]
    list_editable = ["kind", "confirmed"]
    list_filter = ["kind", "confirmed"]
    date_hierarchy = "day"
    ordering = ["-day"]  # never deleted: a seed would come back; "Ngày thường" takes a day back for good
