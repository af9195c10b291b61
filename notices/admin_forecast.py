"""“Dự báo nhắc việc”: who will be written to in the next 30 days; and holding reminders back."""

import datetime as dt

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.permissions import ReadOnlyAdmin
from districts.models import Unit
from notices.duties import open_duties
from notices.forecast import forecast
from notices.holds import HOLDERS, HoldRefused, lift_hold, make_hold
from notices.ladder import rung_words
from notices.models import Hold, Touch
from records.formfields import DateField, LineFormField
from records.text import search_q, whole_number

SHOWN_PER_DAY = 20  # on the page of all days; a single day is paged through
PER_PAGE = 100
NAMED = 20  # units without people named on the page


class ForecastFilter(forms.Form):
    """GET parameters; an unknown value counts as not given."""

    q = LineFormField(label="Đơn vị (không cần dấu)", required=False)
    only = forms.ChoiceField(
        label="Người nhận", required=False, choices=[("", "Tất cả"), ("no_address", "Chưa có e-mail")]
    )
    day = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.chosen = {name: value for name, value in self.cleaned_data.items() if value}


class HoldForm(forms.Form):
    reason = LineFormField(label="Lý do", max_length=300, help_text="Ví dụ: chờ Nghị quyết sắp xếp đơn vị.")
    since = DateField(label="Từ ngày")
    until = DateField(label="Đến hết ngày", help_text="Hết ngày này việc nhắc tự tiếp tục.")


def forecast_page(params, *, now) -> dict:
    """Context of the page. Constant number of queries."""
    form = ForecastFilter(params)
    chosen = form.chosen
    units = None
    if chosen.get("q"):
        units = list(Unit.objects.filter(search_q(chosen["q"])).values_list("pk", flat=True))
    found = forecast(now=now, unit_ids=units)
    names = Unit.objects.in_bulk({duty.unit_id for duty, _ in _items(found)} | {d.unit_id for d in found.unpeopled})
    letters = found.letters
    if chosen.get("only"):
        letters = [letter for letter in letters if not letter.address]
    context = {
        "filter": form,
        "chosen": chosen,
        "found": found,
        "total": len(letters),
        "people": len({letter.person.pk for letter in letters}),
        "no_address": len({letter.person.pk for letter in letters if not letter.address}),
        "unpeopled": _unpeopled(found, names),
        "quiet": found.quiet,
    }
    return {**context, **_days(letters, names, chosen.get("day"), params.get("page"))}


def _items(found):
    return [item for letter in found.letters for item in letter.items]


def _days(letters, names, day, page_number):
    """The letters by day: some of every day, or one day page by page."""
    by_day = {}
    for letter in letters:
        by_day.setdefault(letter.day, []).append(letter)
    if day:
        page = Paginator(by_day.get(day, []), PER_PAGE).get_page(page_number)
        by_day = {day: by_day.get(day, [])}
        return {"days": [_day(day, by_day[day], page.object_list, names)], "page_obj": page, "one_day": day}
    return {"days": [_day(day, some, some[:SHOWN_PER_DAY], names) for day, some in by_day.items()], "page_obj": None}


def _day(day, letters, shown, names):
    return {
        "day": day,
        "letters": len(letters),
        "duties": sum(len(letter.items) for letter in letters),
        "no_address": sum(not letter.address for letter in letters),
        "lines": [_line(letter, names) for letter in shown],
        "hidden": len(letters) - len(shown),
    }


def _line(letter, names):
    items = [{"duty": duty, "rung": rung_words(rung), "unit": names.get(duty.unit_id)} for duty, rung in letter.items]
    units = list({item["unit"].pk: item["unit"] for item in items if item["unit"]}.values())
    return {"person": letter.person, "items": items, "units": units}


def _unpeopled(found, names):
    """Units with duties and nobody to do them, each once with the number of duties."""
    counts = {}
    for duty in found.unpeopled:
        counts[duty.unit_id] = counts.get(duty.unit_id, 0) + 1
    rows = [{"unit": names.get(pk), "count": count} for pk, count in counts.items()]
    rows.sort(key=lambda row: row["unit"].sort_key if row["unit"] else "")
    return {"count": len(rows), "rows": rows[:NAMED], "more": max(0, len(rows) - NAMED)}


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Holds past and present; made and lifted on pages of their own."""

    list_display = ["title", "reason", "since", "until", "made_by", "lifted_at"]
    list_select_related = ["made_by"]
    fields = ["title", "reason", ("since", "until"), ("made_by", "made_at"), ("lifted_by", "lifted_at"), "duty_key"]

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("du-bao/", wrap(self.forecast_view), name="notices_forecast"),
            path("tam-dung/", wrap(self.make_view), name="notices_hold_make"),
            path("<int:pk>/bo/", wrap(require_POST(self.lift_view)), name="notices_hold_lift"),
            *super().get_urls(),
        ]

    def forecast_view(self, request):
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
        if not request.actor.has_any(HOLDERS):
            raise PermissionDenied("Tạm dừng nhắc do chuyên viên, lãnh đạo phòng hoặc quản trị của Sở thực hiện.")
        now = timezone.now()
        target, rows = _target(request.GET, now=now)
        today = request.actor.today
        initial = {"since": today, "until": today + dt.timedelta(days=7)}
        form = HoldForm(request.POST or None, initial=initial)
        back = _back(request)
        if request.method == "POST" and form.is_valid():
            try:
                hold = make_hold(**target, **form.cleaned_data, actor=request.actor, now=now)
                messages.success(request, f"Đã tạm dừng nhắc: {hold}. Việc nhắc tự tiếp tục sau ngày kết thúc.")
                return redirect(back)
            except HoldRefused as refusal:
                form.add_error(None, refusal.message)
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
        hold = get_object_or_404(Hold, pk=pk)
        try:
            lift_hold(hold=hold, actor=request.actor, now=timezone.now())
            messages.success(request, f"Đã bỏ tạm dừng: {hold}. Việc nhắc tiếp tục từ lần gửi tới.")
        except HoldRefused as refusal:
            messages.error(request, refusal.message)
        return redirect(_back(request))


@admin.register(Touch)
class TouchAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Every letter, call and message of chasing."""

    list_display = ["at", "kind", "unit", "title", "number", "promised_on", "by"]
    list_filter = ["kind"]
    list_select_related = ["unit", "by"]
    search_fields = ["unit__search"]
    search_help_text = "Tên đơn vị; không cần dấu"
    fields = ["title", "unit", ("kind", "at", "by"), ("number", "issued_on"), "contact", "note", "promised_on"]

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(unit__in=Unit.objects.filter(search_q(search_term)).values("pk")), False


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


def _back(request):
    wish = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wish, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wish if safe else reverse("admin:notices_forecast")
