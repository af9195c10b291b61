"""The audit trail on the staff side: read only, and only by administrators (it holds network addresses)."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.html import format_html

from records.audit_detail import detail_rows
from records.audit_labels import LABELS
from records.models import AuditEntry
from records.staff import ADMIN_ONLY, ReadOnlyAdmin
from records.text import search_q

WITH_ADDRESS = ("account.", "admin.", "calendar.", "file.", "mail.")


class ActionFilter(admin.SimpleListFilter):
    """One kind of action, by the name it is shown with."""

    title = "việc"
    parameter_name = "action"

    def lookups(self, request, model_admin):
        return LABELS.items()

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    view_roles = ADMIN_ONLY
    list_display = ["at", "actor_name", "what", "object_label"]
    list_filter = [ActionFilter]
    search_fields = ["search"]  # shows the box; get_search_results asks
    search_help_text = "Người thực hiện, đối tượng hoặc đơn vị (không cần dấu)"
    date_hierarchy = "at"
    list_select_related = False
    fields = ["at", "actor_name", "what", "object_label", "page", "said", "ip"]
    readonly_fields = ["what", "page", "said"]

    def get_list_display(self, request):
        """The address only beside acts it is known of: sign-in, files, mails – not steps of the work."""
        known = request.GET.get("action", "").startswith(WITH_ADDRESS)
        return [*self.list_display, "ip"] if known else self.list_display

    def get_search_results(self, request, queryset, search_term):
        return queryset.filter(search_q(search_term)), False

    @admin.display(description="Việc", ordering="action")
    def what(self, entry):
        return entry.action_label

    @admin.display(description="Trang")
    def page(self, entry):
        """A link where the path is one of ours; other text is never made a link."""
        path = entry.object_path
        ours = path.startswith("/") and not path.startswith("//")
        return format_html('<a href="{}">{}</a>', path, path) if ours else path

    @admin.display(description="Chi tiết")
    def said(self, entry):
        rows = [{"term": label, "value": text} for label, text in detail_rows(entry.detail)]
        return render_to_string("components/summary_list.html", {"rows": rows}) if rows else ""
