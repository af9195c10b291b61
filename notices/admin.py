"""The reminder ladder (edited), the ledger and the outbox (read only)."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import PROGRAMME_EDITORS, ReadOnlyAdmin, RoleAdmin
from notices.duties import duty_kinds
from notices.models import Mail, Reminder, Rung
from notices.outbox import send_again
from records.text import search_q


class RungForm(forms.ModelForm):
    """The kinds are those the providers of duties name."""

    class Meta:
        model = Rung
        fields = ["kind", "offset", "copy_leader", "active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            known = dict(duty_kinds())
            if self.instance.kind:
                known.setdefault(self.instance.kind, self.instance.kind)
            label = self.fields["kind"].label
            self.fields["kind"] = forms.ChoiceField(label=label, choices=[("", "– chọn –"), *known.items()])


@admin.register(Rung)
class RungAdmin(RoleAdmin, admin.ModelAdmin):
    form = RungForm
    list_display = ["kind_name", "offset", "copy_leader", "active"]
    list_filter = ["active", "copy_leader"]

    @admin.display(description="Loại việc", ordering="kind")
    def kind_name(self, rung):
        return duty_kinds().get(rung.kind, rung.kind)


def _people(term):
    return User.objects.filter(search_q(term)).values("pk")


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Mails as they were sent, with what the server answered; those not sent may be queued once more."""

    actions = ["queue_again"]

    list_display = ["created_at", "person", "address", "subject", "state", "attempts", "sent_at"]
    list_filter = ["state"]
    list_select_related = ["person"]
    search_fields = ["subject"]
    search_help_text = "Người nhận (không cần dấu) hoặc chữ trong tiêu đề"
    fields = [
        ("person", "address"),
        "subject",
        "text",
        ("state", "attempts"),
        ("created_at", "not_before", "sent_at"),
        "last_error",
        "message_code",
    ]

    @admin.display(description="Mã thư")
    def message_code(self, mail):
        return mail.message_id

    def get_queryset(self, request):
        return super().get_queryset(request).defer("html", "context")

    def has_resend_permission(self, request):
        return request.actor.has_any(PROGRAMME_EDITORS)

    @admin.action(description="Gửi lại thư không gửi được hoặc chưa rõ", permissions=["resend"])
    def queue_again(self, request, queryset):
        chosen = list(queryset.values_list("pk", flat=True))
        moved = send_again(mail_ids=chosen, now=timezone.now())
        left = f" {len(chosen) - moved} thư giữ nguyên (đã gửi, đang chờ, hoặc người nhận chưa có e-mail)."
        self.message_user(request, f"{moved} thư được gửi lại.{left if moved < len(chosen) else ''}", messages.SUCCESS)

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(Q(person__in=_people(search_term)) | Q(subject__icontains=search_term)), False


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Who was reminded of what, at which rung."""

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
