"""Proposals and calls on the staff side."""

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import PROGRAMME_EDITORS, RoleAdmin
from dossiers.admin import DossierAdmin, RoundAdmin, RoundForm
from dossiers.duties import signatures_of
from dossiers.models import LetterItem, Round
from dossiers.process import Turn
from proposals.duties import duties_of_call
from proposals.models import Call, CallFile, Proposal
from proposals.process import KIND
from records.files import store_upload
from records.formfields import UploadField
from records.numbers import format_number


@admin.register(Proposal)
class ProposalAdmin(DossierAdmin, admin.ModelAdmin):
    kind_code = KIND
    list_title = "Đề xuất nhiệm vụ"
    list_lede = "Mọi đề xuất đã gửi về Sở, mới gửi trước."
    list_links = (("Đợt đề xuất", "admin:proposals_call_changelist"),)

    def timings(self, rows, calendar):
        letters = dict(
            LetterItem.objects.filter(dossier__in=[row.pk for row in rows], revision_number=1)
            .order_by("-pk")
            .values_list("dossier_id", "letter__issued_on")
        )
        return {row.pk: _timing(row, letters.get(row.pk), calendar) for row in rows}

    def lede(self, dossier):
        proposal = dossier.proposal
        if dossier.turn == Turn.UNIT:  # the figures may be under way at the unit
            return dossier.unit.body_name
        parts = [dossier.unit.body_name, dossier.theme.name if dossier.theme else ""]
        money = [value for value in (proposal.state_budget, proposal.other_budget) if value is not None]
        if money:
            parts.append(f"dự kiến {format_number(sum(money))} triệu đồng")
        if proposal.months:
            parts.append(f"{proposal.months} tháng")
        return " · ".join(part for part in parts if part)


def _timing(dossier, letter_day, calendar):
    if dossier.first_submitted_at is None:
        return "", ""
    by_letter = letter_day if dossier.round.basis == Round.Basis.LETTER else None
    day = by_letter or timezone.localdate(dossier.first_submitted_at)
    due = dossier.round.effective_due(calendar)
    until = max(due, dossier.round.grace_until or due)
    return ("ok", "Đúng hạn") if day <= until else ("late", "Quá hạn")


class CallForm(RoundForm):
    round_kind = Round.Kind.PROPOSAL

    class Meta:
        model = Call
        exclude = ["round"]
        widgets = {"themes": forms.CheckboxSelectMultiple}

    def clean(self):
        data = super().clean()
        low, high = data.get("council_min"), data.get("council_max")
        if low and high and high < low:
            self.add_error("council_max", "Số thành viên tối đa phải từ số tối thiểu trở lên.")
        for part in ("quorum", "pass"):
            top, bottom = data.get(f"{part}_numerator"), data.get(f"{part}_denominator")
            if bottom == 0 or (top is not None and bottom and top > bottom):
                self.add_error(f"{part}_denominator", "Mẫu số phải lớn hơn 0 và không nhỏ hơn tử số.")
        return data


class CallFileForm(forms.ModelForm):
    upload = UploadField(label="Tệp", help_text="PDF, Word, Excel hoặc ảnh, tối đa 20 MB.")

    class Meta:
        model = CallFile
        fields = ["title"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["upload"].disabled = True  # another file is another row
            self.fields["upload"].required = False


class CallFileInline(RoleAdmin, admin.TabularInline):
    """Guidance files: added and renamed, never taken away."""

    edit_roles = PROGRAMME_EDITORS
    model = CallFile
    form = CallFileForm
    extra = 0
    fields = ["title", "upload", "kept"]
    readonly_fields = ["kept"]
    verbose_name = "tài liệu hướng dẫn"
    verbose_name_plural = "tài liệu hướng dẫn"

    @admin.display(description="Đã tải lên")
    def kept(self, row):
        return format_html("{} ({} KB)", row.file.original_name, row.file.size // 1024 + 1) if row.pk else "–"

    @admin.display(description="Tệp")
    def upload(self, row):
        return row.file.original_name


@admin.register(Call)
class CallAdmin(RoundAdmin, RoleAdmin, admin.ModelAdmin):
    edit_roles = PROGRAMME_EDITORS
    form = CallForm
    list_display = ["title", "year_of_plan", "opens_on", "due_on", "approver"]
    inlines = [CallFileInline]
    fieldsets = [
        RoundAdmin.round_fieldset,
        ("Nội dung", {"fields": ["plan_year", "guidance", "themes", "approver"]}),
        (
            "Quy tắc Hội đồng",
            {
                "fields": [
                    ("council_min", "council_max"),
                    ("quorum_numerator", "quorum_denominator"),
                    ("pass_numerator", "pass_denominator"),
                    "council_basis",
                ]
            },
        ),
    ]

    @admin.display(description="Năm kế hoạch", ordering="plan_year")
    def year_of_plan(self, call):
        return str(call.plan_year)  # a year, not a quantity: no dot in it

    def round_duties(self, obj, *, now):
        return [*duties_of_call(obj, now=now), *signatures_of(obj.round, now=now)]

    def save_formset(self, request, form, formset, change):
        """A new guidance file is kept first, then its row."""
        for row in formset.save(commit=False):
            upload = next((one.cleaned_data.get("upload") for one in formset.forms if one.instance is row), None)
            if row.file_id is None:
                row.file = store_upload(upload=upload, user=request.user, now=timezone.now())
            row.save()
        formset.save_m2m()
