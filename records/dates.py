"""Dates as Vietnamese officials type and read them: day first."""

import datetime as dt
import re

from django.utils import timezone

NOTHING = "–"
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[/\-. ]\s*(\d{1,2})\s*[/\-. ]\s*(\d{1,4})")
_WORDS = re.compile(r"(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{1,4})", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


class DateError(ValueError):
    """A typed date that cannot be read; ``message`` is a sentence for the person who typed it."""

    def __init__(self, message):
        self.message = message
        super().__init__(message)


def parse_date(text):
    """Date of a typed "dd/mm/yyyy" (also with - or .), None for a blank one; raises DateError."""
    if text is None or text == "":
        return None
    if isinstance(text, dt.datetime):
        return _local(text).date()
    if isinstance(text, dt.date):
        return text
    s = " ".join(str(text).split())
    if not s:
        return None
    if match := _ISO.fullmatch(s):
        year, month, day = match.groups()
    elif match := (_DAY_FIRST.fullmatch(s) or _WORDS.fullmatch(s)):
        day, month, year = match.groups()
    else:
        short = s if len(s) <= 30 else f"{s[:30]}…"
        raise DateError(f"“{short}” chưa phải là ngày. Ghi ngày/tháng/năm, ví dụ 05/06/2026.")
    return _checked(int(day), int(month), year, s)


def _checked(day, month, year, shown):
    if len(year) != 4:
        raise DateError(f"“{shown}” chưa đủ năm. Ghi năm đủ bốn chữ số, ví dụ {day:02d}/{month:02d}/2026.")
    if not 1900 <= int(year) <= 2100:
        raise DateError(f"Năm {year} nằm ngoài khoảng 1900–2100. Kiểm tra lại năm.")
    if month > 12 and 1 <= day <= 12 and month <= 31:
        raise DateError(f"Không có tháng {month}. Ghi ngày trước, tháng sau: {month:02d}/{day:02d}/{year}.")
    if not 1 <= month <= 12:
        raise DateError(f"Không có tháng {month}. Ghi ngày/tháng/năm, tháng từ 01 đến 12.")
    try:
        return dt.date(int(year), month, day)
    except ValueError:
        raise DateError(f"Tháng {month}/{year} không có ngày {day}. Kiểm tra lại ngày.") from None


def _local(value):
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def format_date(value):
    """ "16/12/2026" of a date or of a moment in local time; "–" for None."""
    if not value:
        return NOTHING
    value = _local(value)
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def short_date(day, today):
    """ "25/11" of a day in the year of ``today``, otherwise "25/11/2027"."""
    return f"{day.day:02d}/{day.month:02d}" if day.year == today.year else format_date(day)


def format_datetime(value):
    """ "15:04 16/12/2026" in local time; "–" for None."""
    if not value:
        return NOTHING
    value = _local(value)
    return f"{value.hour:02d}:{value.minute:02d} {format_date(value)}"


def weekday_date(value):
    """ "thứ Năm, 17/12/2026"; a Sunday is "Chủ nhật, …"; "–" for None."""
    if not value:
        return NOTHING
    value = _local(value)
    return f"{_WEEKDAYS[value.weekday()]}, {format_date(value)}"
