"""Mails are rows before they are mails. Written in the caller's transaction; the worker is woken after commit."""

import datetime as dt
import logging
import threading

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from notices.models import Mail
from records.dates import weekday_date
from records.text import clean_line

log = logging.getLogger(__name__)
_publishing = threading.Lock()

NO_ADDRESS = "Người nhận chưa có địa chỉ e-mail."


def render(template: str, context: dict) -> tuple[str, str]:
    """Plain text and HTML of a mail, from ``templates/mail/<template>.txt`` and ``.html``.

    The context may carry ``path`` (becomes ``url``, absolute) and ``due_on`` (ISO date, becomes ``due_text``).
    """
    full = {**context, "site_url": settings.SITE_URL, "hotline": settings.HOTLINE}
    full["url"] = settings.SITE_URL + context.get("path", "/")
    full["due_text"] = weekday_date(dt.date.fromisoformat(context["due_on"])) if context.get("due_on") else ""
    text = render_to_string(f"mail/{template}.txt", full).strip() + "\n"
    return text, render_to_string(f"mail/{template}.html", full)


def queue_mail(*, person, kind, dedupe_key, subject, template, context, now, not_before=None):
    """Write one mail row, or nothing when the key is there already. Returns the row or ``None``.

    The address is frozen now. ``context`` must be JSON values. Wakes the sender after commit.
    """
    text, html = render(template, context)
    mail = Mail(
        dedupe_key=dedupe_key,
        kind=kind,
        person=person,
        address=person.email,
        subject=clean_line(subject)[:300],
        text=text,
        html=html,
        template=template,
        context=context,
        not_before=not_before or now,
        created_at=now,
    )
    if not person.email:
        mail.state = Mail.State.FAILED
        mail.last_error = NO_ADDRESS
    created = Mail.objects.bulk_create([mail], ignore_conflicts=True)
    wake_sender()
    return created[0] if created else None


def send_again(*, mail_ids, now) -> int:
    """Put mails that failed or are unknown back into the queue, by an administrator's decision; returns how many.

    The address is read anew; who still has none stays failed. The Message-ID stays the same, so that a mail
    server or reader may notice a double. Wakes the sender after commit.
    """
    again = Mail.objects.filter(pk__in=mail_ids, state__in=[Mail.State.FAILED, Mail.State.UNKNOWN])
    with transaction.atomic():
        moved = 0
        for mail in again.select_related("person").exclude(person__email=""):
            moved += again.filter(pk=mail.pk).update(
                state=Mail.State.QUEUED,
                address=mail.person.email,
                not_before=now,
                worker="",
                message_id="",
                lease_until=None,
                attempts=0,
            )
        wake_sender()
    return moved


def wake_sender():
    """Tell the worker after commit that there is mail, once per transaction, without making the caller wait."""
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is _nudge for entry in waiting):
        transaction.on_commit(_nudge, robust=True)


def _nudge():
    # A broker that is down or silent may hold a publish for seconds: a thread waits for it, never a request.
    if _publishing.acquire(blocking=False):
        threading.Thread(target=_publish, name="wake-sender", daemon=True).start()


def _publish():
    try:
        current_app.send_task("notices.send", expires=60)
    except Exception as error:  # whatever the broker does, the mail is safe in its table and the beat finds it
        log.warning("Could not wake the sender, the beat will: %s", error)
    finally:
        _publishing.release()
