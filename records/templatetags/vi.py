"""Vietnamese numbers, dates and plain text in templates; a builtin library, no {% load %} needed."""

import re

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from records import dates, numbers
from records.text import clean_text

register = template.Library()


@register.filter
def vnumber(value, places=None):
    """1234.5 → "1.234,5"; ``places`` fixes the decimals; None → "–"."""
    return numbers.format_number(value, None if places in (None, "") else int(places))


@register.filter
def vdate(value):
    """ "16/12/2026"."""
    return dates.format_date(value)


@register.filter
def vdatetime(value):
    """ "15:04 16/12/2026", local time."""
    return dates.format_datetime(value)


@register.filter
def weekdate(value):
    """ "thứ Năm, 17/12/2026"."""
    return dates.weekday_date(value)


@register.filter
def vmoney(value, places=None):
    """A sum in millions: "1.250 triệu đồng", not broken over two lines."""
    if value is None or value == "":
        return numbers.NOTHING
    return f"{vnumber(value, places)}\u00a0triệu\u00a0đồng"


_PARTED = re.compile(r"\s[-–]\s|[^\d\s+.()\-]+")  # between two numbers, or a number and a word
_DIGITS = 9  # so many make a number; fewer may be the area's code before a dash


@register.filter
def tel(phone):
    """The address that dials a written number: "(024) 3825 1234, máy lẻ 12" → "tel:02438251234"."""
    number = ""
    for part in _PARTED.split(str(phone or "")):
        number += re.sub(r"[^\d+]", "", part)
        if len(number) >= _DIGITS:
            break
    return f"tel:{number}"


@register.filter
def paragraphs(value):
    """Plain text as escaped <p> elements: a blank line parts paragraphs, a single newline breaks the line."""
    blocks = [b.strip("\n") for b in clean_text(str(value or "")).split("\n\n")]
    html = "".join(format_html("<p>{}</p>", _lines(b)) for b in blocks if b.strip())
    return mark_safe(html)


def _lines(block):
    return mark_safe(escape(block).replace("\n", "<br>"))


@register.filter
def days_left(due, today):
    """Calendar days from ``today`` to ``due`` in words: "còn 5 ngày", "hôm nay", "quá hạn 2 ngày"."""
    if not due or not today:
        return ""
    days = (due - today).days
    if days == 0:
        return "hôm nay"
    return f"còn {days} ngày" if days > 0 else f"quá hạn {-days} ngày"
