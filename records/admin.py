"""The audit trail on the staff side: read only."""

from django.contrib import admin

from records.models import AuditEntry
from records.staff import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    list_display = ["at", "actor_name", "action", "object_label", "ip"]
    date_hierarchy = "at"
    list_select_related = False
    fields = ["at", "actor_name", "action", "object_label", "object_path", "detail", "ip"]
