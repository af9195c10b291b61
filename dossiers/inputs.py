"""The extra inputs of a step: one form for page and admin, one check for the door."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from districts.workdays import is_working_day, load_calendar, next_working_day
from dossiers.process import Note
from records.dates import weekday_date
from records.formfields import DateField, LineFormField, NumberField, TextFormField


def form_field(field):
    """The form field for one ``process.Field``."""
    common = {"label": field.label, "required": field.required, "help_text": field.help}
    if field.kind == "date":
        return DateField(**common)
    if field.kind == "money":
        return NumberField(places=1, min_value=0, **common)
    if field.kind == "integer":
        return NumberField(places=0, min_value=0, **common)
    if field.kind == "choice":
        return forms.ChoiceField(choices=[("", "– chọn –"), *field.choices], **common)
    if field.kind == "text":
        return TextFormField(max_length=20000, rows=4, **common)
    return LineFormField(max_length=500, **common)


def clean_data(step, data: dict) -> dict:
    """Values of the step's own fields, in the step's order; unknown keys are dropped.

    Raises ``ValidationError`` naming a required field that is missing. Values arrive already parsed by
    ``StepForm`` (or by code); a string for a date or a number is refused by type.
    """
    cleaned = {}
    for field in step.fields:
        value = data.get(field.name)
        if value in (None, ""):
            if field.required:
                raise ValidationError(f"Nhập “{field.label}” trước khi chọn “{step.label}”.")
            cleaned[field.name] = None
            continue
        wanted = {"date": dt.date, "money": (Decimal, int), "integer": (Decimal, int)}.get(field.kind, str)
        if not isinstance(value, wanted):
            raise ValidationError(f"“{field.label}” chưa đúng dạng.")
        if field.kind == "choice" and value not in dict(field.choices):
            raise ValidationError(f"“{field.label}” không có trong danh sách lựa chọn.")
        cleaned[field.name] = value
    return cleaned


class StepForm(forms.Form):
    """Note, reply date and own fields of one step, with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    content_seq = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, step, **kwargs):
        super().__init__(*args, **kwargs)
        self.step = step
        if step.note != Note.NONE:
            self.fields["note"] = TextFormField(
                label=step.note_label,
                required=step.note == Note.REQUIRED,
                max_length=10000,
                rows=5,
            )
        if step.reply_date:
            self.fields["due_on"] = DateField(label="Đề nghị gửi lại trong ngày", required=True)
        for field in step.fields:
            self.fields[field.name] = form_field(field)

    def clean(self):
        data = super().clean()
        day = data.get("due_on")
        if day and day >= timezone.localdate():
            data["due_on"] = self._working_day(day)
        return data

    def _working_day(self, day):
        """``day`` itself when at work; else the day chosen between it and the next working day – the date is the
        Sở's, so a day off is asked about once, not forbidden."""
        calendar = load_calendar()
        if is_working_day(day, calendar):
            return day
        better = next_working_day(day, calendar)
        offered = {better.isoformat(): better, f"keep-{day.isoformat()}": day}
        chosen = self.data.get(self.add_prefix("which_day"))  # an answer about another date is no answer
        texts = (f"Đổi sang {weekday_date(better)}, ngày làm việc tiếp theo", f"Giữ {weekday_date(day)}")
        self.fields["which_day"] = forms.ChoiceField(
            label="Ngày gửi lại", choices=[*zip(offered, texts, strict=True)], widget=forms.RadioSelect
        )
        names = [name for name in self.fields if name != "which_day"]
        self.order_fields([*names[: names.index("due_on") + 1], "which_day"])
        if chosen not in offered:
            said = weekday_date(day)
            self.add_error(
                "which_day", f"{said[0].upper()}{said[1:]} không phải ngày làm việc. Chọn một trong hai ngày dưới đây."
            )
        return offered.get(chosen, day)

    def show_refusal(self, refusal) -> bool:
        """Put the sentences of a ``StepRefused`` at their fields; True when each of them has its field here."""
        known = {name: said for name, said in refusal.fields.items() if name in self.fields}
        for name, said in known.items():
            self.add_error(name, said)
        return bool(known) and len(known) == len(refusal.fields)

    def step_arguments(self) -> dict:
        """Keyword arguments for ``door.take_step``."""
        data = self.cleaned_data
        return {
            "version": data["version"],
            "content_seq": data.get("content_seq"),
            "note": data.get("note", ""),
            "due_on": data.get("due_on"),
            "data": {field.name: data.get(field.name) for field in self.step.fields},
        }
