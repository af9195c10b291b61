"""A round and what hangs on it (a call, a cycle) are one page for the Sở."""

import datetime as dt

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from dossiers.admin.moving import MovingMixin
from dossiers.grounds import check_days
from dossiers.models import Round
from dossiers.moving import DATES
from records.dates import format_date
from records.formfields import DateField, LineFormField
from records.locked import lock

ROUND_FIELDS = ("title", "opens_on", "due_on", "shift_due", "grace_until", "locks_on", "basis")


def _label(name):
    return Round._meta.get_field(name).verbose_name


def _help(name):
    return Round._meta.get_field(name).help_text


class RoundForm(forms.ModelForm):
    """ModelForm of a call or cycle with the round's fields beside its own; the round is checked by its own rules."""

    round_kind = ""

    title = LineFormField(label=_label("title"), max_length=250, widget=AdminTextInputWidget)
    opens_on = DateField(label=_label("opens_on"))
    due_on = DateField(label=_label("due_on"))
    shift_due = forms.BooleanField(
        label=_label("shift_due"), help_text=_help("shift_due"), required=False, initial=True
    )
    grace_until = DateField(label=_label("grace_until"), help_text=_help("grace_until"), required=False)
    locks_on = DateField(label=_label("locks_on"), help_text=_help("locks_on"), required=False)
    basis = forms.ChoiceField(label=_label("basis"), choices=Round.Basis.choices, initial=Round.Basis.PORTAL)

    def __init__(self, *args, **kwargs):
        instance = kwargs.get("instance")
        self.round = instance.round if instance is not None and instance.pk else Round(kind=self.round_kind)
        if self.round.pk:
            initial = {name: getattr(self.round, name) for name in ROUND_FIELDS}
            kwargs["initial"] = initial | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        if self.round.pk and self.has_opened():
            self._lead_to_the_move()

    def has_opened(self):
        """Do units already work with the dates? Then they are moved on a page of their own, with grounds."""
        return self.round.opens_on <= timezone.localdate()

    def _lead_to_the_move(self):
        meta = self._meta.model._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_move", args=[self.instance.pk])
        why = format_html(
            'Đã mở nên không sửa ở đây: <a href="{}">dời hạn</a>, có căn cứ và xem trước thư nhắc.', address
        )
        for name in set(DATES) & set(self.fields):
            lock(self.fields[name], why)

    def clean(self):
        data = super().clean()
        days = {name: value for name, value in data.items() if name in DATES and not self.fields[name].disabled}
        for name, sentence in check_days(days, today=timezone.localdate()).items():
            self.add_error(name, sentence)
        for name in ROUND_FIELDS:
            if name in self.fields and name not in self.errors:
                setattr(self.round, name, data.get(name))
        known = {field.name for field in Round._meta.fields}
        try:
            self.round.full_clean(exclude=(known - set(ROUND_FIELDS)) | set(self.errors))
        except forms.ValidationError as error:
            for name, sentences in error.message_dict.items():
                self.add_error(name if name in self.fields else None, sentences)
        return data


def _column(name, **options):
    """A read-only column of the round, for lists and for people who may only view."""

    def show(self, obj):
        if name == "basis":
            return obj.round.get_basis_display()
        value = getattr(obj.round, name)
        return format_date(value) if isinstance(value, dt.date) else value

    show.__name__ = name
    return admin.display(description=_label(name), **options)(show)


class RoundAdmin(MovingMixin):
    """Mixin: saves the round first, then the call or cycle, in the admin's one transaction."""

    title = _column("title", ordering="round__title")
    opens_on = _column("opens_on", ordering="round__opens_on")
    due_on = _column("due_on", ordering="round__due_on")
    shift_due = _column("shift_due", boolean=True)
    grace_until = _column("grace_until")
    locks_on = _column("locks_on")
    basis = _column("basis")
    list_select_related = ("round",)

    round_fieldset = (
        "Thời gian",
        {"fields": ["title", ("opens_on", "due_on"), "shift_due", ("grace_until", "locks_on"), "basis"]},
    )

    def save_model(self, request, obj, form, change):
        form.round.save()
        obj.round = form.round
        super().save_model(request, obj, form, change)
