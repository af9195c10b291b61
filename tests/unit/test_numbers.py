"""Numbers as Vietnamese officials type and read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.numbers import NumberError, format_number, parse_number, typed_number


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,5", "1234.5"),
        ("1234,5", "1234.5"),
        ("1.234", "1234"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1,234.5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1234,567", "1234.567"),
        ("0,234", "0.234"),
        ("0.234", "0.234"),
        ("1,2340", "1.234"),
        ("12%", "12"),
        ("12,5 %", "12.5"),
        (" 1\u00a0234,5 ", "1234.5"),
        ("1 234 567", "1234567"),
        ("-1.234", "-1234"),
        ("−5", "-5"),
        ("+5", "5"),
        ("１２", "12"),
        (7, "7"),
        (1.5, "1.5"),
        (Decimal("2.50"), "2.50"),
    ],
)
def test_understood(typed, value):
    assert parse_number(typed) == Decimal(value)


@pytest.mark.parametrize("blank", [None, "", "  ", "\u00a0", "–"])
def test_blank_is_none(blank):
    assert parse_number(blank) is None


@pytest.mark.parametrize(
    "typed",
    [
        "abc",
        "12 người",
        "5.6.2026",
        "12 5",
        "1.23.456",
        "1,23,456",
        "1.234,5,6",
        "1e5",
        "5,",
        ".",
        "-",
        "--5",
        "%",
        "9" * 21,
        float("nan"),
        float("inf"),
        True,
    ],
)
def test_refused_with_a_sentence(typed):
    with pytest.raises(NumberError) as refusal:
        parse_number(typed)
    assert refusal.value.message.endswith(".")


def test_two_readings_are_shown_and_both_can_be_typed():
    with pytest.raises(NumberError) as refusal:
        parse_number("-1,234")
    assert "“-1.234”" in refusal.value.message
    assert "“-1,2”" in refusal.value.message
    assert parse_number("-1.234") == -1234
    assert parse_number("-1,23") == Decimal("-1.23")


def test_format():
    assert format_number(Decimal("1234567.5")) == "1.234.567,5"
    assert format_number(Decimal("1234.50")) == "1.234,5"
    assert format_number(1234) == "1.234"
    assert format_number(0.5) == "0,5"
    assert format_number(Decimal("2.345"), 2) == "2,35"
    assert format_number(Decimal("12"), 1) == "12,0"
    assert format_number(Decimal("-0.001"), 2) == "0,00"
    assert format_number(Decimal("1E+3")) == "1.000"
    assert format_number(None) == "–"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_what_we_write_into_a_box_reads_back_the_same(value):
    assert parse_number(typed_number(value)) == value


@given(st.text(max_size=30))
def test_any_text_is_a_number_a_blank_or_a_refusal(text):
    try:
        value = parse_number(text)
    except NumberError as refusal:
        assert refusal.message
    else:
        assert value is None or value.is_finite()
