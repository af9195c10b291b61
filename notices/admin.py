"""The reminder ladder (edited), the ledger and the outbox (read only)."""

from django.contrib import admin
from django.utils.html import format_html

from accounts.permissions import MAIL_READERS, ReadOnlyAdmin
from notices import admin_holds, admin_ladder, admin_mails, admin_texts, admin_touches, admin_watch  # noqa: F401 – their pages
from notices.explain_ledger import state_words
from notices.ladder import rung_words
from notices.ledger_search import reminders_found
from notices.models import Reminder
from notices.settling import mail_path


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Who was reminded of what, at which rung."""

    counted_as = "lượt nhắc"
    view_roles = MAIL_READERS
    list_display = ["planned_at", "person", "place", "title", "due", "rung", "said"]
    list_filter = ["state"]
    list_select_related = ["person", "unit", "mail"]
    search_fields = ["title"]
    search_help_text = "Người nhận, đơn vị hoặc chữ trong tên việc (không cần dấu)"
    fields = ["person", "place", "title", ("due", "rung"), "said", "letter", ("planned_at", "settled_at"), "code"]

    @admin.display(description="Đơn vị", ordering="unit__sort_key")
    def place(self, row):
        return row.unit.name if row.unit else "Sở KH&CN"

    @admin.display(description="Mốc", ordering="-offset")
    def rung(self, row):
        return rung_words(row.offset)

    @admin.display(description="Trạng thái", ordering="state")
    def said(self, row):
        words = state_words(row)
        return words[0].upper() + words[1:]

    @admin.display(description="Thư")
    def letter(self, row):
        return (
            format_html('<a href="{}">{}</a>', mail_path(row.mail), row.mail) if row.mail else "chưa có trong thư nào"
        )

    @admin.display(description="Mã việc")
    def code(self, row):
        return row.duty_key

    def get_search_results(self, request, queryset, search_term):
        return reminders_found(queryset, search_term), False
