"""The mail server of the trial run: every mail becomes a file, shown on a page of the portal."""

import email
import email.policy
import os
import re
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

NAME = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{8}\.eml")


class OutboxFolderBackend(BaseEmailBackend):
    """Writes each mail into ``EMAIL_OUTBOX_DIR``, whole or not at all. Raises ``OSError`` on a full disk."""

    def send_messages(self, messages):
        """Write the files; returns how many."""
        folder = Path(settings.EMAIL_OUTBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in messages:
            name = f"{self.moment():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:8]}.eml"
            draft = folder / f".{name}.{os.getpid()}.{threading.get_ident()}"
            draft.write_bytes(message.message().as_bytes())
            os.replace(draft, folder / name)
        return len(messages)

    def moment(self):
        """What the name of a file says of when it was sent."""
        return timezone.localtime()


@dataclass(frozen=True)
class KeptMail:
    """One mail of the folder as the page shows it."""

    name: str
    to: str
    subject: str
    at: str
    text: str = ""
    html: str = ""


def names() -> list[str]:
    """File names of all mails, newest first."""
    folder = Path(settings.EMAIL_OUTBOX_DIR)
    return sorted((path.name for path in folder.glob("*.eml") if NAME.fullmatch(path.name)), reverse=True)


def read(name) -> KeptMail | None:
    """The mail of a file name as ``names`` gives it; ``None`` for any other name."""
    if not NAME.fullmatch(name):
        return None
    path = Path(settings.EMAIL_OUTBOX_DIR) / name
    if not path.is_file():
        return None
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text, html = message.get_body(["plain"]), message.get_body(["html"])
    return KeptMail(
        name=name,
        to=message["to"] or "",
        subject=message["subject"] or "",
        at=f"{name[9:11]}:{name[11:13]} {name[6:8]}/{name[4:6]}/{name[0:4]}",
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
    )
