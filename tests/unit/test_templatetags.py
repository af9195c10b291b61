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


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("024 0000 0001", "tel:02400000001"),
        ("(024) 3825.1234, máy lẻ 12", "tel:02438251234"),
        ("024 - 3825 1234", "tel:02438251234"),
        ("0912-345-678 / 0913 222 333", "tel:0912345678"),
        ("+84 912 345 678 - 0913 222 333", "tel:+84912345678"),
        ("", "tel:"),
    ],
)
def test_a_written_number_is_dialled_as_one_number(written, dialled):
    assert Template("{{ v|tel }}").render(Context({"v": written})) == dialled
