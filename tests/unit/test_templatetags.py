"""Template filters; builtins, so no {% load %}."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ v|vnumber }}", Decimal("1234.50"), "1.234,5"),
        ("{{ v|vnumber:2 }}", Decimal("1234.5"), "1.234,50"),
        ("{{ v|vnumber }}", None, "–"),
        ("{{ v|vdate }}", dt.date(2026, 6, 5), "05/06/2026"),
        ("{{ v|vdatetime }}", dt.datetime(2026, 12, 16, 8, 4, tzinfo=dt.UTC), "15:04 16/12/2026"),
        ("{{ v|weekdate }}", dt.date(2026, 12, 17), "thứ Năm, 17/12/2026"),
        ("{{ v|vmoney }}", 1250, "1.250\u00a0triệu\u00a0đồng"),
        ("{{ v|vmoney }}", None, "–"),
        ("{{ v|paragraphs }}", "a < b\nc\r\n\r\nd", "<p>a &lt; b<br>c</p><p>d</p>"),
        ("{{ v|paragraphs }}", None, ""),
        ("{{ v|days_left:today }}", dt.date(2026, 12, 20), "còn 5 ngày"),
        ("{{ v|days_left:today }}", dt.date(2026, 12, 15), "hôm nay"),
        ("{{ v|days_left:today }}", dt.date(2026, 12, 13), "quá hạn 2 ngày"),
    ],
)
def test_filters(source, value, shown):
    assert Template(source).render(Context({"v": value, "today": dt.date(2026, 12, 15)})) == shown
