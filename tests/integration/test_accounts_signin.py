"""Signing in: one answer, a cool-off per name and address, sessions that end when they must."""

import datetime as dt
import io

import pytest
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import attempts
from accounts.models import LoginAttempt
from accounts.roles import Role
from accounts.samples import SAMPLE_LOGINS, SAMPLE_PASSWORD
from accounts.signin import WRONG
from records.models import AuditEntry
from tests import factories as make

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/dang-nhap/"
PASSWORD = "mat-khau-dung-thu"  # of make_user
LOCKED = "Tài khoản tạm khóa 15 phút do nhập sai nhiều lần"


@pytest.fixture
def user():
    return make.make_user(Role.UNIT_DRAFTER, unit=make.make_unit(), username="soan", email="Soan@example.vn")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller


def enter(username="soan", password=PASSWORD, *, client=None, ip="10.0.0.1", **extra):
    data = {"username": username, "password": password, **extra.pop("data", {})}
    return (client or Client()).post(LOGIN, data, REMOTE_ADDR=ip, **extra)


def said(response):
    return response.content.decode()


@pytest.mark.parametrize("name", ["soan", "SOAN", " soan ", "soan@example.vn"])
def test_name_or_mail_in_any_case_lets_in(name, user):
    assert enter(name)["Location"] == reverse("home")
    assert AuditEntry.objects.get(action="account.signed_in").ip == "10.0.0.1"


def test_department_people_start_at_their_queue(user):
    make.make_specialist(username="chuyenvien")
    assert enter("chuyenvien")["Location"] == reverse("admin:index")


@pytest.mark.parametrize(
    ("name", "password"),
    [("soan", "sai"), ("khong-co", PASSWORD), ("khong@co.vn", PASSWORD), ("ngung", PASSWORD), ("so\x00an", "sai")],
)
def test_every_wrong_pair_gets_the_same_sentence(name, password, user):
    gone = make.make_user(username="ngung")
    gone.is_active = False
    gone.save()
    response = enter(name, password)
    assert response.status_code == 200
    assert WRONG in said(response)


def test_an_address_belongs_to_one_person(user):
    """It signs in and receives links to set a password."""
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_user(username="khac", email="SOAN@example.vn")


def test_blanks_are_named(user):
    page = said(enter("", ""))
    assert "Chưa nhập tên đăng nhập hoặc thư điện tử." in page and "Chưa nhập mật khẩu." in page
    assert not LoginAttempt.objects.exists()


@pytest.mark.parametrize(
    ("there", "lands"),
    [
        ("/huong-dan/", "/huong-dan/"),
        ("https://la.example/", "/"),
        ("//la.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_stays_on_the_portal(there, lands, user):
    assert enter(data={"next": there})["Location"] == lands


@pytest.mark.parametrize(
    ("same_name", "same_ip", "locked"), [(True, True, True), (True, False, False), (False, True, False), (False,) * 3]
)
def test_five_failures_lock_this_name_from_this_address_only(same_name, same_ip, locked, user):
    make.make_user(username="khac")
    for _ in range(5):
        assert WRONG in said(enter("soan", "sai", ip="10.0.0.1"))
    answer = enter("soan" if same_name else "khac", ip="10.0.0.1" if same_ip else "10.0.0.2")
    assert (LOCKED in said(answer)) is locked
    assert (answer.status_code == 302) is not locked


def test_unknown_names_lock_alike(user):
    for _ in range(5):
        enter("khong-co", "sai")
    assert LOCKED in said(enter("khong-co", "sai"))


def test_name_and_mail_share_one_count(user):
    for name in ("soan", "soan@example.vn", "SOAN", "Soan@Example.vn", "soan"):
        enter(name, "sai")
    assert LOCKED in said(enter("soan@example.vn"))


def test_the_lock_ends_after_fifteen_minutes(user, clock):
    for _ in range(5):
        enter("soan", "sai")
    clock.shift(dt.timedelta(minutes=14, seconds=59))
    assert LOCKED in said(enter())
    clock.shift(dt.timedelta(seconds=1))
    assert enter().status_code == 302


def test_tries_during_the_lock_do_not_lengthen_it(user, clock):
    for _ in range(9):
        enter("soan", "sai")
    clock.shift(dt.timedelta(minutes=10))
    enter("soan", "sai")
    clock.shift(dt.timedelta(minutes=5))
    assert enter().status_code == 302


def test_a_right_password_clears_the_count(user):
    for _ in range(4):
        enter("soan", "sai")
    assert enter().status_code == 302
    for _ in range(4):
        enter("soan", "sai")
    assert enter().status_code == 302


def test_slow_guessing_from_many_addresses_locks_at_last(user):
    for number in range(50):
        enter("soan", "sai", ip=f"10.1.0.{number}")
    assert LOCKED in said(enter(ip="10.2.0.1"))


def test_an_administrator_can_unlock(user):
    for _ in range(5):
        enter("soan", "sai")
    attempts.forget("Soan")
    assert enter().status_code == 302


def test_a_forged_forwarding_header_does_not_help(user):
    for number in range(5):
        enter("soan", "sai", HTTP_X_FORWARDED_FOR=f"1.2.3.{number}")
    assert LOCKED in said(enter(HTTP_X_FORWARDED_FOR="9.9.9.9"))


def test_behind_our_proxy_its_own_entry_counts(user, settings):
    settings.BEHIND_PROXY = True
    for number in range(5):
        enter("soan", "sai", HTTP_X_FORWARDED_FOR=f"1.2.3.{number}, 5.5.5.5")
    assert LOCKED in said(enter(HTTP_X_FORWARDED_FOR="9.9.9.9, 5.5.5.5"))
    assert enter(HTTP_X_FORWARDED_FOR="5.5.5.5, 6.6.6.6").status_code == 302


def test_old_counts_are_dropped(user, clock):
    enter("la", "sai")
    clock.shift(dt.timedelta(days=2))
    enter("soan", "sai")
    assert set(LoginAttempt.objects.values_list("name", flat=True)) == {"soan"}


def test_an_unknown_name_costs_one_hash_like_a_known_one(user, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    user.set_password(PASSWORD)
    user.save()
    hashed, real = [], PBKDF2PasswordHasher.encode
    monkeypatch.setattr(
        PBKDF2PasswordHasher, "encode", lambda self, *args, **kw: hashed.append(1) or real(self, *args, **kw)
    )
    costs = []
    for name in ("soan", "khong-co"):
        hashed.clear()
        enter(name, "sai")
        costs.append(len(hashed))
    assert costs == [1, 1]


def test_the_session_key_changes_at_sign_in(user, client):
    session = client.session
    session["before"] = 1
    session.save()
    old = session.session_key
    enter(client=client)
    assert client.session.session_key != old


def test_a_deactivated_person_is_out_at_the_next_request(user, client):
    enter(client=client)
    assert client.get("/tai-khoan/").status_code == 200
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/tai-khoan/").status_code == 302


def test_signing_out_takes_a_post(user, client):
    enter(client=client)
    assert client.get("/tai-khoan/dang-xuat/").status_code == 405
    assert client.get("/tai-khoan/").status_code == 200
    assert client.post("/tai-khoan/dang-xuat/")["Location"] == LOGIN
    assert client.get("/tai-khoan/").status_code == 302


def test_the_form_is_refused_without_its_token(user):
    assert enter(client=Client(enforce_csrf_checks=True)).status_code == 403


def printed():
    out = io.StringIO()
    call_command("sample_logins", stdout=out)
    return out.getvalue()


def test_sample_sign_ins_are_shown_in_the_trial_run_only(user, settings, client):
    assert printed() == ""
    for _, name, password in SAMPLE_LOGINS[:3]:
        sample = make.make_user(username=name)
        sample.set_password(password)
        sample.save()
    assert SAMPLE_PASSWORD not in said(client.get(LOGIN))
    settings.DEMO = True
    page = said(client.get(LOGIN))
    assert "lanhdao.unghoa" in page and SAMPLE_PASSWORD in page and "chuyenvien" not in page
    lines = printed().splitlines()
    assert len(lines) == 4
    assert len({line.index(SAMPLE_PASSWORD) for line in lines[1:]}) == 1


def test_the_sample_password_passes_the_validators():
    from django.contrib.auth.password_validation import validate_password

    for _, name, password in SAMPLE_LOGINS:
        validate_password(password, make.make_user(username=name))
