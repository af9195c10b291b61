"""The unit's page gets its hand-over: what a dissolved unit still holds goes to named successors."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from accounts.admin import UnitPeopleAdmin
from districts.models import Unit
from dossiers import kinds
from dossiers.handover import HANDING, hand_over, unfinished_of
from dossiers.models import Dossier
from dossiers.refusals import StepRefused
from records.formfields import LineFormField
from records.text import whole_number

SHOWN = 200  # one page; the next ones follow when these are handed over


class HandoverForm(forms.Form):
    """The resolution, and for each dossier the unit that goes on with it (blank: not now)."""

    resolution = LineFormField(
        label="Số nghị quyết hoặc văn bản làm căn cứ", max_length=200, help_text="Ví dụ: Nghị quyết số 1656/NQ-UBTVQH15"
    )

    def __init__(self, *args, dossiers, successors, **kwargs):
        super().__init__(*args, **kwargs)
        self.dossiers = dossiers
        choices = [("", "– chưa bàn giao –"), *((unit.pk, unit.name) for unit in successors)]
        only = successors[0].pk if len(successors) == 1 else None
        for dossier in dossiers:
            self.fields[f"to_{dossier.pk}"] = forms.TypedChoiceField(
                label=f"Đơn vị tiếp nhận {dossier}",
                choices=choices,
                coerce=int,
                required=False,
                initial=only,
                empty_value=None,
            )
            self.fields[f"version_{dossier.pk}"] = forms.IntegerField(widget=forms.HiddenInput, initial=dossier.version)

    def clean(self):
        data = super().clean()
        if not any(data.get(f"to_{dossier.pk}") for dossier in self.dossiers):
            raise forms.ValidationError("Chọn đơn vị tiếp nhận cho ít nhất một hồ sơ.")
        return data

    def rows(self):
        """``(dossier, choice, hidden version, kind, status)`` for the template."""
        for dossier in self.dossiers:
            kind = kinds.get(dossier.kind)
            status = kind.process.status(dossier.status)
            yield dossier, self[f"to_{dossier.pk}"], self[f"version_{dossier.pk}"], kind, status


admin.site.unregister(Unit)


@admin.register(Unit)
class UnitDossierAdmin(UnitPeopleAdmin):
    """Units with their people and the hand-over of what they hold."""

    change_form_template = "admin/unit_change_form.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.handover_view)
        return [path("<int:pk>/ban-giao/", view, name="districts_unit_handover"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        pk = whole_number(object_id)
        held = 0 if pk is None else unfinished_of(pk).count()
        extra = {"held": held, "may_hand_over": request.actor.has_any(HANDING), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra)

    def handover_view(self, request, pk):
        """List what the unit still holds; POST hands over the rows with a successor, refusals are named."""
        if not request.actor.has_any(HANDING):
            raise PermissionDenied("Bàn giao hồ sơ do chuyên viên, lãnh đạo phòng hoặc quản trị của Sở thực hiện.")
        unit = get_object_or_404(Unit, pk=pk)
        if unit.valid_to is None:
            messages.warning(request, f"{unit.name} đang hoạt động. Ghi “đến hết ngày” trước, rồi bàn giao hồ sơ.")
            return redirect(reverse("admin:districts_unit_change", args=[unit.pk]))
        dossiers = list(unfinished_of(unit)[:SHOWN])
        form = HandoverForm(
            request.POST or None, dossiers=dossiers, successors=successors_of(unit, request.actor.today)
        )
        if request.method == "POST" and form.is_valid():
            done, refused = _hand_over_rows(form, request.actor)
            level = messages.WARNING if refused else messages.SUCCESS
            messages.add_message(request, level, _sentence(done, refused))
            return redirect(reverse("admin:districts_unit_handover", args=[unit.pk]))
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": f"Bàn giao hồ sơ của {unit.name}",
            "unit": unit,
            "form": form,
            "dossiers": dossiers,
            "back": reverse("admin:districts_unit_change", args=[unit.pk]),
        }
        return TemplateResponse(request, "admin/handover.html", context)


def successors_of(unit, today):
    """Units to choose from: the named successors that exist, otherwise every unit in being."""
    named = list(unit.successors.valid_on(today).distinct())
    return named or list(Unit.objects.valid_on(today).exclude(pk=unit.pk).order_by("sort_key"))


def _hand_over_rows(form, actor):
    data, now = form.cleaned_data, timezone.now()
    units = Unit.objects.in_bulk([data[f"to_{one.pk}"] for one in form.dossiers if data.get(f"to_{one.pk}")])
    done, refused = [], []
    for dossier in form.dossiers:
        to_unit = units.get(data.get(f"to_{dossier.pk}"))
        if to_unit is None:
            continue
        try:
            with transaction.atomic():
                hand_over(
                    dossier=Dossier.objects.select_related("unit", "holder", "round").get(pk=dossier.pk),
                    to_unit=to_unit,
                    resolution=data["resolution"],
                    actor=actor,
                    version=data[f"version_{dossier.pk}"],
                    now=now,
                )
            done.append(dossier)
        except StepRefused as refusal:
            refused.append((dossier, refusal.in_a_list))
    return done, refused


def _sentence(done, refused):
    text = f"Đã bàn giao {len(done)} hồ sơ"
    if not refused:
        return f"{text}."
    return f"{text}, {len(refused)} hồ sơ chưa: " + "; ".join(f"{one} – {reason}" for one, reason in refused) + "."
