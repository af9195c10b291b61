"""Mails leave here: claimed first, sent over one connection a batch, stamped last. Nothing is sent twice silently."""

import datetime as dt
import hashlib
import logging
import os
import socket
import time
import uuid
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notices import claims, hours
from notices.digest import Digest, Unwritable, still_true, write_digests
from notices.fresh_texts import FreshTexts, still_wanted
from notices.line import AWAY_AFTER, Line, ServerAway, words_of
from notices.models import Mail

log = logging.getLogger(__name__)

BATCH = 50


@dataclass(frozen=True)
class SendResult:
    """What became of the mails claimed in one run; ``unknown`` and ``failed`` include leases that had run out."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    unknown: int = 0
    superseded: int = 0
    away: str = field(default="", compare=False)  # what the mail server's absence looked like; empty = it answered

    def plus(self, name, count=1):
        """A result with ``count`` more of ``name``."""
        return replace(self, **{name: getattr(self, name) + count})


def send(*, now, limit=500, seconds=None, progress=None) -> SendResult:
    """Send up to ``limit`` mails that are due (``None``: all). Any number of processes may run it at once.

    A mail whose sender died while the server may have had it becomes ``unknown`` and waits for a decision. Stops
    as soon as the mail server is away; the mails stay queued. After ``seconds`` what is left goes back
    untouched (a worker has a time limit); ``progress`` is called before each mail.
    """
    worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    clock, line = _Clock(now, seconds, progress), Line()
    result = SendResult(**claims.sweep(now=now))
    taken = 0
    while (limit is None or taken < limit) and not clock.over():
        size = BATCH if limit is None else min(BATCH, limit - taken)
        mails = claims.claim(worker=worker, now=clock(), limit=size)
        if not mails:
            break
        taken += len(mails)
        result = _send_batch(mails, result, line, clock)
        if result.away:
            break
    return replace(result, away=result.away or line.away)


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


def _send_batch(mails, result, line, clock):
    """Send one batch; ``away`` of the result says whether the server can be used no longer."""
    waiting, began = list(mails), clock.spent()
    texts = FreshTexts([mail for mail in mails if mail.kind == Mail.DIGEST], clock, write_digests, still_true)
    readers = FreshTexts(_no_digests(mails), clock, still_wanted)
    try:
        # Half a lease: what waits behind a very slow server goes back before somebody must take us for dead.
        while waiting and not clock.over() and clock.spent() - began < claims.LEASE.total_seconds() / 2:
            mail = waiting[0]
            if mail.kind in Mail.BY_DAY and not hours.open_now(clock()):
                waiting = _after_hours(waiting)  # a slow server has taken us past 18:00
                continue
            try:
                text = (texts if mail.kind == Mail.DIGEST else readers).of(mail)
            except Exception as error:  # a source of duties that fails must not hold up what else waits
                if mail.kind != Mail.DIGEST:
                    raise
                result, waiting = _without_digests(waiting, result, error, clock), _no_digests(waiting)
                continue
            if text is None:
                result = result.plus("superseded", claims.settle(mail, Mail.State.SUPERSEDED, now=clock()))
            elif isinstance(text, Unwritable):
                result = result.plus("failed", claims.settle(mail, Mail.State.FAILED, now=clock(), error=text.words))
            elif line.open():
                continue  # connecting took its time: is the text still true?
            else:
                result = _send_one(mail, text if isinstance(text, Digest) else None, line, result, clock)
            waiting.pop(0)
            if line.broken >= AWAY_AFTER:
                raise ServerAway(line.words, reached=True)
    except ServerAway as error:
        log.warning("The mail server is away, %s mails stay queued: %s", len(waiting), error)
        later = claims.put_back(waiting, now=clock(), error=str(error), untried=error.reached)
        return replace(result.plus("later", later), away=str(error))
    finally:
        line.close()
    claims.release(waiting)  # none, unless the time was over
    return result


def _no_digests(mails):
    return [mail for mail in mails if mail.kind != Mail.DIGEST]


def _after_hours(waiting):
    claims.release([mail for mail in waiting if mail.kind in Mail.BY_DAY])
    return [mail for mail in waiting if mail.kind not in Mail.BY_DAY]


def _without_digests(waiting, result, error, clock):
    digests = [mail for mail in waiting if mail.kind == Mail.DIGEST]
    log.exception("The digests cannot be written; %s stay queued", len(digests))
    return result.plus("later", claims.put_back(digests, now=clock(), error=words_of(error)))


def _send_one(mail, digest, line, result, clock):
    """Send one mail and stamp it with what the server answered."""
    try:
        message = compose(mail, digest, line.connection)
    except Exception as error:  # one mail that cannot be written must not stop the others
        log.exception("Mail %s cannot be composed", mail.pk)
        return result.plus("failed", claims.settle(mail, Mail.State.FAILED, now=clock(), error=words_of(error)))
    content = {"message_id": message.extra_headers["Message-ID"]}
    if digest:
        content |= {
            "subject": message.subject,
            "text": digest.text,
            "html": digest.html,
            "context": {
                **digest.context,
                "reminder_ids": list(digest.reminder_ids),
                "weekly_id": digest.weekly_id,
            },
        }
    if not claims.begin(mail, now=clock(), **content):
        log.warning("Mail %s is no longer held by this worker", mail.pk)
        return result
    answer = line.hand_over(message, refusals=mail.refusals + 1)
    if answer.state == Mail.State.SENT:
        carried = {"reminder_ids": digest.reminder_ids, "weekly_id": digest.weekly_id} if digest else {}
        if not claims.settle_sent(mail, now=clock(), subject=message.subject, **carried):
            log.error("Mail %s was sent, but another hand has stamped it", mail.pk)
        return result.plus("sent")
    if answer.ours:
        return result.plus("later", claims.put_back([mail], now=clock(), error=answer.words))
    if answer.state == Mail.State.QUEUED:
        return result.plus("later", claims.put_off(mail, until=clock() + answer.again, error=answer.words))
    return result.plus(str(answer.state), claims.settle(mail, answer.state, now=clock(), error=answer.words))


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
