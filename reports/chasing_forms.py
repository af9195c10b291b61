"""Forms of “Đôn đốc”."""

from django import forms

from districts.workdays import add_working_days, load_calendar
from notices.letter_drafts import full_number
from records.dates import format_date
from records.formfields import DateField, LineFormField, TextFormField
from records.text import clean_line
from reports.chasing import FILTERS
from reports.chasing_letter import SIGNATURES, due_days

REPLY_DAYS = 5  # working days a letter leaves at least


class ChasingFilter(forms.Form):
    """GET parameters; an unknown value counts as not given. ``ky``: another cycle to go to."""

    ky = forms.ChoiceField(label="Kỳ báo cáo", required=False)
    q = LineFormField(label="Đơn vị (không cần dấu)", required=False)
    sort = forms.ChoiceField(
        label="Sắp xếp", required=False, choices=[("", "Trễ nhất trước"), ("promise", "Ngày hứa gửi gần nhất")]
    )
    only = forms.ChoiceField(required=False, choices=list(FILTERS.items()), widget=forms.HiddenInput)

    def __init__(self, data, *, cycles=(), cycle=None):
        super().__init__(data if "ky" in data or cycle is None else {**data.dict(), "ky": str(cycle.pk)})
        self.fields["ky"].choices = [(str(one.pk), str(one)) for one in cycles]
        self.is_valid()
        self.chosen = {name: value for name, value in self.cleaned_data.items() if value and name != "ky"}


class DraftForm(forms.Form):
    """What the letter says beside the list; number and date of the letter itself stay blank."""

    reply_by = DateField(label="Đề nghị gửi trước khi hết ngày")
    early = forms.BooleanField(label="Vẫn đề nghị gửi trước hạn", required=False)
    contact = LineFormField(label="Liên hệ", max_length=200)
    symbol = LineFormField(label="Ký hiệu", max_length=40, help_text="Phần sau số: viết tắt cơ quan-đơn vị soạn.")
    signature = forms.ChoiceField(label="Người ký", choices=[(code, label) for code, (label, _) in SIGNATURES.items()])
    post = LineFormField(
        label="Chức vụ người ký thừa lệnh",
        max_length=150,
        required=False,
        help_text="Chỉ in khi ký thừa lệnh. Ví dụ: Trưởng phòng Quản lý khoa học.",
    )
    signer = LineFormField(
        label="Họ tên người ký", max_length=100, required=False, help_text="Để trống nếu ghi tay khi trình ký."
    )

    def __init__(self, *args, rows, today, **kwargs):
        """``rows``: the units the letter goes to; no unit is asked to send before its day unless a person wants it."""
        super().__init__(*args, **kwargs)
        self.today = today
        self.earliest = next(iter(due_days(rows)), None)
        self.asks_early = bool(self.initial.get("early"))
        if not self.is_bound and "reply_by" not in self.initial:
            soon = add_working_days(today, REPLY_DAYS, load_calendar())
            self.initial["reply_by"] = max([soon, *due_days(rows)[:1]])

    def clean(self):
        data = super().clean()
        day, early = data.get("reply_by"), data.pop("early", False)
        if day and day < self.today:
            self.add_error("reply_by", f"Ngày {format_date(day)} đã qua. Ghi ngày từ hôm nay trở đi.")
        elif day and self.earliest and day < self.earliest:
            self.asks_early = True
            if not early:
                self.add_error(
                    "reply_by",
                    f"Ngày {format_date(day)} trước hạn gửi {format_date(self.earliest)} ghi trong công văn. Ghi ngày "
                    f"từ hạn gửi trở đi, hoặc đánh dấu “{self.fields['early'].label}” rồi tải lại dự thảo.",
                )
        if data.get("signature") == "head" and not data.get("post"):
            self.add_error("post", "Ghi chức vụ người ký thừa lệnh, ví dụ: Trưởng phòng Quản lý khoa học.")
        return data


class IssuedForm(forms.Form):
    """Number and date the document system gave the letter; a bare number takes the draft's ``symbol``."""

    number = LineFormField(
        label="Số, ký hiệu",
        max_length=60,
        help_text="Ví dụ: 1234/SKHCN-QLKH; ghi riêng số thì ký hiệu lấy theo dự thảo.",
    )
    issued_on = DateField(label="Ngày ban hành")

    def __init__(self, *args, symbol="", **kwargs):
        super().__init__(*args, **kwargs)
        self.symbol = clean_line(symbol)

    def clean_number(self):
        return full_number(self.cleaned_data["number"], self.symbol)


def typed_before(form, data) -> dict:
    """What stood in the fields of this form when the other half of the page was sent: shown again, not checked."""
    return {name: data[name] for name in form.base_fields if name in data}


class CallForm(forms.Form):
    contact = LineFormField(
        label="Người trả lời",
        max_length=150,
        required=False,
        widget=forms.TextInput({"list": "nguoi-tra-loi", "autocomplete": "off"}),
    )
    note = TextFormField(label="Kết quả, nội dung trao đổi", max_length=2000, rows=4)
    promised_on = DateField(label="Hứa gửi ngày", required=False)
