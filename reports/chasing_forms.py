"""Forms of “Đôn đốc”."""

from django import forms

from records.formfields import DateField, LineFormField, TextFormField
from reports.chasing import FILTERS
from reports.chasing_letter import SIGNATURES


class ChasingFilter(forms.Form):
    """GET parameters; an unknown value counts as not given."""

    q = LineFormField(label="Đơn vị (không cần dấu)", required=False)
    sort = forms.ChoiceField(
        label="Sắp xếp", required=False, choices=[("", "Trễ nhất trước"), ("promise", "Ngày hứa gửi gần nhất")]
    )
    only = forms.ChoiceField(required=False, choices=list(FILTERS.items()), widget=forms.HiddenInput)

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.chosen = {name: value for name, value in self.cleaned_data.items() if value}


class DraftForm(forms.Form):
    """What the letter says beside the list; number and date of the letter itself stay blank."""

    reply_by = DateField(label="Đề nghị gửi trước khi hết ngày")
    contact = LineFormField(label="Liên hệ", max_length=200)
    symbol = LineFormField(label="Ký hiệu", max_length=40, help_text="Phần sau số: viết tắt cơ quan-đơn vị soạn.")
    signature = forms.ChoiceField(label="Người ký", choices=[(code, label) for code, (label, _) in SIGNATURES.items()])


class IssuedForm(forms.Form):
    number = LineFormField(label="Số, ký hiệu", max_length=60, help_text="Ví dụ: 1234/SKHCN-QLKH.")
    issued_on = DateField(label="Ngày ban hành")


class CallForm(forms.Form):
    contact = LineFormField(label="Người trả lời", max_length=150, required=False)
    note = TextFormField(label="Kết quả, nội dung trao đổi", max_length=2000, rows=4)
    promised_on = DateField(label="Hứa gửi ngày", required=False)
