"""A specialist's morning: forecast, hold one unit, “Đôn đốc”, the letter with its number, a call with a promise."""

import datetime as dt

import pytest
from django.utils import timezone
from docx import Document
from playwright.sync_api import expect

from accounts.roles import Role
from notices.models import Hold, Touch
from reports.models import Obligation
from tests.factories import make_cycle, make_specialist, make_unit, make_user
from tests.support.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def units():
    units = [make_unit("Xã Ứng Hòa"), make_unit("Xã Phú Xuyên")]
    for unit in units:
        make_user(Role.UNIT_DRAFTER, unit=unit, full_name=f"Người soạn {unit.name}")
    return units


def hold_one_unit(person, unit):
    """Forecast: one unit is left in peace for a reason."""
    person.go("admin:index")
    person.press("Dự báo nhắc việc")
    person.sees(f"Người soạn {unit.name}")
    person.press(f"Tạm dừng cả {unit.name}")
    person.fill(reason="Đang bàn giao trụ sở")
    person.press("Tạm dừng nhắc")
    person.sees("đang tạm dừng")
    assert Hold.objects.get().unit == unit


def write_the_letter(person, file, today):
    """The letter of chasing to everybody on the page, with its annex and later its number."""
    page = person.page
    page.get_by_label("Chọn cả trang").check()
    person.sees("Đã chọn 2")
    person.press("Soạn công văn")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải dự thảo .docx").click()
    download.value.save_as(file)
    annex = Document(file).tables[-1]
    assert sorted(row.cells[1].text for row in annex.rows[1:]) == ["Xã Phú Xuyên", "Xã Ứng Hòa"]
    person.go("admin:reports_chasing_latest")  # days later, on another visit
    person.press("Ghi số, ngày sau khi ban hành")
    page.get_by_role("link", name="Ghi số, ngày của dự thảo soạn").click()
    person.fill(number="15", issued_on=f"{today:%d/%m/%Y}")
    person.press("Ghi nhận công văn")
    person.sees("Đã ghi nhận công văn cho 2 đơn vị.")


def note_a_call(person, promised):
    """A call, who answered, and the day they promised."""
    person.page.get_by_role("link", name="Ghi nhận cuộc gọi Xã Ứng Hòa").click()
    person.sees("Công văn 15/SKHCN-QLKH")
    person.fill(contact="Bà Lan, văn phòng", note="Đang chờ lãnh đạo ký.", promised_on=f"{promised:%d/%m/%Y}")
    person.press("Ghi nhận cuộc gọi")
    person.sees(f"{promised:%d/%m}")
    assert Touch.objects.get(kind="call").promised_on == promised


def give_more_time(person, unit, until):
    """One unit gets a later day: tried, saved on grounds; the others keep theirs."""
    person.page.get_by_label(f"Chọn {unit.name}").check()
    person.press("Gia hạn")
    person.fill(until=f"{until:%d/%m/%Y}")
    person.press("Xem thay đổi")
    person.sees("1 việc đang mở chuyển sang hạn mới")
    person.fill(
        number="9/UBND", dated=f"{timezone.localdate():%d/%m/%Y}", decided_by="Giám đốc", reason="Bão, mất điện"
    )
    person.press("Lưu gia hạn")
    person.sees(f"Gia hạn đến hết ngày {until:%d/%m/%Y} theo văn bản số 9/UBND")
    person.sees("đã gia hạn")
    assert list(Obligation.objects.filter(due_on=until).values_list("unit", flat=True)) == [unit.pk]


def test_from_the_forecast_to_a_promise(units, new_page, live_server, tmp_path):
    today = timezone.localdate()
    make_cycle(units=units, opens_on=today - dt.timedelta(days=30), due_on=today - dt.timedelta(days=7))
    person = Person(
        new_page(accept_downloads=True, permissions=["clipboard-read", "clipboard-write"]),
        live_server.url,
        make_specialist(),
    )
    page = person.page
    hold_one_unit(person, units[1])

    person.go("admin:index")
    person.press("Đôn đốc")
    person.sees("đang tạm dừng nhắc")
    write_the_letter(person, tmp_path / "cv.docx", today)
    note_a_call(person, today + dt.timedelta(days=2))
    give_more_time(person, units[0], today + dt.timedelta(days=10))

    page.get_by_label("Chọn Xã Ứng Hòa").check()
    person.press("Sao chép lời nhắn")
    person.sees("Kính gửi UBND xã Ứng Hòa")
    box = page.get_by_label("Đã nhắn Xã Ứng Hòa")
    assert not box.is_checked()
    page.get_by_role("button", name="Sao chép lời nhắn Xã Ứng Hòa").click()
    expect(box).to_be_checked()
    person.go("admin:reports_chasing_latest")
    person.press("Danh sách gọi điện")
    person.sees("Cuộc gọi")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    person.go("admin:reports_obligation_change", Obligation.objects.get(unit=units[0]).pk)
    inset = "item => item.getBoundingClientRect().left - item.closest('fieldset').getBoundingClientRect().left"
    assert page.locator(".moves li").first.evaluate(inset) >= 16  # words do not touch the edge of their card
    for name in ("admin:reports_chasing_latest", "admin:notices_forecast", "admin:notices_touch_changelist"):
        person.go(name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".results").evaluate("box => box.scrollWidth <= box.clientWidth")  # rows are cards
    label = page.locator("#result_list td[data-label]").first
    assert (
        label.evaluate("cell => getComputedStyle(cell, '::before').content") == f'"{label.get_attribute("data-label")}"'
    )
