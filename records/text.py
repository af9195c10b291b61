"""Vietnamese text: one Unicode form, folded search text, sort key. Pure functions."""

import re
import unicodedata

from django.db.models import Q

_D_STROKE = {0x111: "d", 0x110: "d"}
# Invisible format characters that come along with copied text and break comparing and searching.
_INVISIBLE = {
    ord(c): None for c in "\u00ad\u200b\u200e\u200f\u2060\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
}
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # Unicode's Cc and Cs, but newline and tab
_LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029|\x85|\x0b|\x0c")

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_RANK = {letter: f"{20 + rank}" for rank, letter in enumerate(_LETTERS)}
# Tone order of Vietnamese dictionaries: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def nfc(s):
    """Text in Unicode form NFC (Telex on some systems types NFD); None becomes an empty string."""
    return unicodedata.normalize("NFC", s or "")


def fold(s):
    """Text without accents, case and punctuation, đ = d: what a search compares."""
    s = unicodedata.normalize("NFD", s or "").translate(_D_STROKE)
    s = "".join(c for c in s if not unicodedata.combining(c)).casefold()
    # Casefolding may bring new marks and compatibility letters; once more makes the result stable.
    s = "".join(c for c in unicodedata.normalize("NFD", s) if not unicodedata.combining(c))
    return re.sub(r"\W+", " ", s.translate(_D_STROKE)).strip()


def search_text(*parts):
    """Value of a ``search`` column: a leading space and the folded words, so that a match starts at a word."""
    words = fold(" ".join(str(p) for p in parts if p not in (None, "")))
    return f" {words}" if words else ""


def search_words(term):
    """Folded words of a typed search term."""
    return fold(term).split()


def search_q(term, field="search"):
    """Q that demands every word of ``term`` at the start of a word in ``field``; an empty term matches all."""
    q = Q()
    for word in search_words(term):
        q &= Q(**{f"{field}__contains": f" {word}"})
    return q


def _without_controls(s):
    return _CONTROLS.sub("", s)


def clean_line(s):
    """One line: NFC, no control or invisible characters, single spaces. For names, titles, subjects (mail headers)."""
    s = _LINE_ENDS.sub("\n", s or "").translate(_INVISIBLE)
    return nfc(re.sub(r"\s+", " ", _without_controls(s))).strip()


def clean_text(s):
    """Many lines: NFC, line ends as \\n, no NUL or control characters except newline and tab; nothing is trimmed."""
    s = _LINE_ENDS.sub("\n", s or "").translate(_INVISIBLE)
    return nfc(_without_controls(s))


def sort_key(s):
    """Digits-only key in Vietnamese order (a ă â b c d đ …; tones decide last).

    Digits sort the same under every database collation, so SQLite and PostgreSQL give one order.
    """
    letters, tones = [], []
    for c in nfc(s).casefold():
        parts = unicodedata.normalize("NFD", c)
        tone = next((_TONES[m] for m in parts if m in _TONES), "0")
        base = nfc("".join(m for m in parts if m not in _TONES))
        if base.isspace():
            rank = "01"
        elif base.isascii() and base.isdigit():
            rank = f"1{base}"
        else:
            rank = _LETTER_RANK.get(base) or _LETTER_RANK.get(base[:1]) or "02"
        letters.append(rank)
        tones.append(tone)
    return "".join(letters) + "00" + "".join(tones)


def whole_number(text) -> int | None:
    """A number somebody else wrote (address, form): plain digits a database can hold; ``None`` for all else.

    ``str.isdigit`` alone accepts “²”, and more than 18 digits do not fit a BIGINT.
    """
    text = str(text or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None
