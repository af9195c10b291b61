"""Folding, cleaning and sorting Vietnamese text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.text import clean_line, clean_text, fold, nfc, search_q, search_text, sort_key, whole_number


def test_every_way_of_typing_a_name_folds_alike():
    forms = ["Ứng Hòa", "ứng hoà", "UNG HOA", unicodedata.normalize("NFD", "Ứng Hòa"), " ung-hoa "]
    assert {fold(f) for f in forms} == {"ung hoa"}
    assert fold("Đường ĐƯỜNG đường") == "duong duong duong"
    assert fold(None) == ""


@given(st.text())
def test_fold_ignores_unicode_form_and_is_stable(s):
    once = fold(s)
    assert once == fold(unicodedata.normalize("NFD", s)) == fold(unicodedata.normalize("NFC", s))
    assert fold(once) == once


def test_search_text_lets_a_match_start_at_a_word_only():
    text = search_text("Trung Hòa", None, "", 42)
    assert text == " trung hoa 42"
    assert " ung" not in text
    assert search_text("", None) == ""
    assert search_q("  ") == search_q("")
    assert len(search_q("ứng hòa").children) == 2


def test_clean_line_makes_one_printable_line():
    assert clean_line("  Báo\u00a0cáo\r\nnăm\t2026\x00\u200b ") == "Báo cáo năm 2026"
    assert clean_line(unicodedata.normalize("NFD", "Ứng Hòa")) == "Ứng Hòa"
    assert clean_line(None) == ""


def test_clean_text_keeps_the_lines_and_the_outer_spaces():
    assert clean_text(" a\r\nb\rc\x00\td\n") == " a\nb\nc\td\n"


@given(st.text())
def test_cleaning_is_stable_and_leaves_no_controls(s):
    line, text = clean_line(s), clean_text(s)
    assert clean_line(line) == line == nfc(line)
    assert clean_text(text) == text == nfc(text)
    assert "\n" not in line
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs")]
    text.encode()


def test_vietnamese_order():
    right = ["Ba", "Ba Đình", "Ba Vì", "Bạch Mai", "Bán", "Bắc", "Bần", "Cổ Đô", "Dân Hòa", "Đa Phúc", "Đông Anh"]
    assert sorted(set(right), key=sort_key) == right
    tones = ["ma", "mà", "mả", "mã", "má", "mạ", "mă", "mâ"]
    assert sorted(set(tones), key=sort_key) == tones
    assert sort_key("Xã Ứng Hòa") == sort_key(unicodedata.normalize("NFD", "Xã Ứng Hòa"))
    assert sort_key("Xã Ứng Hòa").isdigit()


@pytest.mark.parametrize(
    ("text", "number"),
    [("17", 17), (17, 17), ("007", 7), ("9" * 18, int("9" * 18)), ("9" * 19, None)]
    + [(odd, None) for odd in ("²", "٣", "１２", "-1", "+1", "1.0", " 1", "1_0", "", None, "abc")],
)
def test_a_whole_number_is_plain_digits_that_fit(text, number):
    assert whole_number(text) == number
