"""Form fields that understand what Vietnamese officials type and answer with plain sentences."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from .dates import DateError, format_date, parse_date
from .files import ALL_KINDS, FileRefused, check_upload
from .numbers import NumberError, format_number, parse_number, typed_number
from .text import clean_line, clean_text


class NumberField(forms.Field):
    """Decimal typed the Vietnamese way in a text box; ``places`` is the largest number of decimals."""

    widget = forms.TextInput
    default_error_messages = {"required": "Chưa nhập số. Nếu không phát sinh, ghi 0."}

    def __init__(self, *, places=2, min_value=None, max_value=None, **kwargs):
        self.places, self.min_value, self.max_value = places, min_value, max_value
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return {"inputmode": "numeric" if self.places == 0 else "decimal", "autocomplete": "off"}

    def prepare_value(self, value):
        return typed_number(value) if isinstance(value, Decimal | int | float) else value

    def to_python(self, value):
        try:
            number = parse_number(value)
        except NumberError as error:
            raise ValidationError(error.message, code="invalid") from error
        if number is None:
            return None
        self._check(number)
        return number.quantize(Decimal(1).scaleb(-self.places))

    def _check(self, number):
        if number != round(number, self.places):
            text = f"Chỉ ghi tối đa {self.places} chữ số sau dấu phẩy." if self.places else "Ô này chỉ nhận số nguyên."
            raise ValidationError(text, code="places")
        if self.min_value is not None and number < self.min_value:
            raise ValidationError(f"Số nhỏ nhất nhận được là {format_number(self.min_value)}.", code="min_value")
        if self.max_value is not None and number > self.max_value:
            raise ValidationError(f"Số lớn nhất nhận được là {format_number(self.max_value)}.", code="max_value")

    def has_changed(self, initial, data):
        try:
            return parse_number(initial) != parse_number(data)
        except NumberError:
            return True


class DateField(forms.Field):
    """Date in a text box, day first. A native date input would show the browser's own order."""

    widget = forms.TextInput
    default_error_messages = {"required": "Chưa nhập ngày. Ghi ngày/tháng/năm, ví dụ 05/06/2026."}

    def __init__(self, *, min_value=None, max_value=None, **kwargs):
        self.min_value, self.max_value = min_value, max_value
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return {"placeholder": "ngày/tháng/năm", "inputmode": "numeric", "autocomplete": "off", "data-date": ""}

    def prepare_value(self, value):
        return format_date(value) if isinstance(value, dt.date) else value

    def to_python(self, value):
        try:
            day = parse_date(value)
        except DateError as error:
            raise ValidationError(error.message, code="invalid") from error
        if day and self.min_value and day < self.min_value:
            raise ValidationError(f"Ngày sớm nhất nhận được là {format_date(self.min_value)}.", code="min_value")
        if day and self.max_value and day > self.max_value:
            raise ValidationError(f"Ngày muộn nhất nhận được là {format_date(self.max_value)}.", code="max_value")
        return day

    def has_changed(self, initial, data):
        try:
            return parse_date(initial) != parse_date(data)
        except DateError:
            return True


class TooLong:
    """Validator with a sentence that tells how much to cut. The box itself never cuts a pasted text."""

    def __init__(self, limit):
        self.limit = limit

    def __call__(self, value):
        over = len(value) - self.limit
        if over > 0:
            have, most = format_number(len(value)), format_number(self.limit)
            raise ValidationError(
                f"Dài {have} ký tự, tối đa {most}. Rút gọn bớt {format_number(over)} ký tự.", code="max_length"
            )


class _CleanCharField(forms.CharField):
    cleaner = None
    default_error_messages = {"required": "Chưa nhập nội dung ô này."}

    def __init__(self, *, max_length=None, **kwargs):
        self.limit = max_length
        super().__init__(**kwargs)
        if max_length:
            self.validators.append(TooLong(max_length))

    def to_python(self, value):
        value = super().to_python(value)
        return self.cleaner(value) if isinstance(value, str) else value

    def widget_attrs(self, widget):
        attrs = super().widget_attrs(widget)
        if self.limit:
            attrs["data-max-length"] = str(self.limit)
        return attrs


class LineFormField(_CleanCharField):
    """One line of clean text (NFC, single spaces)."""

    cleaner = staticmethod(clean_line)


class TextFormField(_CleanCharField):
    """Text of several lines (NFC, newlines as \\n)."""

    widget = forms.Textarea
    cleaner = staticmethod(clean_text)

    def __init__(self, *, rows=5, **kwargs):
        self.rows = rows
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "rows": str(self.rows)}


class UploadField(forms.FileField):
    """Checked upload; ``allowed`` are extensions of ``records.files``. Keeping it is ``store_upload``'s work."""

    default_error_messages = {
        "required": "Chưa chọn tệp.",
        "missing": "Chưa chọn tệp.",
        "invalid": "Tệp chưa được gửi lên. Chọn lại tệp.",
    }

    def __init__(self, *, allowed=ALL_KINDS, **kwargs):
        self.allowed = tuple(allowed)
        super().__init__(**{"allow_empty_file": True, **kwargs})

    def widget_attrs(self, widget):
        attrs = super().widget_attrs(widget)
        extensions = [f".{e}" for e in self.allowed] + ([".jpeg"] if "jpg" in self.allowed else [])
        return {**attrs, "accept": ",".join(extensions)}

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is None:
            return None
        try:
            check_upload(upload, self.allowed)
        except FileRefused as error:
            raise ValidationError(error.message, code="refused") from error
        return upload


class PdfField(UploadField):
    """Upload of one PDF: the digitally signed copy."""

    def __init__(self, **kwargs):
        super().__init__(**{"allowed": ("pdf",), **kwargs})
