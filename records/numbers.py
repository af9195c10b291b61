"""Numbers as Vietnamese officials type and read them: 1.234.567,5."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

NOTHING = "–"
MAX_DIGITS = 20
_SPACED = re.compile(r"[1-9]\d{0,2}( \d{3})+([.,]\d+)?")


class NumberError(ValueError):
    """A typed number that cannot be read safely; ``message`` is a sentence for the person who typed it."""

    def __init__(self, message):
        self.message = message
        super().__init__(message)


def parse_number(text):
    """Decimal of a typed Vietnamese number, None for a blank one.

    "1.234,5", "1234,5", "1234.5", "1 234,5", "1,234.5" and "12%" are understood; "1.234" is 1234, as a
    Vietnamese reads it. Raises NumberError where two readings are possible ("1,234") or none.
    """
    if text is None or isinstance(text, Decimal):
        return text
    if isinstance(text, int | float) and not isinstance(text, bool):
        return _decimal(repr(text), repr(text))
    shown = " ".join(str(text).split())
    s = unicodedata.normalize("NFKC", shown).replace("−", "-")
    s = re.sub(r"\s+", " ", s).strip()
    if s in ("", NOTHING):
        return None
    s = s.removesuffix("%").rstrip()
    sign = ""
    if s[:1] in ("-", "–", "+"):
        sign, s = ("" if s[0] == "+" else "-"), s[1:].lstrip()
    if " " in s:
        if not _SPACED.fullmatch(s):
            raise NumberError(_unreadable(shown))
        s = s.replace(" ", "")
        return _decimal(sign + s.replace(",", "."), shown)
    if not re.fullmatch(r"[0-9.,]*[0-9]", s):
        raise NumberError(_unreadable(shown))
    return _decimal(sign + _plain(s, sign, shown), shown)


def _plain(s, sign, shown):
    """Digits with at most one decimal point, after deciding which mark is which."""
    dots, commas = s.count("."), s.count(",")
    if dots and commas:
        decimal = "," if s.rfind(",") > s.rfind(".") else "."
        group = "." if decimal == "," else ","
        head, tail = s.rsplit(decimal, 1)
        if decimal in head or not _grouped(head, group):
            raise NumberError(_unreadable(shown))
        return f"{head.replace(group, '')}.{tail}"
    if dots > 1 or commas > 1:
        mark = "." if dots else ","
        if not _grouped(s, mark):
            raise NumberError(_unreadable(shown))
        return s.replace(mark, "")
    if commas and _grouped(s, ","):
        whole, fraction = s.split(",")
        raise NumberError(
            f"“{shown}” đọc được hai cách. Ghi “{sign}{whole}.{fraction}” nếu là số nguyên; nếu là số lẻ, ghi một "
            f"hoặc hai chữ số sau dấu phẩy, ví dụ “{sign}{whole},{fraction[:1]}”."
        )
    if dots and _grouped(s, "."):
        return s.replace(".", "")
    return s.replace(",", ".")


def _grouped(s, mark):
    return re.fullmatch(rf"[1-9]\d{{0,2}}({re.escape(mark)}\d{{3}})+", s) is not None


def _decimal(plain, shown):
    if sum(c.isdigit() for c in plain) > MAX_DIGITS:
        raise NumberError(f"“{shown}” dài quá {MAX_DIGITS} chữ số. Kiểm tra lại số đã nhập.")
    try:
        value = Decimal(plain)
    except ArithmeticError:
        raise NumberError(_unreadable(shown)) from None
    if not value.is_finite():
        raise NumberError(_unreadable(shown))
    return value


def _unreadable(shown):
    short = shown if len(shown) <= 40 else f"{shown[:40]}…"
    return f"“{short}” chưa phải là số. Chỉ ghi chữ số, ví dụ 1.234,5; chữ khác ghi ở ô ghi chú hoặc bỏ đi."


def format_number(value, places=None):
    """ "1.234,5"; "–" for None. ``places`` fixes the decimals (half up); without it only those needed are shown."""
    if value is None or value == "":
        return NOTHING
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(number):,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.translate({ord(","): ".", ord("."): ","})
    return f"-{text}" if number < 0 else text


def typed_number(value, places=None):
    """Text for an input box that ``parse_number`` reads back as the same number; "" for None."""
    if value is None or value == "":
        return ""
    text = format_number(value, places)
    # Exactly three decimals after at most three digits is the one shape that reads two ways.
    return f"{text}0" if re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", text) else text
