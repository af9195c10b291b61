"""Who holds a mail: claimed by one conditional UPDATE with a lease, stamped only by the worker that holds it."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from districts.workdays import is_working_day, load_calendar
from notices import hours, retry
from notices.models import Mail, Reminder

LEASE = dt.timedelta(minutes=10)
UNSENT = (Reminder.State.PLANNED, Reminder.State.HELD)  # held back while its mail was already leaving
LOST = "Tiến trình gửi dừng giữa chừng, chưa rõ máy chủ thư đã nhận hay chưa. Kiểm tra nhật ký máy chủ thư."


def claim(*, worker, now, limit):
    """Take up to ``limit`` mails that may leave now; returns their rows. Nobody else gets the same row.

    The rows are locked first (PostgreSQL skips those that others are taking), then claimed by one UPDATE on their
    keys: a subselect with LIMIT inside the UPDATE may be run twice by PostgreSQL and claim more than ``limit``.
    """
    with transaction.atomic():
        free = (
            Mail.objects.select_for_update(skip_locked=True)
            .filter(may_leave(now), state=Mail.State.QUEUED, not_before__lte=now)
            .order_by("not_before", "pk")
        )
        ids = list(free.values_list("pk", flat=True)[:limit])
        Mail.objects.order_by().filter(pk__in=ids, state=Mail.State.QUEUED).update(
            state=Mail.State.SENDING, worker=worker, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    held = Mail.objects.filter(worker=worker, state=Mail.State.SENDING, message_id="")
    return list(held.select_related("person").order_by("not_before", "pk"))


def may_leave(now) -> Q:
    """Status mails leave at any hour; digests from 07:00 to 18:00, on days off only what is due that day."""
    if hours.too_early(now) or hours.too_late(now):
        return ~Q(kind=Mail.DIGEST)
    today = timezone.localtime(now).date()
    if is_working_day(today, load_calendar()):
        return Q()
    due_today = Reminder.objects.filter(mail=OuterRef("pk"), due=today, state=Reminder.State.PLANNED)
    return ~Q(kind=Mail.DIGEST) | Q(Exists(due_today))


def begin(mail, *, now, **content) -> bool:
    """Stamp the Message-ID and the final text just before the server is spoken to; False when the lease is lost."""
    return bool(_held(mail).update(lease_until=now + LEASE, **content))


def settle_sent(mail, *, now, reminder_ids=()) -> bool:
    """The server has taken the mail: it and the reminders it carried are sent. False when somebody else holds it."""
    # The same worker may find that its lease ran out meanwhile: what it knows for sure ends the doubt.
    mine = Mail.objects.filter(pk=mail.pk, worker=mail.worker, state__in=[Mail.State.SENDING, Mail.State.UNKNOWN])
    stamp = {"state": Mail.State.SENT, "sent_at": now, "lease_until": None, "last_error": ""}
    if not reminder_ids:
        return bool(mine.update(**stamp))
    with transaction.atomic():
        done = mine.update(**stamp)
        if done:
            reminders = Reminder.objects.order_by().filter(pk__in=reminder_ids, state__in=UNSENT)
            reminders.update(state=Reminder.State.SENT, settled_at=now)
    return bool(done)


def settle(mail, state, *, error="") -> bool:
    """End a mail as failed, unknown or superseded; False when somebody else holds it."""
    return bool(_held(mail).update(state=state, lease_until=None, last_error=error))


def put_back(mails, *, now, error) -> int:
    """The server is away: back into the queue, each later the more often it was tried; returns how many."""
    moved = 0
    for attempts in {mail.attempts for mail in mails}:
        some = [mail for mail in mails if mail.attempts == attempts]
        held = Mail.objects.order_by().filter(
            pk__in=[mail.pk for mail in some], worker=some[0].worker, state=Mail.State.SENDING
        )
        moved += held.update(
            state=Mail.State.QUEUED,
            worker="",
            message_id="",
            lease_until=None,
            not_before=now + retry.wait_for_server(attempts),
            last_error=error,
        )
    return moved


def put_off(mail, *, until, error) -> bool:
    """The server has asked for this mail to come again later; False when somebody else holds it."""
    again = {"state": Mail.State.QUEUED, "worker": "", "message_id": "", "lease_until": None}
    return bool(_held(mail).update(**again, refusals=F("refusals") + 1, not_before=until, last_error=error))


def release(mails) -> int:
    """Give back what was claimed and not touched, as if it had never been claimed; returns how many."""
    if not mails:
        return 0
    held = Mail.objects.order_by().filter(
        pk__in=[mail.pk for mail in mails], worker=mails[0].worker, state=Mail.State.SENDING, message_id=""
    )
    return held.update(state=Mail.State.QUEUED, worker="", lease_until=None, attempts=F("attempts") - 1)


def sweep(*, now) -> int:
    """Leases that ran out: what the server may have taken becomes ``unknown``, what never began is queued again.

    Returns the number that became unknown.
    """
    expired = Mail.objects.order_by().filter(state=Mail.State.SENDING, lease_until__lt=now)
    expired.filter(message_id="").update(state=Mail.State.QUEUED, worker="", lease_until=None)
    return expired.exclude(message_id="").update(state=Mail.State.UNKNOWN, lease_until=None, last_error=LOST)


def _held(mail):
    return Mail.objects.order_by().filter(pk=mail.pk, worker=mail.worker, state=Mail.State.SENDING)
