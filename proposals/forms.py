"""The boxes of the seven sections. Nothing is demanded on saving: only what cannot be read is refused, at its box."""

import re
from decimal import Decimal

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from districts.models import Theme
from proposals.items import CONTACTS, HINT_13, LABELS
from proposals.models import SCIENCE_FIELDS, Proposal
from records.formfields import LineFormField, NumberField, TextFormField
from records.numbers import format_number

BODY_LIMIT = 20000
MONEY_LIMIT = Decimal(99_999_999)  # triệu đồng
_MONTH = re.compile(r"(?:tháng\s*)?(\d{1,2})\s*(?:[/\-. ]|năm)\s*(?:năm\s*)?(\d{4})", re.IGNORECASE)


class TheirText:
    """Crispy layout object: beside a box, what somebody else has saved in it meanwhile."""

    def __init__(self, name):
        self.name = name

    def render(self, form, context, template_pack=None, **kwargs):
        if self.name not in form.others:
            return ""
        return render_to_string("proposals/_their_text.html", {"text": form.others[self.name], "who": form.others_by})


class DraftForm(forms.Form):
    """A section as typed. A required field is one the sending needs; saving takes it empty."""

    use_required_attribute = False

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.dossier = dossier
        self.others, self.others_by = {}, ""
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self.layout()

    def layout(self):
        return Layout(*self.boxes(*self.fields))

    def boxes(self, *names):
        """Layout entries of the fields, each followed by the place of the other person's text."""
        return [entry for name in names for entry in (name, TheirText(name))]

    def full_clean(self):
        needed = [field for field in self.fields.values() if field.required]
        for field in needed:
            field.required = False
        super().full_clean()
        for field in needed:
            field.required = True

    def readable(self) -> dict:
        """Values that could be read, by name; boxes with an error, or not sent at all, are left out and stay as
        stored."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if not self._omitted(name)}

    def _omitted(self, name):
        # An unticked box is not sent either; its widget knows and answers False.
        widget = self.fields[name].widget
        return widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))

    def unreadable(self) -> dict:
        """Sentences by input name."""
        return {self.add_prefix(name): list(sentences) for name, sentences in self.errors.items()}

    def echo(self) -> dict:
        """How numbers were read, by input name."""
        return {}

    def error_sources(self):
        """Forms and formsets for the page's error summary."""
        return [self]


def _body(number, label=None, *, required=True, rows=8, help_text=""):
    return TextFormField(
        label=label or f"{number}. {LABELS[number]}",
        required=required,
        max_length=BODY_LIMIT,
        rows=rows,
        help_text=help_text,
    )


class BasicsForm(DraftForm):
    title = LineFormField(
        label=f"1. {LABELS['1']}",
        max_length=500,
        help_text="Ngắn gọn, hiểu theo một nghĩa: nêu đối tượng, mục tiêu và địa bàn.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    theme = forms.ChoiceField(
        label="Chủ đề",
        help_text="Để Sở phân nhóm hồ sơ; không in trên phiếu.",
    )
    science_fields = forms.MultipleChoiceField(
        label=f"2. {LABELS['2']}",
        choices=SCIENCE_FIELDS,
        widget=forms.CheckboxSelectMultiple,
        help_text="Đánh dấu một hoặc nhiều lĩnh vực.",
    )
    task_type = forms.ChoiceField(
        label=f"3. {LABELS['3']}", choices=Proposal.TaskType.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, dossier=dossier, **kwargs)
        self.fields["theme"].choices = theme_choices(dossier)

    def clean_theme(self):
        value = self.cleaned_data["theme"]
        return int(value) if value else None


def theme_choices(dossier):
    """Active themes, those the call puts first in a group of their own; a retired one stays while it is chosen."""
    first = {theme.pk for theme in dossier.proposal.call.themes.all()}
    themes = [t for t in Theme.objects.all() if t.active or t.pk == dossier.theme_id]
    priority = [(t.pk, t.name) for t in themes if t.pk in first]
    others = [(t.pk, t.name) for t in themes if t.pk not in first]
    if not priority:
        return [("", "– chọn chủ đề –"), *others]
    return [("", "– chọn chủ đề –"), ("Chủ đề ưu tiên của đợt", priority), ("Chủ đề khác", others)]


class GroundsForm(DraftForm):
    grounds = _body(
        "4",
        help_text="Văn bản pháp luật, chính sách; ý kiến chỉ đạo của lãnh đạo; chương trình, kế hoạch mà nhiệm vụ "
        "phục vụ. Mỗi căn cứ một dòng, ghi số, ngày, cơ quan ban hành.",
    )
    urgency = _body(
        "5",
        help_text="Tầm quan trọng, vì sao cần làm lúc này, vấn đề của địa phương cần giải quyết, việc đã làm trước đó.",
    )


class AimsForm(DraftForm):
    general_aim = _body("6", "6.1. Mục tiêu chung", rows=4)
    specific_aims = _body(
        "6",
        "6.2. Mục tiêu cụ thể",
        rows=6,
        help_text="Nêu kết quả cần đạt, có số lượng và thời điểm. Ví dụ: “Giảm 60% diện tích đốt rơm rạ tại 5 thôn "
        "vào vụ mùa 2027”.",
    )
    main_contents = _body("7", help_text="Mỗi nội dung một dòng, bắt đầu bằng động từ.")

    def layout(self):
        return Layout(HTML('<h3 class="mb-3">6. Mục tiêu</h3>'), *self.boxes(*self.fields))


class MonthField(LineFormField):
    """“mm/yyyy”, also typed as 1/2027 or “tháng 1 năm 2027”."""

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return ""
        match = _MONTH.fullmatch(value)
        if not match or not 1 <= int(match[1]) <= 12 or not 2000 <= int(match[2]) <= 2100:
            raise ValidationError("Ghi tháng/năm, ví dụ 01/2027.", code="invalid")
        return f"{int(match[1]):02d}/{match[2]}"


def _money(label):
    return NumberField(label=f"{label} (triệu đồng)", places=1, min_value=0, max_value=MONEY_LIMIT)


class MoneyForm(DraftForm):
    state_budget = _money("Kinh phí hỗ trợ từ NSNN")
    other_budget = _money("Kinh phí từ nguồn khác")
    months = NumberField(label="Số tháng", places=0, min_value=1, max_value=60, help_text="Từ 1 đến 60 tháng")
    period_from = MonthField(label="Từ tháng", required=False, help_text="Ví dụ: 01/2027")
    period_to = MonthField(label="Đến tháng", required=False, help_text="Ví dụ: 12/2028")

    def layout(self):
        return Layout(
            HTML('<h3 class="mb-3">10. Dự kiến kinh phí thực hiện</h3>'),
            Div(*self._columns("state_budget", "other_budget", width="col-md-6"), css_class="row"),
            HTML('<p class="mb-4">Tổng: <b data-total="budget">{{ total_budget }}</b></p>'),
            HTML('<h3 class="mb-3">11. Dự kiến thời gian thực hiện</h3>'),
            Div(*self._columns("months", "period_from", "period_to", width="col-md-4"), css_class="row"),
        )

    def _columns(self, *names, width):
        return [Div(*self.boxes(name), css_class=width) for name in names]

    def clean_months(self):
        value = self.cleaned_data["months"]
        return None if value is None else int(value)

    def echo(self):
        names = ("state_budget", "other_budget", "months")
        return {name: format_number(self.cleaned_data[name]) for name in names if self.cleaned_data.get(name)}


class BodiesForm(DraftForm):
    direct_body = LineFormField(
        label="Tổ chức được đề xuất", required=False, max_length=300, help_text="Để trống nếu không đề xuất."
    )
    direct_reason = _body(
        "12", "Lý do đề xuất giao trực tiếp", required=False, rows=5, help_text="Cần ghi khi có đề xuất tổ chức."
    )
    reception = _body("13", help_text=f"<em>({HINT_13})</em>")

    def layout(self):
        heading = HTML(f'<h3 class="mb-3">12. {LABELS["12"]}</h3>')
        return Layout(heading, *self.boxes(*self.fields))


def _contact(name, limit, *, required=True):
    return LineFormField(label=dict(CONTACTS)[name], required=required, max_length=limit)


class ContactsForm(DraftForm):
    references = _body("14", required=False, rows=6, help_text="Mỗi tài liệu một dòng.")
    contact_organisation = _contact("contact_organisation", 250)
    contact_representative = _contact("contact_representative", 250)
    contact_identifier = _contact("contact_identifier", 50, required=False)
    contact_phone = _contact("contact_phone", 50)
    contact_email = _contact("contact_email", 150)
    contact_address = _contact("contact_address", 300)

    def layout(self):
        halves = [Div(*self.boxes(name), css_class="col-md-6") for name, _ in CONTACTS if name != "contact_address"]
        return Layout(
            *self.boxes("references"),
            HTML(f'<h3 class="mb-3">15. {LABELS["15"]}</h3>'),
            Div(*halves, css_class="row"),
            *self.boxes("contact_address"),
        )
