"""A mail server that keeps what it is sent and answers as a test tells it to."""

import email
import email.policy
import socket
from collections import defaultdict, deque
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from ops.processes import wait_until

DROP = "drop"  # the connection breaks, nothing was taken
LOSE_REPLY = "lose reply"  # DATA only: the mail was taken, but the connection breaks before the answer


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
        self.port, self.controller = free_port(), None
        self.url = f"smtp://127.0.0.1:{self.port}"

    def up(self):
        """Listen, always on the same port."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)
        self.controller.start()

    def down(self):
        """Stop listening: the next connection is refused."""
        if self.controller:
            self.controller.stop()
            self.controller = None

    def script(self, stage, *replies):
        """Answer the next commands of ``stage`` ("MAIL", "RCPT", "DATA") with ``replies``, then accept again.

        A reply is an SMTP answer ("450 4.2.0 later"), None to accept, DROP or LOSE_REPLY.
        """
        self.replies[stage].extend(replies)

    def wait_for(self, count, seconds=20):
        """Wait until ``count`` mails have arrived and return them; fails the test otherwise."""
        if not wait_until(lambda: len(self.messages) >= count, seconds=seconds):
            pytest.fail(f"{len(self.messages)} of {count} mails arrived in {seconds} s", pytrace=False)
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
        if reply in (None, LOSE_REPLY):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.messages.append(Received(envelope.mail_from, tuple(envelope.rcpt_tos), message))
        return reply or "250 OK"


def free_port():
    """A TCP port of the loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def smtp_sink(settings):
    """A running Sink that this process's mail goes to as well (``settings`` of pytest-django)."""
    sink = Sink()
    sink.up()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", sink.port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield sink
    sink.down()
