"""Mails leave here: claimed first, sent over one connection a batch, stamped last. Nothing is sent twice silently."""

import datetime as dt
import hashlib
import logging
import os
import smtplib
import socket
import time
import uuid
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from notices import claims, retry
from notices.digest import write_digests
from notices.models import Mail

log = logging.getLogger(__name__)

BATCH = 50
NOT_SURE = "Mất kết nối sau khi đã chuyển nội dung thư, chưa rõ máy chủ thư đã nhận hay chưa."


@dataclass(frozen=True)
class SendResult:
    """What became of the mails claimed in one run; ``unknown`` includes leases that had run out."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    unknown: int = 0
    superseded: int = 0
    away: str = field(default="", compare=False)  # what the mail server's absence looked like; empty = it answered

    def plus(self, name, count=1):
        """A result with ``count`` more of ``name``."""
        return replace(self, **{name: getattr(self, name) + count})


class ServerAway(Exception):
    """The mail server cannot be used now; what is left of the batch goes back into the queue."""


def send(*, now, limit=500, seconds=None, progress=None) -> SendResult:
    """Send up to ``limit`` mails that are due. Any number of processes may run it at once.

    A mail whose sender died while the server may have had it becomes ``unknown`` and waits for a decision. Stops
    at the first sign that the mail server is away; the mails stay queued. After ``seconds`` what is left goes back
    untouched (a worker has a time limit); ``progress`` is called before each mail.
    """
    worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    clock = _Clock(now, seconds, progress)
    result = SendResult(unknown=claims.sweep(now=now))
    taken = 0
    while taken < limit and not clock.over():
        mails = claims.claim(worker=worker, now=clock(), limit=min(BATCH, limit - taken))
        if not mails:
            break
        taken += len(mails)
        result = _send_batch(mails, result, clock)
        if result.away:
            break
    return result


class _Clock:
    """The caller's ``now``, moving on while a long batch is under way, and when the run must end."""

    def __init__(self, now, seconds=None, progress=None):
        self.now, self.started, self.seconds, self.progress = now, time.monotonic(), seconds, progress

    def __call__(self):
        return self.now + dt.timedelta(seconds=self.spent())

    def spent(self):
        return max(0.0, time.monotonic() - self.started)

    def over(self):
        """Is the time of this run used up? Says that it goes on, where it does."""
        if self.seconds is not None and self.spent() >= self.seconds:
            return True
        if self.progress:
            self.progress()
        return False


def _send_batch(mails, result, clock):
    """Send one batch; ``away`` of the result says whether the server can be used no longer."""
    digests = [mail for mail in mails if mail.kind == Mail.DIGEST]
    try:
        written = write_digests(digests, now=clock()) if digests else {}
    except Exception as error:  # a source of duties that fails must not hold up what else waits
        log.exception("The digests cannot be written; %s stay queued", len(digests))
        result = result.plus("later", claims.put_back(digests, now=clock(), error=_words(error)))
        mails, digests, written = [mail for mail in mails if mail not in digests], [], {}
    empty = [mail for mail in digests if mail.pk not in written]
    for mail in empty:
        result = result.plus("superseded", claims.settle(mail, Mail.State.SUPERSEDED))
    waiting = [mail for mail in mails if mail not in empty]
    connection = get_connection()
    try:
        while waiting and not clock.over():
            _open(connection)  # does nothing where it is open
            result = _send_one(waiting[0], written.get(waiting[0].pk), connection, result, clock)
            waiting.pop(0)
    except ServerAway as error:
        log.warning("The mail server is away, %s mails stay queued: %s", len(waiting), error)
        later = claims.put_back(waiting, now=clock(), error=str(error))
        return replace(result.plus("later", later), away=str(error))
    finally:
        _close(connection)
    claims.release(waiting)  # none, unless the time of the run was over
    return result


def _send_one(mail, digest, connection, result, clock):
    """Send one mail and stamp it; raises ``ServerAway`` when nothing of it has left and nothing more will."""
    try:
        message = compose(mail, digest, connection)
    except Exception as error:  # one mail that cannot be written must not stop the others
        log.exception("Mail %s cannot be composed", mail.pk)
        return result.plus("failed", claims.settle(mail, Mail.State.FAILED, error=_words(error)))
    content = {"message_id": message.extra_headers["Message-ID"]}
    if digest:
        content |= {
            "subject": message.subject,
            "text": digest.text,
            "html": digest.html,
            "context": {**digest.context, "reminder_ids": list(digest.reminder_ids)},
        }
    if not claims.begin(mail, now=clock(), **content):
        log.warning("Mail %s is no longer held by this worker", mail.pk)
        return result
    state, error, again = _hand_over(message, connection, mail.refusals + 1)
    if state == Mail.State.SENT:
        ids = digest.reminder_ids if digest else ()
        if not claims.settle_sent(mail, now=clock(), reminder_ids=ids):
            log.error("Mail %s was sent, but another hand has stamped it", mail.pk)
        return result.plus("sent")
    if state == Mail.State.QUEUED:
        return result.plus("later", claims.put_off(mail, until=clock() + again, error=error))
    return result.plus(str(state), claims.settle(mail, state, error=error))


def _hand_over(message, connection, refusals):
    """Speak to the server; returns the state the mail is in now, the server's words, and when to come again."""
    body = _watch_body(connection)
    try:
        connection.send_messages([message])
        return Mail.State.SENT, "", None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        code, words = _answer(error)
        if code == 421:  # the server says goodbye: nothing was taken, and nothing more will be
            raise ServerAway(words) from error
        again = retry.wait(code, refusals, recipient=isinstance(error, smtplib.SMTPRecipientsRefused))
        return (Mail.State.FAILED if again is None else Mail.State.QUEUED), words, again
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        if body["left"]:
            _close(connection)
            return Mail.State.UNKNOWN, f"{NOT_SURE} ({_words(error)})", None
        raise ServerAway(_words(error)) from error
    except Exception as error:  # an address or header that cannot be sent at all
        return Mail.State.FAILED, _words(error), None


class OnceComposed(EmailMultiAlternatives):
    """Built once: Django builds a message anew each time it is asked, and composing is a third of a mail's time."""

    built = None

    def message(self, **kwargs):
        self.built = self.built or super().message(**kwargs)
        return self.built


def compose(mail, digest, connection=None) -> EmailMultiAlternatives:
    """The message: text and HTML, one recipient, a Message-ID that follows from the dedupe key."""
    subject = digest.subject if digest else mail.subject
    text, html = (digest.text, digest.html) if digest else (mail.text, mail.html)
    message = OnceComposed(
        subject=subject,
        body=text,
        to=[mail.address],
        connection=connection,
        headers={"Message-ID": message_id(mail.dedupe_key), "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(html, "text/html")
    message.message()  # a header with a line break raises here, before anything has left
    return message


def message_id(dedupe_key) -> str:
    """The same for every attempt at one mail, so that a double can be recognised."""
    return f"<{hashlib.sha256(dedupe_key.encode()).hexdigest()[:40]}@{settings.MAIL_DOMAIN}>"


def _watch_body(connection):
    """Notes when the text of the mail begins to leave: from then on a broken line leaves doubt."""
    seen = {"left": False}
    smtp = getattr(connection, "connection", None)
    if isinstance(smtp, smtplib.SMTP):
        plain = type(smtp).data

        def data(message):
            seen["left"] = True
            return plain(smtp, message)

        smtp.data = data
    return seen


def _open(connection):
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        raise ServerAway(_words(error)) from error


def _close(connection):
    try:
        connection.close()
    except (smtplib.SMTPException, OSError) as error:
        log.info("The connection to the mail server did not close cleanly: %s", error)


def _answer(error):
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    else:
        code, words = error.smtp_code, error.smtp_error
    words = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return code, f"{code} {words}"[:500]


def _words(error):
    return f"{type(error).__name__}: {error}"[:500]
