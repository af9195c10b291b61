"""The audit trail on the staff side: read only, and only by administrators (it holds network addresses)."""

from django.contrib import admin

from records.models import AuditEntry
from records.staff import ADMIN_ONLY, ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    view_roles = ADMIN_ONLY
    list_display = ["at", "actor_name", "action", "object_label", "ip"]
    date_hierarchy = "at"
    list_select_related = False
    fields = ["at", "actor_name", "action", "object_label", "object_path", "detail", "ip"]
