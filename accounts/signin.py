"""Signing in: one answer for every wrong pair, a cool-off after five, a line in the trail."""

from django.conf import settings
from django.contrib.auth import authenticate, login

from accounts import attempts
from accounts.backends import find_user
from records.addresses import client_address
from records.audit import audit
from records.text import clean_line

WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng."


class SignInRefused(Exception):
    """``str()`` is the sentence for the page."""


def sign_in(request, *, username, password, now):
    """Check the pair, start a session under a new key, write the trail; returns the user.

    Raises ``SignInRefused``. A locked name is refused before the password is looked at, so a right one tells
    nothing while the lock lasts (guarantees.md 31, 32).
    """
    address = client_address(request)
    known = find_user(username)
    name = known.username if known else username
    if not attempts.take_try(name, address=address, now=now):
        audit(action="account.locked", actor=None, now=now, label=clean_line(name), ip=address)
        raise SignInRefused(locked_sentence())
    user = authenticate(request, username=username, password=password)
    if user is None:
        audit(action="account.sign_in_failed", actor=None, now=now, label=clean_line(name), ip=address)
        raise SignInRefused(WRONG)
    attempts.succeeded(name, address=address)
    login(request, user)
    audit(action="account.signed_in", actor=user, now=now, label=user.username, ip=address)
    return user


def locked_sentence():
    return f"Tài khoản tạm khóa 15 phút do nhập sai nhiều lần. Gọi {settings.HOTLINE} nếu cần vào ngay."
