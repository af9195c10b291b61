"""One-use links by mail: activation of a new account, re-activation, and a forgotten password.

This app stands below the outbox, so it sends at once; a mail server that is down gives a plain refusal and the
account stays as it is.
"""

import smtplib

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts import attempts
from accounts.models import User
from records.audit import audit
from records.dates import format_datetime

ADDRESS_CHANGED = "Đổi địa chỉ nhận thư: Cổng nhiệm vụ và báo cáo KH&CN"
MAIL_ERRORS = (OSError, smtplib.SMTPException)


class MailRefused(Exception):
    """The mail could not be handed over; ``str()`` is the sentence for the page."""


def one_use_link(user, *, base_url) -> str:
    """Address that lets ``user`` choose a password once; dies with the next sign-in or password."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("accounts:reset", args=[key, default_token_generator.make_token(user)])
    return f"{base_url.rstrip('/')}{path}"


def invite(*, user, by, now, base_url) -> None:
    """Mail ``user`` the link that opens the account (or opens it again) and write the trail.

    Raises ``MailRefused``; nothing has changed then and the invitation can be repeated.
    """
    if not user.email:
        raise MailRefused(f"Tài khoản của {user} chưa có thư điện tử. Bổ sung địa chỉ rồi gửi lại thư mời.")
    if not user.is_active:
        raise MailRefused(f"Tài khoản của {user} đang ngừng. Gọi {settings.HOTLINE} để mở lại.")
    with_mail_server(lambda server: _send(server, user, "invitation", by=by, now=now, base_url=base_url))
    audit(action="account.invited", actor=by, now=now, label=user.username)


def send_forgotten(*, email, address, now, base_url) -> None:
    """Mail a link to the active people with this address; for an unknown one do the same up to the sending.

    More than five requests for one address within the lock time send nothing more. Raises ``MailRefused`` when
    the mail server is away, whether the address is known or not.
    """
    wanted = attempts.take_try(f"mail:{email}", address=address, now=now)

    def send(server):
        for user in User.objects.filter(email__iexact=email, is_active=True) if wanted else ():
            _send(server, user, "forgotten", by=None, now=now, base_url=base_url)
            audit(action="account.reset_asked", actor=None, now=now, label=user.username, ip=address)

    with_mail_server(send)


def tell_former_address(*, user, former, now) -> None:
    """Tell the address used so far that letters go elsewhere. Raises ``MailRefused``."""
    if not former:
        return
    context = {"user": user, "changed_at": format_datetime(now), "hotline": settings.HOTLINE}

    def send(server):
        text = render_to_string("accounts/mail/address_changed.txt", context)
        mail = EmailMultiAlternatives(ADDRESS_CHANGED, text, to=[former], connection=server)
        mail.attach_alternative(render_to_string("accounts/mail/address_changed.html", context), "text/html")
        mail.send()

    with_mail_server(send)


def with_mail_server(work) -> None:
    """Open the mail server, do ``work`` with it, close it; its failures become ``MailRefused``."""
    try:
        with get_connection() as server:
            work(server)
    except MAIL_ERRORS as error:
        raise MailRefused(
            f"Hệ thống thư đang gián đoạn, thư chưa gửi được. Thử lại sau ít phút hoặc gọi {settings.HOTLINE}."
        ) from error


def _send(server, user, template, *, by, now, base_url):
    context = {
        "user": user,
        "by": by,
        "link": one_use_link(user, base_url=base_url),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        "asked_at": format_datetime(now),
        "hotline": settings.HOTLINE,
    }
    subject = {"invitation": "Mở tài khoản", "forgotten": "Đặt lại mật khẩu"}[template]
    mail = EmailMultiAlternatives(
        f"{subject}: Cổng nhiệm vụ và báo cáo KH&CN",
        render_to_string(f"accounts/mail/{template}.txt", context),
        to=[user.email],
        connection=server,
    )
    mail.attach_alternative(render_to_string(f"accounts/mail/{template}.html", context), "text/html")
    mail.send()
