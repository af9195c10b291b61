"""The line to the mail server: opened when needed, spoken to mail by mail. Says what became of each mail.

A mail over which the server breaks off may itself be the cause: it alone is put off, and the next one goes over a
new line. When that one ends the same way, or no new line can be had, it is the server that is away.
"""

import datetime as dt
import logging
import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import get_connection

from notices import retry
from notices.models import Mail

log = logging.getLogger(__name__)

AWAY_AFTER = 2  # mails in a row over which the server broke off
GOODBYE, TOO_BIG = 421, 552
NOT_SURE = "Mất kết nối sau khi đã chuyển nội dung thư, chưa rõ máy chủ thư đã nhận hay chưa."


class ServerAway(Exception):
    """The mail server cannot be used now; what is left of the batch goes back into the queue.

    ``reached``: it could be spoken to, but broke off over mails that are no longer in that batch.
    """

    def __init__(self, words, *, reached=False):
        super().__init__(words)
        self.reached = reached


@dataclass(frozen=True)
class Answer:
    """The state the mail is in now, the server's words, and when to come again. ``broken``: the server broke off
    over it; ``ours``: what was refused is the portal as a sender, whatever the mail."""

    state: str
    words: str = ""
    again: dt.timedelta | None = None
    broken: bool = False
    ours: bool = False


class Line:
    """Serves one run of the sender. ``broken`` counts the mails in a row over which the server broke off."""

    def __init__(self):
        self.connection, self.broken, self.answered, self.words = get_connection(), 0, False, ""

    @property
    def away(self):
        """What keeps the server from being used, or "": it broke off twice in a row, or over all it was given."""
        return self.words if self.broken >= AWAY_AFTER or (self.broken and not self.answered) else ""

    def open(self) -> bool:
        """Connect where there is no line; returns whether it had to. Raises ``ServerAway``."""
        smtp = getattr(self.connection, "connection", None)
        if isinstance(smtp, smtplib.SMTP) and smtp.sock is None:
            self.close()  # the server hung up after its last answer: the next mail is not to blame
        try:
            return bool(self.connection.open())
        except (smtplib.SMTPException, OSError) as error:
            raise ServerAway(words_of(error)) from error

    def hand_over(self, message, *, refusals) -> Answer:
        """Speak to the server; ``refusals`` is how often it will have put this mail off if it does so again."""
        answer = self._speak(message, refusals)
        if answer.broken:
            self.broken, self.words = self.broken + 1, answer.words
            self.answered |= answer.state == Mail.State.UNKNOWN  # it listened to the whole mail
            self.close()
        else:
            self.broken, self.answered = 0, True
        return answer

    def close(self):
        """Hang up; a server that does not take leave harms nobody."""
        try:
            self.connection.close()
        except (smtplib.SMTPException, OSError) as error:
            log.info("The connection to the mail server did not close cleanly: %s", error)

    def _speak(self, message, refusals):
        body = self._watch_body()
        try:
            self.connection.send_messages([message])
            return Answer(Mail.State.SENT)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            return _refused(error, refusals)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if body["left"]:
                return Answer(Mail.State.UNKNOWN, f"{NOT_SURE} ({words_of(error)})", broken=True)
            return _put_off(words_of(error), retry.wait(GOODBYE, refusals, recipient=False), broken=True)
        except Exception as error:  # an address or header that cannot be sent at all
            return Answer(Mail.State.FAILED, words_of(error))

    def _watch_body(self):
        """Notes when the text of the mail begins to leave: from then on a broken line leaves doubt."""
        seen = {"left": False}
        smtp = getattr(self.connection, "connection", None)
        if isinstance(smtp, smtplib.SMTP):
            plain = type(smtp).data

            def data(message):
                seen["left"] = True
                return plain(smtp, message)

            smtp.data = data
        return seen


def words_of(error) -> str:
    """An exception in one line, as ``mail_errors.in_words`` reads it."""
    return f"{type(error).__name__}: {error}"[:500]


def _refused(error, refusals):
    code, words = _code_and_words(error)
    if code >= 500 and code != TOO_BIG and isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPHeloError):
        # Asked for before any recipient is named, refused for good: set up wrongly, and no mail is to suffer for it.
        what = f"địa chỉ gửi {settings.DEFAULT_FROM_EMAIL}: kiểm tra DEFAULT_FROM_EMAIL và EMAIL_URL"
        said = f"Máy chủ thư không nhận {what}. Nguyên văn: {words}"
        return Answer(Mail.State.QUEUED, said, broken=True, ours=True)
    recipient = isinstance(error, smtplib.SMTPRecipientsRefused) and code != GOODBYE
    return _put_off(words, retry.wait(code, refusals, recipient=recipient), broken=code == GOODBYE)


def _put_off(words, again, *, broken):
    return Answer(Mail.State.FAILED if again is None else Mail.State.QUEUED, words, again, broken)


def _code_and_words(error):
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    else:
        code, words = error.smtp_code, error.smtp_error
    words = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return code, f"{code} {words}"[:500]
