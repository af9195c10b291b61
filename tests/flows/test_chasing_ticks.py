"""A set picked by hand on “Đôn đốc” over several pages, filters and a call arrives whole in the letter."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import TODAY, make_cycle, make_specialist, make_unit
from tests.support.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NAMES = ["Xã An Khánh", "Xã Ba Vì", "Xã Chương Dương", "Xã Đại Thanh", "Xã Gia Lâm"]


@pytest.fixture
def cycle():
    return make_cycle(units=[make_unit(name) for name in NAMES], due_on=TODAY)


@pytest.fixture
def two_a_page(monkeypatch):
    monkeypatch.setattr("reports.admin_chasing.PER_PAGE", 2)


def tick(page, name):
    page.get_by_label(f"Chọn {name}", exact=True).check()


def turn(page, name):
    with page.expect_navigation():
        page.locator("nav.pages a", has_text=name).click()


def in_letter(page):
    """Units of the letter page, that is then left again."""
    with page.expect_navigation():
        page.get_by_role("button", name="Soạn công văn").click()
    found = page.locator("tbody td:first-child").all_inner_texts()
    page.go_back()
    return found


def test_ticks_survive_pages_filters_and_a_call(cycle, two_a_page, new_page, live_server):
    person = Person(new_page(), live_server.url, make_specialist())
    page = person.page
    person.go("admin:reports_chasing_latest")
    tick(page, "Xã An Khánh")
    turn(page, "Sau")
    expect(page.locator("[data-check-count]")).to_have_text("Đã chọn 1")
    person.sees("Đã chọn thêm 1 đơn vị không có trong danh sách đang xem: Xã An Khánh")
    tick(page, "Xã Chương Dương")
    page.fill("[name=q]", "gia lam")
    person.press("Lọc")
    tick(page, "Xã Gia Lâm")
    expect(page.locator("[data-check-count]")).to_have_text("Đã chọn 3")
    page.get_by_role("link", name="Ghi nhận cuộc gọi Xã Gia Lâm").click()
    person.fill(note="Hẹn gọi lại")
    person.press("Ghi nhận cuộc gọi")
    expect(page.locator("[data-check-count]")).to_have_text("Đã chọn 3")
    with page.expect_navigation():
        page.locator(".chip-link", has_text=re.compile("Chưa bắt đầu")).click()
    assert in_letter(page) == ["Xã An Khánh", "Xã Chương Dương", "Xã Gia Lâm"]
    page.get_by_role("link", name="Bỏ chọn các đơn vị này").click()
    expect(page.locator("[data-check-count]")).to_have_text("Đã chọn 1")
    assert in_letter(page) == ["Xã Gia Lâm"]


def test_choosing_all_goes_along_to_the_next_page(cycle, two_a_page, new_page, live_server):
    person = Person(new_page(), live_server.url, make_specialist())
    page = person.page
    person.go("admin:reports_chasing_latest")
    page.get_by_label("Chọn tất cả 5 đơn vị chưa gửi").check()
    turn(page, "Sau")
    expect(page.get_by_label("Chọn Xã Đại Thanh", exact=True)).to_be_checked()
    expect(page.locator("[data-check-count]")).to_have_text("Đã chọn 5")
    assert sorted(in_letter(page)) == sorted(NAMES)


def test_without_script_the_page_says_so(cycle, new_page, live_server):
    person = Person(new_page(java_script_enabled=False), live_server.url, make_specialist())
    person.go("admin:reports_chasing_latest")
    said = person.page.locator("noscript p")  # a search by words passes over it
    expect(said).to_be_visible()
    assert "dấu chọn không được giữ khi lọc, sắp xếp hoặc sang trang" in said.inner_text()


def test_copying_twice_gives_the_button_its_words_back(cycle, new_page, live_server):
    person = Person(new_page(permissions=["clipboard-read", "clipboard-write"]), live_server.url, make_specialist())
    page = person.page
    page.clock.install()
    person.page.goto(f"{live_server.url}/quan-tri/reports/cycle/{cycle.pk}/don-doc/loi-nhan/?tat_ca=1")
    button = page.locator("[data-copy='#loi-nhan-nhom']")
    for _ in range(2):
        button.click()
        expect(button).to_have_text(re.compile("Đã sao chép"))
        page.clock.run_for(2000)
    page.clock.run_for(4500)
    expect(button).to_have_text(re.compile("Sao chép lời nhắn nhóm"))
    assert button.locator(".bi").count() == 1
