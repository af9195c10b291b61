"""A unit declares from the mail's link and is left in peace, the Sở confirms; an administrator changes a mail text."""

import re

import pytest
from django.utils import timezone

from accounts.roles import Role
from notices.models import MailText
from notices.planner import plan
from notices.sender import send
from reports.models import Obligation
from tests.factories import make_cycle, make_specialist, make_unit, make_user, moment
from tests.support.people import PASSWORD, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_declared_from_the_mail_and_confirmed(page, new_page, live_server, smtp_sink, settings):
    settings.SITE_URL = live_server.url
    today, unit = timezone.localdate(), make_unit()
    drafter = make_user(Role.UNIT_DRAFTER, unit=unit)
    make_cycle(units=[unit], year=today.year, opens_on=today, due_on=today)
    obligation = Obligation.objects.get()
    plan(now=moment(today))
    send(now=moment(today))
    (mail,) = smtp_sink.wait_for(1)
    text = mail.message.get_body(("plain",)).get_content()

    page.set_viewport_size({"width": 390, "height": 800})
    declare_on_a_phone(page, re.search(r"“Đã gửi, số …”: (\S+)", text)[1], drafter, today)
    sees_it_set_apart(page, today)
    plan(now=moment(today, hour=17))
    send(now=moment(today, hour=17))
    assert len(smtp_sink.messages) == 1

    specialist = Person(new_page(), live_server.url, make_specialist())
    specialist.go("admin:index")
    specialist.press("Chờ đối chiếu văn bản 1")
    specialist.press(unit.name)
    nothing_overlaps(specialist.page)
    specialist.page.locator(".acts summary").click()
    specialist.page.get_by_role("link", name="Kết thúc nghĩa vụ báo cáo").wait_for()
    specialist.press("Đã nhận qua hệ thống văn bản")
    specialist.fill(arrival_number="812", arrival_date=f"{today:%d/%m/%Y}")
    with specialist.page.expect_navigation():
        specialist.page.locator("main button[type=submit]").click()
    obligation.refresh_from_db()
    assert obligation.paper_number == "812"
    assert obligation.days_late == 0


def declare_on_a_phone(page, link, drafter, today):
    page.goto(link)
    page.fill("[name=username]", drafter.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(link)
    page.fill("[name=number]", "45/BC-UBND")
    page.fill("[name=issued_on]", f"{today:%d/%m/%Y}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Ghi nhận đã gửi").click()
    page.get_by_text("Đơn vị đã báo gửi qua hệ thống văn bản: số 45/BC-UBND").wait_for()
    assert page.evaluate("document.documentElement.scrollHeight") < 2000  # not the grid
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def sees_it_set_apart(page, today):
    page.get_by_role("link", name="Sửa số, ngày").click()
    assert page.input_value("[name=number]") == "45/BC-UBND"
    assert page.input_value("[name=issued_on]") == f"{today:%d/%m/%Y}"
    page.get_by_role("link", name="Quay lại").click()
    page.get_by_role("link", name="Về Việc cần làm").click()
    page.get_by_text("Đã báo gửi, chờ Sở đối chiếu").wait_for()
    assert page.locator(".mainnav .count").count() == 0


def nothing_overlaps(page):
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        boxes = [page.locator(one).bounding_box() for one in ("#content h1", "#content h2", ".acts")]
        tops, bottoms = [box["y"] for box in boxes], [box["y"] + box["height"] for box in boxes]
        assert bottoms[0] <= tops[1] + 1
        assert bottoms[1] <= tops[2] + 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_administrator_edits_and_previews_a_mail_text(new_page, live_server):
    admin = Person(new_page(), live_server.url, make_specialist(Role.DEPT_ADMIN))
    page = admin.page
    admin.go("admin:notices_mailtext_changelist")
    admin.press("Thư nhắc: Lời kết")
    admin.fill(text="Liên hệ {khong_co}.")
    admin.press("Xem trước")
    admin.sees("Không có chỗ điền {khong_co}")
    admin.fill(text="Ông/bà {ten_nguoi_nhan} cần thêm thời gian, gọi {lien_he}.")
    admin.press("Xem trước")
    admin.sees("Ông/bà Trần Thị Lan cần thêm thời gian")
    page.frame_locator("iframe").get_by_text("Ông/bà Trần Thị Lan cần thêm thời gian").wait_for()
    assert not MailText.objects.exists()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    admin.press("Lưu")
    admin.sees("đã sửa")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    admin.go("admin:notices_ladders")
    admin.sees("quá hạn 3 ngày làm việc – gửi cả lãnh đạo đơn vị")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
