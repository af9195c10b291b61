"""What is true of a mail is asked just before it leaves, a few at a time: behind a slow server nothing must grow old."""

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from accounts.people import department_people
from accounts.roles import WEEKLY_READERS
from notices.models import Mail

FRESH = 0.2  # seconds; what has closed earlier than this before a mail is handed over does not stand in it
FIRST, MOST = 25, 50
TRIES = 3  # writings anew for one mail; what then still looks stale is a provider at odds with itself


class FreshTexts:
    """The texts of one batch, by ``write(mails, now=…)``. ``of`` writes anew what is older than ``FRESH``, or what
    ``is_true(text, now=…)`` denies at this very moment.

    How many are written at once follows from how many left in time before: nearly the whole batch to a quick
    server, one or two at a time to a slow one. Number of queries for each writing is constant.
    """

    def __init__(self, mails, clock, write, is_true=None):
        self.places = {mail.pk: place for place, mail in enumerate(mails)}
        self.mails, self.clock, self.write, self.is_true = mails, clock, write, is_true
        self.written, self.first, self.end, self.at, self.size = {}, 0, 0, 0.0, FIRST

    def of(self, mail):
        """What ``write`` says of it right now; ``None`` when it must not leave any more."""
        place = self.places[mail.pk]
        if place >= self.end or self.clock.spent() - self.at > FRESH:
            self._write(place)
        for _ in range(TRIES):
            text = self.written.get(mail.pk)
            if self.is_true is None or text is None or self.is_true(text, now=self.clock()):
                break
            self._write(place)
        return self.written.get(mail.pk)

    def _write(self, place):
        if place > self.first:
            self.size = min(MOST, 2 * (place - self.first))
        self.first, self.end, self.at = place, place + self.size, self.clock.spent()
        self.written = self.write(self.mails[place : self.end], now=self.clock())


def still_wanted(mails, *, now) -> dict:
    """``{mail.pk: True}`` of the mails, other than digests, whose reader is still there to read them.

    A weekly mail is for who has such a role at the Sở today, and for as long as there is no newer one.
    """
    people, weekly = {mail.person_id for mail in mails}, [mail.pk for mail in mails if mail.kind == Mail.WEEKLY]
    active = set(User.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    readers = _weekly_readers(weekly, timezone.localtime(now).date()) if weekly else set()
    return {
        mail.pk: True
        for mail in mails
        if (mail.pk in readers if mail.kind == Mail.WEEKLY else mail.person_id in active)
    }


def _weekly_readers(pks, today):
    """Which of these weekly mails still have a reader, and are that reader's newest."""
    newer = Mail.objects.order_by().filter(kind=Mail.WEEKLY, person=OuterRef("person"), pk__gt=OuterRef("pk"))
    people = department_people(today=today, roles=WEEKLY_READERS).filter(weekly_mail=True).order_by().values("pk")
    mails = Mail.objects.order_by().filter(pk__in=pks, person__in=people).exclude(Exists(newer))
    return set(mails.values_list("pk", flat=True))
