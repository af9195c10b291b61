"""Sample reminders: planner and sender have run on the last working morning, so ledger and mails can be looked at.

The real planner and sender write them. Their mail server is a folder whatever the environment says; it refuses one
address, and over another the sender dies: one mail that failed and one of unknown fate are there to try.
"""

import datetime as dt
import smtplib
from contextlib import contextmanager

from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Concat

from districts.workdays import is_working_day, load_calendar
from notices.claims import LEASE
from notices.models import Mail
from notices.outbox_files import OutboxFolderBackend
from notices.planner import plan
from notices.sender import send
from notices.weekly import plan_weekly

MORNING, LONGEST = dt.time(9), LEASE + dt.timedelta(minutes=5)
REFUSED, DOUBTFUL = "canbo.myduc", "canbo.thanhoai"
MARK = " (dữ liệu mẫu)"


class SenderDied(BaseException):
    """What a kill is to the sender: nothing catches it, the mail stays half sent."""


class SampleMailServer(OutboxFolderBackend):
    """Keeps the mails as of ``at``; answers two people as no trial run otherwise would."""

    at = None

    def send_messages(self, messages):
        """Refuse, die, or keep."""
        name = messages[0].to[0].partition("@")[0]
        if name == REFUSED:
            answer = f"5.1.1 User unknown{MARK}".encode()
            raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, answer)})
        if name == DOUBTFUL:
            raise SenderDied
        return super().send_messages(messages)

    def moment(self):
        return self.at


def make_reminders(*, now):
    """Reminders, digests and weekly letters of the last working morning before ``now``, sent into the folder."""
    at = last_morning(now)
    plan(now=at)
    plan_weekly(now=at)
    last = Mail.objects.filter(person__username=DOUBTFUL, state=Mail.State.QUEUED)
    last.update(not_before=at + dt.timedelta(minutes=1))  # the others are away when the sender dies
    with _sample_mail_server(at):
        send(now=at)
        try:
            send(now=at + dt.timedelta(minutes=2))
        except SenderDied:
            send(now=at + dt.timedelta(minutes=3) + LEASE)  # finds the mail whose sender has died
    unknown = Mail.objects.filter(state=Mail.State.UNKNOWN)
    unknown.update(last_error=Concat("last_error", Value(MARK)))


def last_morning(now):
    """09:00 of the last working day that lies far enough back for a mail's lease to have run out."""
    calendar, at = load_calendar(), now.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    while at + LONGEST > now or not is_working_day(at.date(), calendar):
        at -= dt.timedelta(days=1)
    return at


@contextmanager
def _sample_mail_server(at):
    usual, SampleMailServer.at = settings.EMAIL_BACKEND, at
    settings.EMAIL_BACKEND = f"{__name__}.{SampleMailServer.__name__}"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = usual
