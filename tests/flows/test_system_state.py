"""The pages of the watch in a browser: nothing overflows at 390 px, the way from a problem to its reason is walked."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import Role
from notices import heartbeats
from notices.planner import plan
from tests.factories import TODAY, make_specialist, make_unit, make_user, moment
from tests.integration.test_sender import queued
from tests.support.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def trouble(fake):
    """A worker that died, a mail refused, somebody without address, a reminder planned."""
    unit, now = make_unit(), timezone.now()
    drafter = make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Soạn")
    make_user(Role.UNIT_CLERK, unit=unit, full_name="Đỗ Không Thư", email="")
    heartbeats.beat("worker", now=now - dt.timedelta(hours=2))
    words = "550 5.1.1 <mot.dia.chi.rat.dai.khong.co.khoang.trang.nao@don-vi-hanh-chinh.hanoi.gov.vn> no such user"
    queued(1, state="failed", person=drafter, last_error=words, created_at=now)
    fake.owe(unit=unit, due=TODAY + dt.timedelta(days=3))
    plan(now=moment())
    return drafter


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_state_of_the_system_to_the_reason(trouble, new_page, live_server, width, tmp_path):
    page = new_page(viewport={"width": width, "height": 900})
    admin = Person(page, live_server.url, make_specialist(Role.DEPT_ADMIN))
    admin.go("admin:notices_heartbeat_changelist")
    for words in ("Khởi động lại worker", "Đỗ Không Thư", "550 5.1.1"):
        admin.sees(words)
    assert overflow(page) <= 0
    page.screenshot(path=tmp_path / f"state-{width}.png", full_page=True)
    admin.press("Vì sao có thư, không có thư")
    admin.fill(q="tran thi soan")
    admin.press("Tìm")
    assert overflow(page) <= 0
    admin.press("Trần Thị Soạn")
    with page.expect_navigation():
        page.get_by_role("link", name="Vì sao? Báo cáo số 1").click()
    admin.sees("Kết luận")
    admin.sees("Vì sao? Báo cáo số 1 – Xã Ứng Hòa")
    assert overflow(page) <= 0
    page.screenshot(path=tmp_path / f"why-{width}.png", full_page=True)
