"""The ladder of reminders in the admin: one rung at a time, and every ladder in words on one page."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse

from accounts.permissions import RoleAdmin
from notices.duties import duty_kinds
from notices.ladder import default_rungs, rung_words
from notices.models import Rung


class RungForm(forms.ModelForm):
    """The kinds are those the providers of duties name."""

    class Meta:
        model = Rung
        fields = ["kind", "offset", "copy_leader", "tell_department", "active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            known = dict(duty_kinds())
            if self.instance.kind:
                known.setdefault(self.instance.kind, self.instance.kind)
            label = self.fields["kind"].label
            self.fields["kind"] = forms.ChoiceField(label=label, choices=[("", "– chọn –"), *known.items()])

    def clean(self):
        data = super().clean()
        if data.get("tell_department") and (data.get("offset") or 0) >= 0:
            self.add_error("tell_department", "Chỉ báo chuyên viên Sở ở mốc quá hạn: nhập số ngày âm, ví dụ -3.")
        return data


@admin.register(Rung)
class RungAdmin(RoleAdmin, admin.ModelAdmin):
    form = RungForm
    list_display = ["kind_name", "words", "offset", "active"]
    list_filter = ["active", "copy_leader", "tell_department"]
    change_list_template = "admin/rung_change_list.html"

    @admin.display(description="Loại việc", ordering="kind")
    def kind_name(self, rung):
        return duty_kinds().get(rung.kind, rung.kind)

    @admin.display(description="Mốc", ordering="-offset")
    def words(self, rung):
        return rung_words(rung.offset, rung.copy_leader, rung.tell_department)

    def get_urls(self):
        return [
            path("bac-thang/", self.admin_site.admin_view(self.ladders), name="notices_ladders"),
            *super().get_urls(),
        ]

    def ladders(self, request):
        """Every kind of duty with its rungs in words, in the order they are reached."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "title": "Mốc nhắc theo loại việc", "ladders": _ladders()}
        return TemplateResponse(request, "admin/ladders.html", context | {"may_edit": self.may_edit(request)})


def _ladders():
    rungs = {}
    for rung in Rung.objects.order_by("kind", "-offset"):
        rungs.setdefault(rung.kind, []).append(rung)
    found = []
    for kind, name in duty_kinds().items():
        own = rungs.get(kind)
        if own is None:
            steps = [{"words": rung_words(offset, copy), "active": True} for offset, copy in default_rungs(kind)]
        else:
            steps = [_step(rung) for rung in own]
        found.append({"name": name, "steps": steps, "default": own is None})
    return found


def _step(rung):
    return {
        "words": rung_words(rung.offset, rung.copy_leader, rung.tell_department),
        "active": rung.active,
        "url": reverse("admin:notices_rung_change", args=[rung.pk]),
    }
