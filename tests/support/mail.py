"""A mail server that keeps what it is sent and answers as a test tells it to."""

import asyncio
import email
import email.policy
import socket
from collections import defaultdict, deque
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.utils import timezone

from ops.processes import wait_until

DROP = "drop"  # the connection breaks, nothing was taken
HANG = "hang"  # DATA only: the connection stands, the answer never comes
LOSE_REPLY = "lose reply"  # DATA only: the mail was taken, but the connection breaks before the answer
NOBODY = 1  # a port where nobody listens, as in tests/settings.py; a free one could be taken by a neighbouring test
PATIENCE = 60  # seconds; only a machine at its limits, or a fault, needs them


@dataclass(frozen=True)
class Received:
    """One mail as it arrived."""

    sender: str
    recipients: tuple
    message: EmailMessage


class Sink:
    """aiosmtpd handler; ``messages`` are the mails taken, in order."""

    def __init__(self):
        self.messages, self.replies = [], defaultdict(deque)
        self.place, self.controller = hold_port(), None
        self.port = self.place.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"

    def up(self):
        """Listen, always on the same port."""
        options = {"enable_SMTPUTF8": True, "ready_timeout": PATIENCE}
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self.controller.start()

    def down(self):
        """Stop listening: the next connection is refused."""
        if self.controller:
            self.controller.stop()
            self.controller = None

    def close(self):
        """Not needed any more: the port is anybody's."""
        self.down()
        self.place.close()

    def script(self, stage, *replies):
        """Answer the next commands of ``stage`` ("MAIL", "RCPT", "DATA") with ``replies``, then accept again.

        A reply is an SMTP answer ("450 4.2.0 later"), None to accept, DROP, HANG or LOSE_REPLY.
        """
        self.replies[stage].extend(replies)

    def wait_for(self, count, seconds=PATIENCE):
        """Wait until ``count`` mails have arrived and return them; fails the test otherwise."""
        if not wait_until(lambda: len(self.messages) >= count, seconds=seconds):
            said = f"{len(self.messages)} of {count} mails arrived in {seconds} s\n{outbox()}"
            pytest.fail(said, pytrace=False)
        return self.messages

    def answer(self, stage, server):
        """The scripted reply of this command, or None to accept; breaks the connection where so scripted."""
        reply = self.replies[stage].popleft() if self.replies[stage] else None
        if reply in (DROP, LOSE_REPLY):
            server.transport.abort()
        return reply

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if reply := self.answer("MAIL", server):
            return reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if reply := self.answer("RCPT", server):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        reply = self.answer("DATA", server)
        if reply == HANG:
            await asyncio.sleep(3600)  # ends when the other side goes
        if reply in (None, LOSE_REPLY):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.messages.append(Received(envelope.mail_from, tuple(envelope.rcpt_tos), message))
        return reply or "250 OK"


def outbox():
    """What the portal knows of its mails, and the end of the worker's log: read when something did not arrive."""
    from notices.models import Mail  # the app registry is not ready when this file is first read

    rows = Mail.objects.order_by("pk").values_list("pk", "dedupe_key", "state", "not_before", "attempts", "last_error")
    log = Path(settings.DATA_DIR) / "worker.log"
    lines = log.read_text(errors="replace").splitlines()[-40:] if log.exists() else ["no worker has run here"]
    return "\n".join([f"now {timezone.now()}", *map(str, rows), *lines])


def hold_port():
    """A socket on a free port of the loopback. It does not listen, it only keeps the port from everybody else.

    The server may listen beside it (both reuse the address); while the server is down, no other test and no
    outgoing connection is given that port, and whoever connects is refused.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


@pytest.fixture
def smtp_sink(settings):
    """A running Sink that this process's mail goes to as well (``settings`` of pytest-django)."""
    sink = Sink()
    sink.up()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", sink.port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield sink
    sink.close()
