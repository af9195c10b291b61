"""“Các lần tạm dừng”: holding reminders back, and lifting it again from wherever it is met."""

import datetime as dt

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from accounts.permissions import MAIL_READERS, ReadOnlyAdmin
from districts.models import Unit
from notices.admin_forecast import forecast_page
from notices.duties import open_duties
from notices.holds import HOLDERS, HoldRefused, lift_hold, make_hold, may_be_lifted, state_of
from notices.models import Hold
from records.dates import format_date
from records.formfields import DateField, LineFormField
from records.text import whole_number


class HoldForm(forms.Form):
    reason = LineFormField(label="Lý do", max_length=300, help_text="Ví dụ: chờ Nghị quyết sắp xếp đơn vị.")
    since = DateField(label="Từ ngày")
    until = DateField(label="Đến hết ngày", help_text="Hết ngày này việc nhắc tự tiếp tục.")


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Holds past and present; made and lifted on pages of their own."""

    counted_as = "lượt tạm dừng nhắc"
    change_list_template = "admin/hold_change_list.html"
    change_form_template = "admin/obligation_change_form.html"
    list_display = ["title", "state", "reason", "since", "until", "made_by"]
    list_select_related = ["made_by"]
    fields = [
        "title",
        "state",
        "reason",
        ("since", "until"),
        ("made_by", "made_at"),
        ("lifted_by", "lifted_at"),
        "scope",
    ]

    def get_list_display(self, request):
        return [*self.list_display, "lift_link"] if request.actor.has_any(HOLDERS) else self.list_display

    @admin.display(description="Tình trạng")
    def state(self, hold):
        tone, words = state_of(hold, timezone.localdate())
        return format_html('<span class="chip {} text-nowrap">{}</span>', tone, words)

    @admin.display(description="Phạm vi")
    def scope(self, hold):
        return "Một việc" if hold.duty_key else "Mọi việc của đơn vị"

    @admin.display(description="Thao tác")
    def lift_link(self, hold):
        if not may_be_lifted(hold, timezone.localdate()):
            return None
        address = lift_path(hold, reverse("admin:notices_hold_changelist"))
        return format_html('<a href="{}" aria-label="Bỏ tạm dừng {}">Bỏ tạm dừng</a>', address, hold.title)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("du-bao/", wrap(self.forecast_view), name="notices_forecast"),
            path("tam-dung/", wrap(self.make_view), name="notices_hold_make"),
            path("<int:pk>/bo/", wrap(self.lift_view), name="notices_hold_lift"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        hold = Hold.objects.filter(pk=whole_number(object_id)).first()
        more = {}
        if hold and may_be_lifted(hold, request.actor.today) and request.actor.has_any(HOLDERS):
            more["acts"] = [{"label": "Bỏ tạm dừng", "url": lift_path(hold, request.path), "primary": False}]
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def forecast_view(self, request):
        if not request.actor.has_any(MAIL_READERS):
            raise PermissionDenied("Dự báo nhắc việc do chuyên viên, lãnh đạo và quản trị của Sở xem.")
        context = {
            **self.admin_site.each_context(request),
            "title": "Dự báo nhắc việc",
            "may_hold": request.actor.has_any(HOLDERS),
            **forecast_page(request.GET, now=timezone.now()),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/forecast.html", context)

    def make_view(self, request):
        """Hold one unit (``?unit=``) or one duty (``?duty=``); a refusal keeps what was typed."""
        _check(request)
        now = timezone.now()
        target, rows = _target(request.GET, now=now)
        today = request.actor.today
        initial = {"since": today, "until": today + dt.timedelta(days=7)}
        form = HoldForm(request.POST or None, initial=initial)
        back = back_to(request, reverse("admin:notices_forecast"))
        if request.method == "POST" and form.is_valid():
            try:
                hold = make_hold(**target, **form.cleaned_data, actor=request.actor, now=now)
                messages.success(request, f"Đã tạm dừng nhắc: {hold}. Việc nhắc tự tiếp tục sau ngày kết thúc.")
                return redirect(back)
            except HoldRefused as refusal:
                form.add_error(refusal.field, _with_way_out(refusal, request))
        context = {
            "heading": "Tạm dừng nhắc",
            "text": "Không có thư nhắc nào được gửi trong thời gian này; thư đã gửi giữ nguyên. "
            "Hết hạn tạm dừng, đơn vị chỉ nhận mốc nhắc gần nhất.",
            "rows": rows,
            "form": form,
            "confirm_label": "Tạm dừng nhắc",
            "cancel_url": back,
        }
        return TemplateResponse(request, "components/confirm.html", context, status=422 if form.errors else 200)

    def lift_view(self, request, pk):
        """GET tells what would be lifted, POST lifts it."""
        _check(request)
        hold = get_object_or_404(Hold.objects.select_related("unit", "made_by"), pk=pk)
        back = back_to(request, reverse("admin:notices_forecast"))
        if request.method != "POST" and may_be_lifted(hold, request.actor.today):
            context = {
                "heading": "Bỏ tạm dừng nhắc",
                "text": "Việc nhắc tiếp tục từ lần gửi tới; chỉ gửi mốc nhắc gần nhất.",
                "rows": _about(hold),
                "confirm_label": "Bỏ tạm dừng",
                "cancel_url": back,
            }
            return TemplateResponse(request, "components/confirm.html", context)
        try:
            lift_hold(hold=hold, actor=request.actor, now=timezone.now())
            messages.success(request, f"Đã bỏ tạm dừng: {hold}. Việc nhắc tiếp tục từ lần gửi tới.")
        except HoldRefused as refusal:
            messages.error(request, refusal.message)
        return redirect(back)


def lift_path(hold, back="") -> str:
    """The page that lifts the hold and leads back to where one came from."""
    address = reverse("admin:notices_hold_lift", args=[hold.pk])
    return f"{address}?{urlencode({'next': back})}" if back else address


def _check(request):
    if not request.actor.has_any(HOLDERS):
        raise PermissionDenied("Tạm dừng nhắc do chuyên viên, lãnh đạo phòng hoặc quản trị của Sở thực hiện.")


def _with_way_out(refusal, request):
    """The sentence, and the page of the hold that is in the way."""
    if refusal.hold is None:
        return refusal.message
    address = lift_path(refusal.hold, request.get_full_path())
    return format_html('{} <a href="{}">Bỏ tạm dừng</a>', refusal.message, address)


def _about(hold):
    unit = ("Phạm vi", "Mọi việc của đơn vị") if hold.unit_id else ("Phạm vi", "Chỉ việc này")
    days = f"{format_date(hold.since)} – hết ngày {format_date(hold.until)}"
    made = f"{hold.made_by.get_full_name()}, {format_date(hold.made_at)}"
    return [("Tạm dừng nhắc", hold.title), unit, ("Lý do", hold.reason), ("Thời gian", days), ("Người đặt", made)]


def _target(params, *, now):
    """What the hold is for: arguments of ``make_hold`` and the rows that tell the person."""
    if (unit_pk := whole_number(params.get("unit"))) is not None:
        unit = get_object_or_404(Unit, pk=unit_pk)
        return {"unit": unit, "title": unit.name}, [("Đơn vị", unit.name), ("Phạm vi", "Mọi việc của đơn vị")]
    key = params.get("duty", "")
    duty = next((duty for duty in open_duties(now=now) if duty.key == key), None)
    if duty is None:
        raise Http404("Việc này không còn mở.")
    unit = Unit.objects.filter(pk=duty.unit_id).first()
    place = unit.name if unit else "Sở KH&CN"
    return {"duty_key": key, "title": f"{duty.title} – {place}"}, [("Đơn vị", place), ("Việc", duty.title)]


def back_to(request, default):
    """Where one came from, if that is a page of the portal."""
    wish = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wish, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wish if safe else default
