"""One's own account: particulars, password, unit worked for, links by mail."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.invitations import MailRefused, invite
from accounts.models import Membership
from accounts.roles import Role
from records.models import AuditEntry
from tests import factories as make

pytestmark = pytest.mark.django_db
OLD, NEW = "mat-khau-dung-thu", "sông núi nước Nam 2026"
SENT = "/tai-khoan/quen-mat-khau/da-gui/"


@pytest.fixture
def unit():
    return make.make_unit()


@pytest.fixture
def user(unit):
    return make.make_user(Role.UNIT_DRAFTER, unit=unit, username="soan", email="soan@example.vn")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def particulars(**changes):
    return {
        "full_name": "Trần Thị Soạn",
        "post": "Chuyên viên",
        "phone": "024 3825 1234",
        "email": "soan@example.vn",
        **changes,
    }


def test_visitors_are_sent_to_the_sign_in_page(client):
    for name in ("profile", "password", "people", "signers"):
        response = client.get(reverse(f"accounts:{name}"))
        assert response["Location"].startswith("/tai-khoan/dang-nhap/?next=")


def test_particulars_are_kept_in_one_unicode_form(user):
    decomposed = "Tra\u0302\u0300n Thi\u0323  Soa\u0323n"
    assert signed_in(user).post("/tai-khoan/", particulars(full_name=decomposed)).status_code == 302
    user.refresh_from_db()
    assert user.full_name == "Trần Thị Soạn"
    assert "tran thi soan" in user.search
    assert AuditEntry.objects.filter(action="account.changed").count() == 1


def test_a_wrong_address_keeps_what_was_typed(user):
    page = signed_in(user).post("/tai-khoan/", particulars(email="soan@", post="Phó Trưởng phòng")).content.decode()
    assert "Địa chỉ chưa đúng dạng" in page and "Phó Trưởng phòng" in page
    user.refresh_from_db()
    assert user.email == "soan@example.vn"


def test_a_new_address_is_named_and_the_old_one_is_told(user):
    page = signed_in(user).post("/tai-khoan/", particulars(email="sonn@example.vn"), follow=True).text
    assert "Từ nay thư nhắc gửi đến sonn@example.vn." in page
    (told,) = mail.outbox
    assert told.to == ["soan@example.vn"]
    assert "sonn@example.vn" in told.body
    assert "sonn@example.vn" in told.alternatives[0][0]


def test_the_same_address_is_no_news(user):
    page = signed_in(user).post("/tai-khoan/", particulars(email="SOAN@example.vn"), follow=True).text
    assert "Từ nay thư nhắc" not in page
    assert mail.outbox == []


def test_a_mail_server_away_does_not_keep_the_old_address(user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = signed_in(user).post("/tai-khoan/", particulars(email="moi@example.vn"), follow=True).text
    assert "đến địa chỉ cũ soan@example.vn chưa gửi được" in page
    user.refresh_from_db()
    assert user.email == "moi@example.vn"


@pytest.mark.parametrize("phone", ["090", "024", "không có"])
def test_a_phone_number_too_short_is_refused_with_an_example(user, phone):
    page = signed_in(user).post("/tai-khoan/", particulars(phone=phone)).text
    assert "ví dụ: 024 3825 1234" in page
    assert f'value="{phone}"' in page


@pytest.mark.parametrize("phone", ["", "0912345678", "(024) 3825-1234, máy lẻ 12"])
def test_phone_numbers_as_people_write_them(user, phone):
    assert signed_in(user).post("/tai-khoan/", particulars(phone=phone)).status_code == 302


def test_nobody_takes_the_address_of_another(user):
    make.make_user(email="khac@example.vn")
    page = signed_in(user).post("/tai-khoan/", particulars(email="KHAC@example.vn")).content.decode()
    assert "Địa chỉ này đã gắn với tài khoản khác" in page


def test_changing_the_password_ends_the_other_sessions(user):
    here, elsewhere = signed_in(user), signed_in(user)
    answer = here.post("/tai-khoan/mat-khau/", {"old_password": OLD, "new_password1": NEW, "new_password2": NEW})
    assert answer["Location"] == "/tai-khoan/"
    assert here.get("/tai-khoan/").status_code == 200
    assert elsewhere.get("/tai-khoan/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize(
    ("old", "first", "second", "said"),
    [
        ("sai", NEW, NEW, "Mật khẩu đang dùng chưa đúng"),
        (OLD, NEW, NEW + "x", "Hai lần nhập chưa giống nhau"),
        (OLD, "ngắn", "ngắn", "Mật khẩu quá ngắn"),
        (OLD, "password1234", "password1234", "quá nhiều người dùng"),
        (OLD, "123456789012345", "123456789012345", "không được chỉ gồm chữ số"),
    ],
)
def test_a_refused_password_says_why(old, first, second, said, user):
    data = {"old_password": old, "new_password1": first, "new_password2": second}
    assert said in signed_in(user).post("/tai-khoan/mat-khau/", data).content.decode()
    user.refresh_from_db()
    assert user.check_password(OLD)


def test_switching_the_unit_worked_for(user, unit):
    second, foreign = make.make_unit("Xã Vân Đình"), make.make_unit("Xã Hòa Xá")
    Membership.objects.create(user=user, unit=second, role=Role.UNIT_LEADER, valid_from=dt.date(2025, 7, 1))
    client, there = signed_in(user), "/tai-khoan/doi-don-vi/"
    assert client.post(there, {"unit": second.pk, "next": "/tai-khoan/"})["Location"] == "/tai-khoan/"
    assert client.get("/tai-khoan/nguoi-ky/").context["unit"] == second
    assert client.post(there, {"unit": second.pk, "next": "//la.example"})["Location"] == "/"
    for wrong in (foreign.pk, "x", ""):
        assert client.post(there, {"unit": wrong}).status_code == 404
    assert client.get(there).url == reverse("accounts:profile")


def link_in(message):
    assert message.alternatives, "a mail has text and HTML"
    path = re.search(r"https?://[^/\s]+(/tai-khoan/dat-mat-khau/\S+/)", message.body).group(1)
    assert path in message.alternatives[0].content
    return path


def open_link(client, path):
    """The page behind a link (the token moves to the session) and its address."""
    answer = client.get(path)
    there = answer["Location"] if answer.status_code == 302 else path
    return client.get(there), there


def ask(email, client=None):
    return (client or Client()).post("/tai-khoan/quen-mat-khau/", {"email": email})


def test_known_and_unknown_addresses_get_the_same_answer(user):
    assert ask("SOAN@example.vn")["Location"] == ask("la@example.vn")["Location"] == SENT
    assert [message.to for message in mail.outbox] == [["soan@example.vn"]]


def test_the_link_works_once_and_lifts_the_lock(user, client):
    for _ in range(6):
        client.post("/tai-khoan/dang-nhap/", {"username": "soan", "password": "sai"})
    type(user).objects.filter(pk=user.pk).update(last_login=make.NOW)
    ask("soan@example.vn")
    path = link_in(mail.outbox[0])
    page, there = open_link(client, path)
    assert "Đặt mật khẩu" in page.content.decode()
    assert client.post(there, {"new_password1": NEW, "new_password2": NEW})["Location"] == "/tai-khoan/dang-nhap/"
    page, _ = open_link(Client(), path)
    assert "Liên kết đã hết hiệu lực" in page.content.decode()
    assert client.post("/tai-khoan/dang-nhap/", {"username": "soan", "password": NEW}).status_code == 302


def test_the_link_expires(user):
    with time_machine.travel(make.NOW, tick=False) as clock:
        ask("soan@example.vn")
        clock.shift(dt.timedelta(days=3, seconds=1))
        page, _ = open_link(Client(), link_in(mail.outbox[0]))
    assert "Liên kết đã hết hiệu lực" in page.content.decode()


def test_links_stop_after_five_requests(user):
    for _ in range(8):
        assert ask("soan@example.vn")["Location"] == SENT
    assert len(mail.outbox) == 5


def test_a_stopped_account_gets_no_link(user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    ask("soan@example.vn")
    assert mail.outbox == []


@pytest.mark.parametrize("email", ["soan@example.vn", "la@example.vn"])
def test_a_mail_server_away_gives_one_plain_sentence(email, user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    page = ask(email).content.decode()
    assert "Hệ thống thư đang gián đoạn" in page and email in page


def test_an_invited_person_opens_the_account_and_lands_on_the_profile(unit, client):
    user = make.make_user(Role.UNIT_CLERK, unit=unit, username="moi@example.vn", email="moi@example.vn")
    user.set_unusable_password()
    user.save()
    leader = make.make_user(Role.UNIT_LEADER, unit=unit, full_name="Lê Văn Chủ")
    invite(user=user, by=leader, now=make.NOW, base_url="https://cong.example.vn/")
    message = mail.outbox[0]
    assert "Lê Văn Chủ" in message.body and "https://cong.example.vn/tai-khoan/" in message.body
    _, there = open_link(client, link_in(message))
    assert client.post(there, {"new_password1": NEW, "new_password2": NEW})["Location"] == "/tai-khoan/"
    assert "Tài khoản đã mở" in client.get("/tai-khoan/").content.decode()


def test_an_invitation_without_address_is_refused(user):
    user.email = ""
    with pytest.raises(MailRefused, match="chưa có thư điện tử"):
        invite(user=user, by=user, now=make.NOW, base_url="https://cong.example.vn")


def test_a_guide_is_open_to_everybody(client):
    page = client.get("/huong-dan/").content.decode()
    assert "Hai cách gửi" in page and "Duyệt và gửi" in page
