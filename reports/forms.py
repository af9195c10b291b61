"""Forms of the grid: one per indicator, one per heading. Fields of the page that are not listed are ignored."""

from decimal import Decimal

from django import forms

from records.formfields import LineFormField, NumberField, TextFormField
from reports.filing import row_token
from reports.models import Entry, Narrative

LARGEST = Decimal("999999999999999")  # what the column can hold
LONGEST = 20000


class EntryForm(forms.Form):
    """Plan, actual, “Không phát sinh”, “Số ước” and remark of one indicator; prefix ``e<pk>``."""

    def __init__(self, *args, indicator, entry, estimates, actual_label="Thực hiện", **kwargs):
        super().__init__(*args, prefix=f"e{indicator.pk}", initial=_initial(entry), **kwargs)
        self.indicator, self.entry = indicator, entry
        number = {"places": indicator.places, "min_value": 0, "max_value": LARGEST, "required": False}
        code = indicator.code
        self.fields["plan"] = NumberField(label=f"{code}, kế hoạch năm", **number)
        self.fields["actual"] = NumberField(label=f"{code}, {actual_label.lower()}", **number)
        self.fields["nil"] = forms.BooleanField(label=f"{code}, không phát sinh", required=False)
        if estimates:
            self.fields["estimate"] = forms.BooleanField(label=f"{code}, số ước", required=False)
        self.fields["remark"] = LineFormField(label=f"{code}, ghi chú", max_length=500, required=False)
        self.fields["version"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)

    def clean(self):
        data = super().clean()
        if data.get("nil") and data.get("actual") is not None:
            self.add_error("actual", "Vừa có số vừa đánh dấu “Không phát sinh”: xóa số hoặc bỏ đánh dấu.")
        return data


def _initial(entry: Entry) -> dict:
    names = ("plan", "actual", "nil", "estimate", "remark")
    return {name: getattr(entry, name) for name in names} | {"version": row_token(entry)}


class NarrativeForm(forms.Form):
    """The text of one heading; prefix ``n<section>``."""

    def __init__(self, *args, section, narrative, label, **kwargs):
        initial = {"text": narrative.text, "version": row_token(narrative)}
        super().__init__(*args, prefix=f"n{section}", initial=initial, **kwargs)
        self.section, self.narrative = section, narrative
        optional = section == Narrative.Section.REQUESTS
        self.fields["text"] = TextFormField(label=label, required=False, max_length=LONGEST, rows=8)
        self.fields["text"].widget.attrs["data-max"] = str(LONGEST)
        self.fields["version"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)
        self.optional = optional
