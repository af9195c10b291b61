"""A specialist's morning: forecast, hold one unit, “Đôn đốc”, the letter with its number, a call with a promise."""

import datetime as dt

import pytest
from django.utils import timezone
from docx import Document

from accounts.roles import Role
from notices.models import Hold, Touch
from tests.factories import make_cycle, make_specialist, make_unit, make_user
from tests.support.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def units():
    units = [make_unit("Xã Ứng Hòa"), make_unit("Xã Phú Xuyên")]
    for unit in units:
        make_user(Role.UNIT_DRAFTER, unit=unit, full_name=f"Người soạn {unit.name}")
    return units


def test_from_the_forecast_to_a_promise(units, new_page, live_server, tmp_path):
    today = timezone.localdate()
    make_cycle(units=units, opens_on=today - dt.timedelta(days=30), due_on=today - dt.timedelta(days=7))
    person = Person(new_page(accept_downloads=True), live_server.url, make_specialist())
    page = person.page

    person.go("admin:index")
    person.press("Dự báo nhắc việc")
    person.sees("Người soạn Xã Phú Xuyên")
    person.press("Tạm dừng cả Xã Phú Xuyên")
    person.fill(reason="Đang bàn giao trụ sở")
    person.press("Tạm dừng nhắc")
    person.sees("đang tạm dừng")
    assert Hold.objects.get().unit == units[1]

    person.go("admin:index")
    person.press("Đôn đốc")
    person.sees("đang tạm dừng nhắc")
    page.get_by_label("Chọn cả trang").check()
    person.press("Soạn công văn")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải dự thảo .docx").click()
    download.value.save_as(tmp_path / "cv.docx")
    annex = Document(tmp_path / "cv.docx").tables[-1]
    assert sorted(row.cells[1].text for row in annex.rows[1:]) == ["Xã Phú Xuyên", "Xã Ứng Hòa"]
    person.fill(number="15/SKHCN-QLKH", issued_on=f"{today:%d/%m/%Y}")
    person.press("Ghi nhận công văn")
    person.sees("Đã ghi nhận công văn cho 2 đơn vị.")

    page.get_by_role("link", name="Ghi nhận cuộc gọi Xã Ứng Hòa").click()
    person.sees("Công văn 15/SKHCN-QLKH")
    promised = today + dt.timedelta(days=2)
    person.fill(contact="Bà Lan, văn phòng", note="Đang chờ lãnh đạo ký.", promised_on=f"{promised:%d/%m/%Y}")
    person.press("Ghi nhận cuộc gọi")
    person.sees(f"hứa gửi {promised:%d/%m}")
    assert Touch.objects.get(kind="call").promised_on == promised

    page.get_by_label("Chọn Xã Ứng Hòa").check()
    person.press("Sao chép lời nhắn")
    person.sees("Kính gửi UBND xã Ứng Hòa")
    page.get_by_role("button", name="Sao chép lời nhắn Xã Ứng Hòa").click()
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("admin:reports_chasing_latest", "admin:notices_forecast"):
        person.go(name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
