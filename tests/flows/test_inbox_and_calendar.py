"""Told on the portal and in the calendar: inbox, private address, and a mail in doubt settled in the admin."""

import datetime as dt
import re
import urllib.error
import urllib.request

import pytest
import vobject
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from notices.models import InboxItem, Mail
from notices.planner import plan
from notices.sender import message_id
from tests.factories import make_specialist, make_unit, make_user, moment
from tests.support.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def user(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Lan", email="")


def read(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


def no_overflow(page):
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_a_reminder_is_read_in_the_inbox_by_somebody_without_an_address(
    fake, unit, user, new_page, live_server, options
):
    today = timezone.localdate()
    fake.owe(1, unit=unit, due=today, path="/huong-dan/")
    plan(now=moment(today))
    InboxItem.objects.create(key="cu", person=user, at=timezone.now() - dt.timedelta(days=2), title="Tin hôm kia")
    lan = Person(new_page(**options), live_server.url, user)
    badge = lan.page.locator(".inbox-link .count")
    expect(badge).to_contain_text("2")
    lan.page.locator(".inbox-link").click()
    lan.sees("Tin hôm kia")
    no_overflow(lan.page)
    expect(lan.page.locator(".inbox li.unread")).to_have_count(2)
    lan.page.get_by_role("button", name=re.compile("Việc cần làm: Báo cáo số 1")).click()
    lan.page.wait_for_url(live_server.url + "/")
    expect(badge).to_contain_text("1")
    lan.go("inbox")
    lan.press("Đánh dấu đã đọc tất cả")
    lan.sees("Đã đánh dấu 1 tin là đã đọc.")
    expect(badge).to_have_count(0)


def test_a_calendar_address_is_made_copied_read_renewed_and_stopped(fake, unit, user, new_page, live_server, settings):
    settings.SITE_URL = live_server.url
    due = timezone.localdate() + dt.timedelta(days=9)
    duty = fake.owe(1, unit=unit, due=due)
    lan = Person(new_page(permissions=["clipboard-read", "clipboard-write"]), live_server.url, user)
    lan.go("accounts:profile")
    lan.press("Lịch việc cần làm")
    lan.press("Tạo địa chỉ lịch")
    address = lan.page.locator("#feed-address").inner_text()
    lan.page.get_by_role("button", name="Sao chép địa chỉ").click()
    expect(lan.page.get_by_role("button", name="Đã sao chép")).to_be_visible()
    assert lan.page.evaluate("navigator.clipboard.readText()") == address

    (event,) = vobject.readOne(read(address)).vevent_list
    assert (event.summary.value, event.dtstart.value) == ("Báo cáo số 1 – Xã Ứng Hòa", due)
    fake.close(duty.key)
    assert "VEVENT" not in read(address)

    lan.press("Tạo địa chỉ mới")
    lan.sees("Địa chỉ đang dùng ngừng ngay")
    lan.press("Tạo địa chỉ mới")
    lan.sees("Đã tạo địa chỉ lịch mới.")
    assert lan.page.locator("#feed-address").inner_text() != address
    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(address)
    lan.press("Ngừng chia sẻ")
    lan.sees("không dùng lại được")
    lan.press("Ngừng chia sẻ")
    lan.sees("Chưa có địa chỉ lịch.")


def test_a_mail_in_doubt_is_settled_by_the_log_and_another_by_hand(user, new_page, live_server):
    for number in (1, 2):
        Mail.objects.create(
            dedupe_key=f"event:{number}",
            kind="status",
            person=user,
            address="lan@example.vn",
            subject=f"Yêu cầu bổ sung: Đề xuất số {number}",
            text="Kính gửi bà Lan",
            html="<p style='color:#154a8a'>Kính gửi <b>bà Lan</b></p>",
            template="step",
            not_before=timezone.now(),
            state="unknown",
            message_id=message_id(f"event:{number}"),
        )
    anh = Person(new_page(**PHONE), live_server.url, make_specialist())
    anh.go("admin:notices_mail_changelist")
    no_overflow(anh.page)
    anh.press("Đọc nhật ký máy chủ thư")
    anh.fill(
        lines=f"Nov 23 07:00:02 relay postfix/cleanup[1]: AAAAA1: message-id={message_id('event:1')}\n"
        "Nov 23 07:00:03 relay postfix/smtp[2]: AAAAA1: to=<lan@example.vn>, status=sent (250 OK)"
    )
    anh.press("Đọc nhật ký")
    anh.sees("1 thư đã đến")
    anh.press("Yêu cầu bổ sung: Đề xuất số 2")
    frame = anh.page.frame_locator("iframe[title='Phần HTML của thư']")
    expect(frame.locator("b")).to_have_text("bà Lan")
    no_overflow(anh.page)
    anh.press("Chưa đến, gửi lại")
    anh.fill(note="Bà Lan báo chưa nhận được")
    user.email = "lan@example.vn"
    user.save()
    anh.press("Chưa đến, gửi lại")
    anh.sees("Đã ghi nhận “Chưa đến, gửi lại”.")
    anh.sees("Bà Lan báo chưa nhận được")
    assert list(Mail.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "queued"]
