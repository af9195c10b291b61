"""Percentages, hints, row tokens and the wording of papers: pure parts of the reports."""

import datetime as dt
from decimal import Decimal

import pytest

from reports.figures import Figure, Row, columns, percent
from reports.filing import fingerprint, read_token, row_token
from reports.loading import window
from reports.models import Cycle, Entry, Indicator, Programme
from reports.wording import direction_heading, period_phrase, programme_phrase


def number(text):
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        ("742", "800", "92,8%"),
        ("9", "10", "90%"),
        ("98.2", "85", "115,5%"),
        ("0", "10", "0%"),
        (None, "10", "–"),
        ("3", None, "–"),
        ("3", "0", "–"),
    ],
)
def test_percent_has_one_decimal_and_a_dash_where_there_is_none(part, whole, words):
    assert percent(number(part), number(whole)) == words


def test_columns_follow_the_kind_of_cycle_and_a_year_has_no_cumulative_column():
    half = [column.label for column in columns(Cycle(kind=Cycle.Kind.HALF))]
    year = [column.label for column in columns(Cycle(kind=Cycle.Kind.YEAR, allows_estimates=True))]

    assert half == ["Kế hoạch năm", "Thực hiện kỳ này", "Cùng kỳ năm trước", "% kế hoạch"]
    assert year == [
        "Kế hoạch năm",
        "6 tháng (đã chốt)",
        "Ước thực hiện cả năm",
        "Cùng kỳ",
        "% kế hoạch",
        "% cùng kỳ",
    ]


def row(actual, *, same=None, half=None, remark="", measure=Indicator.Measure.COUNT):
    entry = Entry(actual=number(actual), remark=remark)
    return Row(Indicator(measure=measure), entry, half=Figure(number(half)), same=Figure(number(same)))


def test_a_change_above_half_asks_for_a_reason_until_one_is_given():
    assert row("85", same="25").hint == ("Tăng 240% so với cùng kỳ (25 → 85). Nếu đúng, ghi lý do ở ô ghi chú.")
    assert row("85", same="25", remark="Bổ sung số liệu").hint == ""
    assert row("37", same="25").hint == ""
    assert row("85", same="0").hint == ""


def test_a_share_above_hundred_and_a_year_below_its_half_are_hints():
    assert row("105", measure=Indicator.Measure.PERCENT).hint.startswith("Tỷ lệ lớn hơn 100%")
    assert row("3", half="4").hint == "Thấp hơn số 6 tháng đã chốt (4). Kiểm tra lại số."
    assert row("70", half="80", measure=Indicator.Measure.PERCENT).hint == ""


def test_a_row_token_tells_version_and_content():
    blank, filled = Entry(), Entry(actual=Decimal("5"), version=3)

    assert row_token(blank) != row_token(Entry(nil=True))
    assert read_token(row_token(filled)) == (3, fingerprint(_values(filled)))
    assert fingerprint(_values(Entry(actual=Decimal("5.00")))) == fingerprint(_values(filled))
    assert read_token("bịa")[0] == read_token(None)[0] == read_token("9" * 40)[0] == -1


def _values(entry):
    return {name: getattr(entry, name) for name in ("plan", "actual", "nil", "estimate", "remark")}


def test_papers_name_programme_and_period_in_full():
    party = Programme(number="07-CTr/TU", issuer="Thành ủy Hà Nội", issued_on=dt.date(2021, 3, 17))
    plan = Programme(number="KH 139/KH-UBND", issued_on=dt.date(2025, 2, 6))

    assert programme_phrase(party) == "Chương trình số 07-CTr/TU ngày 17/3/2021 của Thành ủy Hà Nội"
    assert programme_phrase(plan) == "Kế hoạch số 139/KH-UBND ngày 06/02/2025"
    half = Cycle(kind=Cycle.Kind.HALF, year=2026)
    assert period_phrase(half) == "6 tháng đầu năm 2026"
    assert direction_heading(half).endswith("6 tháng cuối năm 2026")
    assert direction_heading(Cycle(kind=Cycle.Kind.YEAR, year=2026)).endswith("năm 2027")


def test_windows_are_those_of_the_decree():
    assert window(Cycle.Kind.HALF, 2026) == (dt.date(2025, 12, 15), dt.date(2026, 6, 14))
    assert window(Cycle.Kind.YEAR, 2026) == (dt.date(2025, 12, 15), dt.date(2026, 12, 14))
