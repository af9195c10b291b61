"""People, roles and signers on the staff side. Nobody types a password for somebody else."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from accounts.invitations import MailRefused, invite
from accounts.models import Membership, Signer, User
from accounts.permissions import RoleAdmin
from districts.admin import UnitAdmin
from districts.models import Unit
from records.admin import AuditEntryAdmin
from records.text import search_q, whole_number

admin.site.unregister(Group)  # roles come from dated memberships


class MembershipInline(RoleAdmin, admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["unit"]
    verbose_name = "vai trò"
    verbose_name_plural = "vai trò (kết thúc bằng “Đến hết ngày”, không xóa)"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit")


class UnitMembershipInline(MembershipInline):
    autocomplete_fields = ["user"]
    verbose_name = "người của đơn vị"
    verbose_name_plural = "người của đơn vị"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user").order_by("valid_to", "user__full_name")


class SignerInline(RoleAdmin, admin.TabularInline):
    model = Signer
    extra = 0
    verbose_name = "người ký"
    verbose_name_plural = "người ký văn bản"


class UserForm(forms.ModelForm):
    send_invitation = forms.BooleanField(
        label="Gửi thư kích hoạt ngay sau khi lưu",
        required=False,
        initial=True,
        help_text="Người dùng tự đặt mật khẩu qua liên kết trong thư.",
    )

    class Meta:
        model = User
        fields = ["username", "full_name", "post", "email", "phone", "is_active"]

    def clean(self):
        data = super().clean()
        if data.get("send_invitation") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", "Nhập thư điện tử công vụ để gửi thư kích hoạt, hoặc bỏ chọn gửi thư.")
        return data


@admin.register(User)
class UserAdmin(RoleAdmin, admin.ModelAdmin):
    form = UserForm
    list_display = ["username", "full_name", "post", "email", "phone", "is_active", "last_login"]
    list_filter = ["is_active", ("memberships__role", admin.ChoicesFieldListFilter)]
    search_fields = ["search"]
    search_help_text = "Họ tên, tên đăng nhập hoặc thư điện tử; không cần dấu"
    inlines = [MembershipInline]
    change_form_template = "admin/user_change_form.html"

    def get_fieldsets(self, request, obj=None):
        person = ["username", "full_name", "post", ("email", "phone"), "is_active"]
        if obj is None:
            return [(None, {"fields": [*person, "send_invitation"]})]
        return [(None, {"fields": [*person, "last_login"]})]

    def get_readonly_fields(self, request, obj=None):
        return ["username", "last_login"] if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None:
            form.base_fields.pop("send_invitation", None)
        return form

    def get_search_results(self, request, queryset, search_term):
        return queryset.filter(search_q(search_term)), False

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        if request.POST.get("send_invitation"):
            self._invite(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def get_urls(self):
        view = self.admin_site.admin_view(self.invite_view)
        return [path("<int:pk>/kich-hoat/", view, name="accounts_user_invite"), *super().get_urls()]

    def invite_view(self, request, pk):
        """Ask, then send the activation mail."""
        if not self.has_change_permission(request):
            raise PermissionDenied("Thư kích hoạt do quản trị hệ thống gửi.")
        user = get_object_or_404(User, pk=pk)
        back = reverse("admin:accounts_user_change", args=[pk])
        if request.method == "POST":
            self._invite(request, user)
            return redirect(back)
        context = {
            "heading": "Gửi thư kích hoạt",
            "text": "Thư có liên kết dùng một lần để người nhận tự đặt mật khẩu.",
            "rows": [("Người nhận", user.full_name), ("Thư điện tử", user.email)],
            "confirm_label": "Gửi thư kích hoạt",
            "cancel_url": back,
        }
        return TemplateResponse(request, "components/confirm.html", context)

    def _invite(self, request, user):
        try:
            invite(user=user, by=request.user, now=timezone.now(), base_url=settings.SITE_URL)
            messages.success(request, f"Đã gửi thư kích hoạt cho {user} ({user.email}).")
        except MailRefused as refusal:
            messages.error(request, str(refusal))


@admin.register(Signer)
class SignerAdmin(RoleAdmin, admin.ModelAdmin):
    list_display = ["full_name", "post", "authority", "unit", "valid_from", "valid_to"]
    list_filter = ["authority"]
    list_select_related = ["unit"]
    autocomplete_fields = ["unit"]
    search_fields = ["full_name"]
    search_help_text = "Tên đơn vị (không cần dấu) hoặc họ tên người ký"

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        units = Unit.objects.filter(search_q(search_term)).values("pk")
        return queryset.filter(unit__in=units) | queryset.filter(full_name__icontains=search_term), False


admin.site.unregister(Unit)


@admin.register(Unit)
class UnitPeopleAdmin(UnitAdmin):
    """Units with the people who act for them and those who sign."""

    inlines = [UnitMembershipInline, SignerInline, *UnitAdmin.inlines]


class ActorUnitFilter(admin.SimpleListFilter):
    """Lines of the audit trail written by people who work, or have worked, for one unit."""

    title = "đơn vị của người thực hiện"
    parameter_name = "unit"

    def lookups(self, request, model_admin):
        units = Unit.objects.filter(memberships__isnull=False).distinct()
        return [(str(pk), name) for pk, name in units.order_by("sort_key", "pk").values_list("pk", "name")]

    def queryset(self, request, queryset):
        if (unit_id := whole_number(self.value())) is None:
            return queryset
        return queryset.filter(actor__in=Membership.objects.filter(unit_id=unit_id).values("user"))


AuditEntryAdmin.list_filter = [*AuditEntryAdmin.list_filter, ActorUnitFilter]
