"""The reminder ladder (edited), the ledger and the outbox (read only)."""

from django.contrib import admin
from django.db.models import Q

from accounts.models import User
from accounts.permissions import MAIL_READERS, ReadOnlyAdmin
from notices import admin_forecast, admin_ladder, admin_mails, admin_texts, admin_watch  # noqa: F401 – their pages
from notices.models import Reminder
from records.text import search_q


def _people(term):
    return User.objects.filter(search_q(term)).values("pk")


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Who was reminded of what, at which rung."""

    view_roles = MAIL_READERS
    list_display = ["planned_at", "person", "title", "due", "offset", "state"]
    list_filter = ["state"]
    list_select_related = ["person"]
    search_fields = ["title"]
    search_help_text = "Người nhận (không cần dấu) hoặc chữ trong tên việc"
    fields = ["person", "title", ("due", "offset"), "state", "mail", ("planned_at", "settled_at"), "duty_key"]

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(Q(person__in=_people(search_term)) | Q(title__icontains=search_term)), False
