"""What is said where no page is, or none for this person: by who asks."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.factories import make_specialist, make_unit, make_user

pytestmark = pytest.mark.django_db
NOWHERE, STAFF_NOWHERE = "/khong-co/", "/quan-tri/khong-co/la/"


def said(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.text[answer.text.index("<main") :]


def test_the_department_is_led_to_its_own_lists(client):
    client.force_login(make_specialist())
    for path in (NOWHERE, STAFF_NOWHERE):
        page = said(client, path, 404)
        assert f'href="{reverse("admin:index")}">Về Chờ xử lý</a>' in page
        assert "đơn vị khác" not in page and "Việc cần làm" not in page
    page = said(client, reverse("admin:records_auditentry_changelist"), 403)
    assert "quản trị hệ thống của Sở" in page and "Về Chờ xử lý" in page and "Việc cần làm" not in page


def test_a_unit_is_led_to_its_own_lists(client):
    client.force_login(make_user(Role.UNIT_DRAFTER, unit=make_unit()))
    page = said(client, NOWHERE, 404)
    assert "danh sách của đơn vị" in page and "Về Việc cần làm" in page


def test_a_visitor_is_asked_to_sign_in(client):
    page = said(client, NOWHERE, 404)
    assert f'href="{reverse("accounts:login")}">Đăng nhập</a>' in page and "Việc cần làm" not in page


def test_the_guide_says_whom_to_ask_for_more_time(client):
    assert "chuyên viên Sở phụ trách trước ngày hạn" in client.get(reverse("help")).text
    client.force_login(make_specialist())
    page = client.get(reverse("help")).text
    assert "<b>Đôn đốc</b>, chọn đơn vị rồi chọn <b>Gia hạn</b>" in page
