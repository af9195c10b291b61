"""People, their roles, the ladder and the mails on the staff side."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from time_machine import travel

from accounts.models import Membership, User
from accounts.roles import Role
from notices.models import Mail, Rung
from tests.factories import (
    NOW,
    make_specialist,
    make_unit,
    make_user,
)
from tests.support.admin import inline

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def specialist(client):
    user = make_specialist()
    client.force_login(user)
    return user


@pytest.fixture
def keeper(client):
    user = make_specialist(Role.DEPT_ADMIN)
    client.force_login(user)
    return user


def test_a_new_person_gets_an_activation_mail_and_no_password(client, keeper):
    unit = make_unit()
    role = {"role": "unit_drafter", "unit": unit.pk, "room": "Phòng Văn hóa - Xã hội", "valid_from": "01/11/2026"}
    values = {"username": "soan.ungHoa", "full_name": "Trần Thị Soạn", "email": "soan@example.vn", "is_active": "on"}

    response = client.post(
        reverse("admin:accounts_user_add"),
        {**values, "send_invitation": "on", **inline("memberships", role)},
        follow=True,
    )

    user = User.objects.get(username="soan.ungHoa")
    assert not user.has_usable_password()
    assert user.memberships.get().unit == unit
    assert "Đã gửi thư kích hoạt cho Trần Thị Soạn" in response.text
    assert [one.to for one in mail.outbox] == [["soan@example.vn"]]
    client.post(reverse("admin:accounts_user_invite", args=[user.pk]))
    assert len(mail.outbox) == 2


def test_a_role_at_the_wrong_place_and_a_missing_address_are_told(client, keeper):
    role = {"role": "unit_drafter", "unit": "", "room": "", "valid_from": "01/11/2026"}
    values = {"username": "x", "full_name": "X", "email": "", "is_active": "on", "send_invitation": "on"}

    page = client.post(reverse("admin:accounts_user_add"), {**values, **inline("memberships", role)}).text

    assert "Nhập thư điện tử công vụ để gửi thư kích hoạt" in page
    assert "Vai trò của đơn vị cần chọn đơn vị" in page
    assert not User.objects.filter(username="x").exists()


def test_a_person_is_switched_off_and_a_role_ended(client, keeper):
    user = make_user(Role.UNIT_DRAFTER, unit=make_unit())
    row = user.memberships.get()
    role = {
        "id": row.pk,
        "user": user.pk,
        "role": row.role,
        "unit": row.unit_id,
        "room": "",
        "valid_from": "01/07/2025",
        "valid_to": "22/11/2026",
    }

    response = client.post(
        reverse("admin:accounts_user_change", args=[user.pk]),
        {"full_name": user.full_name, "email": user.email, **inline("memberships", role, initial=1)},
    )

    assert response.status_code == 302, response.context["errors"]
    assert not User.objects.get(pk=user.pk).is_active
    assert Membership.objects.get(pk=row.pk).valid_to == dt.date(2026, 11, 22)


def test_a_rung_of_the_ladder(client, keeper):
    kinds = client.get(reverse("admin:notices_rung_add")).context["adminform"].form.fields["kind"].choices
    code = kinds[1][0]

    client.post(reverse("admin:notices_rung_add"), {"kind": code, "when": "after", "days": "2", "active": "on"})

    assert Rung.objects.filter(kind=code, offset=-2, active=True).count() == 1


def test_mails_are_found_by_person_without_accents_and_read_as_sent(client, specialist):
    person = make_user(full_name="Đặng Thị Hường")
    one = Mail.objects.create(
        dedupe_key="k",
        kind="status",
        person=person,
        subject="Yêu cầu bổ sung",
        text="Dòng một\nDòng hai",
        template="step",
        not_before=NOW,
        attempts=3,
        last_error="550 không có hộp thư",
    )

    url = reverse("admin:notices_mail_changelist")
    assert "Yêu cầu bổ sung" in client.get(url, {"q": "dang thi huong"}).text
    assert "Yêu cầu bổ sung" in client.get(url, {"q": "bổ sung", "state": "queued"}).text
    assert "Yêu cầu bổ sung" not in client.get(url, {"q": "nguyen van b"}).text
    page = client.get(reverse("admin:notices_mail_change", args=[one.pk])).text
    assert "Dòng một\nDòng hai" in page
    assert "550 không có hộp thư" in page
