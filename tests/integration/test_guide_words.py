"""What guide, calendar page and receipt tell a commune's official."""

import pytest
from django.urls import reverse

from tests import factories as make
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "words",
    [
        "trong mỗi nhóm, việc có hạn gần nhất ở trên",
        "<b>Hộp thư</b>",
        "<b>Lịch việc cần làm</b>",
        "<b>Sửa số, ngày</b>",
        "<b>Rút lại</b>",
        "<b>Chưa nhận được</b>",
        "Hồ sơ phải được <b>Trình ký</b> trên Cổng trước",
    ],
)
def test_the_guide_tells_it(client, words):
    assert words in client.get(reverse("help")).text


def test_a_first_calendar_speaks_of_no_former_one(client):
    client.force_login(make.make_user(make.Role.UNIT_DRAFTER, unit=make.make_unit()))
    first = client.post(reverse("calendar-new"), follow=True).text
    assert "Đã tạo địa chỉ lịch." in first
    assert "Địa chỉ cũ đã ngừng" not in first
    assert "iPhone" in first and "Android" in first
    assert "Địa chỉ cũ đã ngừng" in client.post(reverse("calendar-new"), follow=True).text


def test_a_receipt_keeps_its_check_sum_out_of_the_facts(time_machine):
    time_machine.move_to(make.NOW, tick=False)
    desk = Desk()
    desk.fill()
    dossier = desk.send()
    page = desk.client().get(reverse("dossiers:receipt", args=[dossier.code, 1])).text
    assert dossier.revisions.get().sha256 not in page.partition("</dl>")[0]
    assert dossier.revisions.get().sha256 in page
