"""The ladder of reminders in the admin: one rung at a time, and every ladder in words on one page."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse

from accounts.permissions import RoleAdmin
from notices.duties import department_kinds, duty_kinds
from notices.ladder import FARTHEST, OPENING, default_rungs, rung_words
from notices.loading import load_ladder
from notices.models import Rung

AT_OPENING, BEFORE, ON_DAY, AFTER = "opening", "before", "on_day", "after"
WHEN = {AT_OPENING: "khi mở việc", BEFORE: "trước hạn", ON_DAY: "ngày đến hạn", AFTER: "quá hạn"}


class RungForm(forms.ModelForm):
    """A rung in words: when, and how many working days. The kinds are those the providers of duties name."""

    when = forms.ChoiceField(label="Mốc", choices=[("", "– chọn –"), *WHEN.items()])
    days = forms.IntegerField(
        label="Số ngày làm việc",
        required=False,
        min_value=0,
        max_value=FARTHEST,
        help_text=f"Chỉ ghi khi chọn “trước hạn” hoặc “quá hạn”: số nguyên từ 1 đến {FARTHEST}.",
        error_messages={
            "invalid": f"Nhập một số nguyên từ 1 đến {FARTHEST}.",
            "max_value": f"Nhập một số nguyên từ 1 đến {FARTHEST}.",
            "min_value": f"Nhập một số nguyên từ 1 đến {FARTHEST}; sau hạn thì chọn “quá hạn”.",
        },
    )

    class Meta:
        model = Rung
        fields = ["kind", "copy_leader", "tell_department", "active"]
        help_texts = {
            "active": "Mốc nhắc không xóa được, vì sổ nhắc việc còn ghi theo mốc; bỏ dấu này để ngừng dùng mốc."
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offset = self.instance.offset
        if offset is not None:
            self.initial |= {"when": _when(offset), "days": abs(offset) if offset not in (OPENING, 0) else None}
        if "kind" in self.fields:
            known = dict(duty_kinds())
            if self.instance.kind:
                known.setdefault(self.instance.kind, self.instance.kind)
            label = self.fields["kind"].label
            choices = [("", "– chọn –"), *known.items()]
            # The ledger keeps rungs by their kind: one of another kind is another rung.
            self.fields["kind"] = forms.ChoiceField(label=label, choices=choices, disabled=bool(self.instance.pk))
            self._speak_of_the_department(self.instance.kind)

    def _speak_of_the_department(self, kind):
        """The Sở's own duties have no unit: a head of room is in copy, and nobody is told."""
        if kind in department_kinds():
            self.fields["copy_leader"].label = "Gửi cả trưởng phòng"
            self.fields["tell_department"].disabled = True
            self.fields["tell_department"].help_text = "Không dùng cho việc của chính Sở."
        elif not kind:
            self.fields["copy_leader"].help_text = "Với việc của chính Sở: gửi cả trưởng phòng."

    def clean(self):
        data = super().clean()
        when, days = data.get("when"), data.get("days")
        if when in (BEFORE, AFTER) and not days and "days" not in self.errors:
            self.add_error("days", f"Nhập số ngày làm việc “{WHEN[when]}”, từ 1 đến {FARTHEST}.")
        elif when in (AT_OPENING, ON_DAY) and days:
            self.add_error("days", f"Mốc “{WHEN[when]}” không kèm số ngày: để trống ô này hoặc chọn mốc khác.")
        if data.get("tell_department") and data.get("kind") in department_kinds():
            self.add_error("tell_department", "Việc của chính Sở thì không có ai khác để báo: bỏ dấu này.")
        elif data.get("tell_department") and when and when != AFTER:
            self.add_error("tell_department", "Chỉ báo chuyên viên Sở ở mốc quá hạn: chọn “quá hạn” hoặc bỏ dấu này.")
        if not self.errors:
            self._take(data["kind"], {AT_OPENING: OPENING, BEFORE: days, ON_DAY: 0, AFTER: -(days or 0)}[when])
        return data

    def _take(self, kind, offset):
        """Put the rung into the row; two equal ones of a kind are refused by the table's own rule."""
        self.instance.kind, self.instance.offset = kind, offset
        try:
            self.instance.validate_constraints()
        except forms.ValidationError as error:
            self.add_error(None, error)


def _when(offset):
    if offset == OPENING:
        return AT_OPENING
    return ON_DAY if offset == 0 else BEFORE if offset > 0 else AFTER


@admin.register(Rung)
class RungAdmin(RoleAdmin, admin.ModelAdmin):
    form = RungForm
    list_display = ["kind_name", "words", "active"]
    list_filter = ["active", "copy_leader", "tell_department"]
    change_list_template = "admin/rung_change_list.html"

    def get_fields(self, request, obj=None):
        """Who only reads sees the rung in words: the form's own fields are no columns."""
        if not self.may_edit(request):
            return ["kind_name", "words", "active"]
        return ["kind", "when", "days", "copy_leader", "tell_department", "active"]

    def save_model(self, request, obj, form, change):
        """The first rung of a kind joins the default ones: alone it would silently take the place of them all."""
        stored = load_ladder([obj.kind], but={obj.offset})
        super().save_model(request, obj, form, change)
        if stored:
            name = duty_kinds().get(obj.kind, obj.kind)
            words = (
                f"Trước đó việc “{name}” theo các mốc mặc định: {stored} mốc này được giữ lại, nay sửa được từng mốc."
            )
            messages.info(request, words)

    @admin.display(description="Loại việc", ordering="kind")
    def kind_name(self, rung):
        return duty_kinds().get(rung.kind, rung.kind)

    @admin.display(description="Mốc", ordering="-offset")
    def words(self, rung):
        return _words(rung)

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


def _words(rung):
    own = rung.kind in department_kinds()
    return rung_words(rung.offset, rung.copy_leader, rung.tell_department, of_department=own)


def _ladders():
    rungs, own_kinds = {}, department_kinds()
    for rung in Rung.objects.order_by("kind", "-offset"):
        rungs.setdefault(rung.kind, []).append(rung)
    found = []
    for kind, name in duty_kinds().items():
        own = rungs.get(kind)
        if own is None:
            steps = [
                {"words": rung_words(*step, of_department=kind in own_kinds), "active": True}
                for step in default_rungs(kind)
            ]
        else:
            steps = [_step(rung) for rung in own]
        found.append({"name": name, "steps": steps, "default": own is None})
    return found


def _step(rung):
    return {
        "words": _words(rung),
        "active": rung.active,
        "url": reverse("admin:notices_rung_change", args=[rung.pk]),
    }
