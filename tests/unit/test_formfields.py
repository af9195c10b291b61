"""Form fields: what they accept, what they answer, what they put back into the box."""

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from records.formfields import DateField, LineFormField, NumberField, PdfField, TextFormField


def message(field, value):
    with pytest.raises(ValidationError) as refusal:
        field.clean(value)
    return refusal.value.messages[0]


def test_number():
    field = NumberField(places=1, min_value=0, max_value=1000)
    assert field.clean("1.000") == Decimal("1000.0")
    assert field.clean("12,50%") == Decimal("12.5")
    assert "tối đa 1 chữ số" in message(field, "12,55")
    assert "nhỏ nhất" in message(field, "-1")
    assert "1.000" in message(field, "1.001")
    assert "hai cách" in message(field, "1,234")
    assert "ghi 0" in message(field, "")
    assert NumberField(required=False).clean("") is None
    assert "số nguyên" in message(NumberField(places=0), "1,5")
    assert not field.has_changed(Decimal("1000.0"), "1.000")
    assert field.has_changed(Decimal("1000.0"), "1,234")


def test_a_refused_number_and_a_stored_one_come_back_as_text():
    class Form(forms.Form):
        money = NumberField(places=3)

    assert 'value="1,2340"' in str(Form(initial={"money": Decimal("1.234")})["money"])
    assert 'value="1.234.567,5"' in str(Form(initial={"money": Decimal("1234567.500")})["money"])
    assert 'value="mười"' in str(Form({"money": "mười"})["money"])
    assert 'inputmode="decimal"' in str(Form()["money"])


def test_date():
    field = DateField(min_value=dt.date(2026, 1, 1))
    assert field.clean("5-6-2026") == dt.date(2026, 6, 5)
    assert "01/01/2026" in message(field, "31/12/2025")
    assert "bốn chữ số" in message(field, "5/6/26")
    assert not field.has_changed(dt.date(2026, 6, 5), "5/6/2026")

    class Form(forms.Form):
        day = DateField()

    assert 'value="05/06/2026"' in str(Form(initial={"day": dt.date(2026, 6, 5)})["day"])
    assert 'type="text"' in str(Form()["day"])


def test_text_is_never_cut_and_says_how_much_to_shorten():
    field = TextFormField(max_length=500)
    assert message(field, "à" * 612) == "Dài 612 ký tự, tối đa 500. Rút gọn bớt 112 ký tự."
    assert field.clean("a" * 500) == "a" * 500
    assert field.clean("a\u0300\r\nb") == "à\nb"

    class Form(forms.Form):
        name = LineFormField(max_length=5)
        body = TextFormField(max_length=5, rows=9)

    page = str(Form())
    assert " maxlength=" not in page
    assert page.count('data-max-length="5"') == 2
    assert 'rows="9"' in page
    assert LineFormField(max_length=3).clean(" a \n b ") == "a b"


def test_pdf():
    field = PdfField()
    assert "Chưa chọn tệp" in message(field, None)
    assert "rỗng" in message(field, SimpleUploadedFile("a.pdf", b""))
    assert "không phải PDF" in message(field, SimpleUploadedFile("a.pdf", b"hello"))

    class Form(forms.Form):
        paper = PdfField(required=False)

    assert 'accept=".pdf"' in str(Form()["paper"])
