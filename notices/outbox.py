"""Mails are rows before they are mails. Written in the caller's transaction; the worker is woken after commit."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string

from notices import inbox
from notices.models import Mail
from notices.wake import wake_sender
from records.dates import weekday_date
from records.text import clean_line

NO_ADDRESS = "Người nhận chưa có địa chỉ thư điện tử."


def render(template: str, context: dict) -> tuple[str, str]:
    """Plain text and HTML of a mail, from ``templates/mail/<template>.txt`` and ``.html``.

    The context may carry ``path`` (becomes ``url``, absolute), ``other_path`` (``other_url``) and ``due_on`` (ISO date,
    becomes ``due_text``).
    """
    full = {**context, "site_url": settings.SITE_URL, "hotline": settings.HOTLINE}
    full["url"] = settings.SITE_URL + context.get("path", "/")
    full["other_url"] = settings.SITE_URL + context["other_path"] if context.get("other_path") else ""
    full["due_text"] = weekday_date(dt.date.fromisoformat(context["due_on"])) if context.get("due_on") else ""
    text = render_to_string(f"mail/{template}.txt", full).strip() + "\n"
    return text, render_to_string(f"mail/{template}.html", full)


def queue_mail(*, person, kind, dedupe_key, subject, template, context, now, not_before=None):
    """Write one mail row, or nothing when the key is there already. Returns the row or ``None``.

    The same is put into the person's inbox. The address is frozen now. ``context`` must be JSON values. Wakes the
    sender after commit.
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
        mail.ended_at = now
    created = Mail.objects.bulk_create([mail], ignore_conflicts=True)
    path = context.get("path", "/")
    inbox.put(key=dedupe_key, person=person, title=subject, text=inbox.brief(context, head=subject), path=path, now=now)
    wake_sender()
    return created[0] if created else None
