"""Dates as Vietnamese officials type and read them."""

import datetime as dt

import pytest
from django.utils import formats, translation
from hypothesis import given
from hypothesis import strategies as st

from records.dates import DateError, format_date, format_datetime, parse_date, short_date, weekday_date


@pytest.mark.parametrize(
    "typed",
    ["05/06/2026", "5/6/2026", "5-6-2026", "5.6.2026", " 05 / 06 / 2026 ", "2026-06-05", "ngày 5 tháng 6 năm 2026"],
)
def test_day_comes_first(typed):
    assert parse_date(typed) == dt.date(2026, 6, 5)


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_blank_is_none(blank):
    assert parse_date(blank) is None


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("5/6/26", "bốn chữ số"),
        ("06/25/2026", "25/06/2026"),
        ("31/6/2026", "không có ngày 31"),
        ("29/02/2026", "không có ngày 29"),
        ("1/13/2026", "Không có tháng 13"),
        ("40/40/2026", "Không có tháng 40"),
        ("1/1/0206", "1900–2100"),
        ("mai", "ngày/tháng/năm"),
    ],
)
def test_refused_with_a_sentence(typed, part):
    with pytest.raises(DateError) as refusal:
        parse_date(typed)
    assert part in refusal.value.message


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_what_we_print_reads_back(day):
    assert parse_date(format_date(day)) == day


def test_moments_are_shown_in_local_time():
    moment = dt.datetime(2026, 12, 16, 20, 4, tzinfo=dt.UTC)
    assert format_datetime(moment) == "03:04 17/12/2026"
    assert format_date(moment) == "17/12/2026"
    assert weekday_date(moment) == "thứ Năm, 17/12/2026"
    assert weekday_date(dt.date(2026, 12, 20)) == "Chủ nhật, 20/12/2026"
    assert format_date(None) == format_datetime(None) == weekday_date(None) == "–"


def test_django_itself_reads_and_prints_the_vietnamese_way():
    with translation.override("vi"):
        from django import forms

        assert forms.DateField().clean("05/06/2026") == dt.date(2026, 6, 5)
        assert formats.number_format(1234567.5, force_grouping=True) == "1.234.567,5"
        assert formats.date_format(dt.date(2026, 6, 5), "SHORT_DATE_FORMAT") == "05/06/2026"


def test_another_year_is_printed():
    today = dt.date(2026, 11, 23)
    assert short_date(dt.date(2026, 12, 5), today) == "05/12"
    assert short_date(dt.date(2027, 1, 5), today) == "05/01/2027"
