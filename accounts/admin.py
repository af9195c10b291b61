"""People, roles and signers on the staff side. Nobody types a password for somebody else."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from accounts.gaps import keepers, units_without_people
from accounts.invitations import MailRefused, invite
from accounts.models import Membership, Signer, User
from accounts.permissions import RoleAdmin
from districts.admin import UnitAdmin, aside
from districts.models import Unit
from records.admin import AuditEntryAdmin
from records.text import search_q, search_words, whole_number

admin.site.unregister(Group)  # roles come from dated memberships


def _wanted_unit(request):
    """The unit whose page led here to add a person; ``None`` once the form is sent."""
    return whole_number(request.GET.get("unit")) if request.method == "GET" else None


class MembershipInline(RoleAdmin, admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["unit"]
    verbose_name = "vai trò"
    verbose_name_plural = "vai trò (kết thúc bằng “Đến hết ngày”, không xóa)"

    def get_extra(self, request, obj=None, **kwargs):
        return 1 if obj is None and _wanted_unit(request) else self.extra

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


class PlaceFilter(admin.SimpleListFilter):
    """People by the unit they work for today."""

    title = "đơn vị"
    parameter_name = "unit"

    def lookups(self, request, model_admin):
        held = Membership.objects.valid_on(request.actor.today).exclude(unit=None).values("unit")
        units = Unit.objects.filter(pk__in=held).order_by("sort_key", "pk").values_list("pk", "name")
        return [("so", "Sở KH&CN"), *((str(pk), name) for pk, name in units)]

    def queryset(self, request, queryset):
        unit = None if self.value() == "so" else whole_number(self.value())
        if unit is None and self.value() != "so":
            return queryset
        held = Membership.objects.valid_on(request.actor.today).filter(unit=unit)
        return queryset.filter(pk__in=held.values("user"))


class PeopleFilter(admin.SimpleListFilter):
    """Units by whether somebody works for them today."""

    title = "người làm việc"
    parameter_name = "nguoi"

    def lookups(self, request, model_admin):
        return [("chua", "Chưa có người làm")]

    def queryset(self, request, queryset):
        if self.value() != "chua":
            return queryset
        return queryset.filter(pk__in=units_without_people(request.actor.today).order_by().values("pk"))


@admin.register(User)
class UserAdmin(RoleAdmin, admin.ModelAdmin):
    form = UserForm
    list_display = ["named", "places", "reached", "is_active", "last_login"]
    list_filter = ["is_active", ("memberships__role", admin.ChoicesFieldListFilter), PlaceFilter]
    search_fields = ["search"]
    search_help_text = "Họ tên, tên đăng nhập, thư điện tử hoặc đơn vị; không cần dấu"
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
        for word in search_words(search_term):
            members = Membership.objects.filter(unit__in=Unit.objects.with_word(word).values("pk")).values("user")
            queryset = queryset.filter(Q(search__contains=f" {word}") | Q(pk__in=members))
        return queryset, False

    def get_queryset(self, request):
        held = Membership.objects.valid_on(request.actor.today).select_related("unit").order_by("unit__sort_key", "pk")
        return super().get_queryset(request).prefetch_related(Prefetch("memberships", held, to_attr="held"))

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """A person added from a unit's page begins with that unit."""
        kwargs, unit = super().get_formset_kwargs(request, obj, inline, prefix), _wanted_unit(request)
        if unit and not obj.pk and isinstance(inline, MembershipInline):
            kwargs["initial"] = [{"unit": unit, "valid_from": request.actor.today}]
        return kwargs

    @admin.display(description="Người dùng", ordering="full_name")
    def named(self, user):
        more = " · ".join(filter(None, [user.username, user.post]))
        return format_html("{}<br>{}", user.full_name or user.username, aside(more))

    @admin.display(description="Đơn vị, vai trò")
    def places(self, user):
        held = {}
        for row in user.held:
            held.setdefault(row.unit.name if row.unit else "Sở KH&CN", []).append(row.get_role_display())
        rows = [(place, aside(", ".join(dict.fromkeys(roles)))) for place, roles in held.items()]
        return format_html_join(mark_safe("<br>"), "{}<br>{}", rows) or "chưa có vai trò"

    @admin.display(description="Thư điện tử, điện thoại", ordering="email")
    def reached(self, user):
        return format_html("{}<br>{}", user.email or "chưa có thư điện tử", user.phone)

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
    list_filter = [*UnitAdmin.list_filter, PeopleFilter]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        today, pk = request.actor.today, whole_number(object_id)
        nobody = pk is not None and units_without_people(today).filter(pk=pk).exists()
        more = {"nobody": nobody, "keepers": keepers(today) if nobody else []}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})


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
