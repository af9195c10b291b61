"""“Tình trạng hệ thống” and “Vì sao?” in the Sở's admin. Doormen only."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import MAIL_READERS, ReadOnlyAdmin
from districts.known_holidays import unconfirmed_days
from districts.models import Unit
from notices.duties import open_duties
from notices.explain import explain
from notices.gaps import gaps
from notices.ledger_pages import by_state, dress
from notices.models import Alarm, Heartbeat, Mail, Reminder
from notices.watching import look
from records.formfields import LineFormField
from records.text import search_q

MOST = 50  # rows of one list of the page
HEAVY = ("html", "text", "context")


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin, admin.ModelAdmin):
    """Its list is the page of the whole system's state."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("vi-sao/", view(self.why_view), name="notices_why"),
            path("vi-sao/<int:person_id>/", view(self.person_view), name="notices_why_person"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        now = timezone.now()
        ended_badly = Mail.objects.filter(state__in=[Mail.State.FAILED, Mail.State.UNKNOWN])
        context = {
            "title": "Tình trạng hệ thống",
            "picture": look(now=now),
            "now": now,
            "gaps": gaps(now=now),
            "states": by_state(),
            "may_read_mails": request.actor.has_any(MAIL_READERS),
            "bad_mails": [dress(mail) for mail in ended_badly.select_related("person").defer(*HEAVY)[:MOST]],
            "unreachable": without_address(now)[:MOST],
            "unconfirmed_days": unconfirmed_days(today=timezone.localtime(now).date())[:MOST],
            "alarms": Alarm.objects.filter(ended_at=None),
        }
        return self._page(request, "admin/system_state.html", context)

    def why_view(self, request):
        """Search a person, of a unit or of the Sở."""
        self._must_read_mails(request)
        term = WhyForm(request.GET).term()
        people = User.objects.filter(search_q(term)).order_by("full_name", "pk") if term else User.objects.none()
        page = Paginator(people, 25).get_page(request.GET.get("page"))
        context = {"title": "Vì sao có hoặc không có thư nhắc", "page_obj": page, "people": page.object_list}
        return self._page(request, "admin/why.html", {**context, "form": WhyForm(request.GET), "term": term})

    def person_view(self, request, person_id):
        """Duties of one person with their ledger; ``?viec=`` explains one of them."""
        self._must_read_mails(request)
        person, now = get_object_or_404(User, pk=person_id), timezone.now()
        key = request.GET.get("viec", "").replace("\x00", "")[:120]
        context = {"title": person.get_full_name(), "person": person, "duties": duties_of(person, now), "key": key}
        if key:
            context["found"] = explain(person=person, duty_key=key, now=now)
        return self._page(request, "admin/why_person.html", context)

    def _must_read_mails(self, request):
        if not request.actor.has_any(MAIL_READERS):
            raise PermissionDenied("Thư và nhắc việc do chuyên viên, lãnh đạo và quản trị của Sở xem.")

    def _page(self, request, template, context):
        if not self.has_view_permission(request):
            raise PermissionDenied
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), **context})


class WhyForm(forms.Form):
    """Whom the question is about."""

    q = LineFormField(label="Tên, tên đăng nhập hoặc thư điện tử (không cần dấu)", required=False)

    def term(self):
        return self.cleaned_data.get("q", "") if self.is_valid() else ""


def without_address(now):
    """People who hold a role today and cannot be written to."""
    valid = Membership.objects.valid_on(timezone.localtime(now).date())
    return User.objects.filter(is_active=True, email="", pk__in=valid.values("user_id")).order_by("full_name", "pk")


def duties_of(person, now):
    """(key, title, due) of what the person owes now, then of what the ledger has about them; each once."""
    held = {}
    for unit_id, role in person.memberships.valid_on(timezone.localtime(now).date()).values_list("unit_id", "role"):
        held.setdefault(unit_id, set()).add(role)
    units = None if None in held else sorted(held)
    mine = [duty for duty in open_duties(now=now, unit_ids=units) if held.get(duty.unit_id, set()) & duty.seen_by]
    names = dict(Unit.objects.filter(pk__in=held.keys() - {None}).values_list("pk", "name"))
    found = {duty.key: _line(duty, names) for duty in mine[:MOST]}
    rows = Reminder.objects.filter(person=person).order_by("-planned_at", "-pk")
    rows = rows.values_list("duty_key", "title", "due", "unit__name", "escalated")
    for key, title, due, unit, escalated in rows[: MOST * 4]:
        named = title if escalated or not unit else f"{title} – {unit}"
        found.setdefault(key, {"key": key, "title": named, "due": due, "open": False})
    return list(found.values())[: MOST * 2]


def _line(duty, names):
    title = f"{duty.title} – {names[duty.unit_id]}" if duty.unit_id in names else duty.title
    return {"key": duty.key, "title": title, "due": duty.due, "open": True}
