"""Who holds a mail: claimed by one conditional UPDATE with a lease, stamped only by the worker that holds it."""

import datetime as dt
from operator import itemgetter

from django.db import connection, transaction
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from districts.workdays import is_working_day, load_calendar
from notices import hours, retry, riding
from notices.models import Mail, Reminder
from notices.one_a_day import another_today

LEASE = dt.timedelta(minutes=10)
LOCK = 20261124  # number of the claims' advisory lock on PostgreSQL
UNSENT = (Reminder.State.PLANNED, Reminder.State.HELD)  # held back while its mail was already leaving
# A sender that dies over a mail takes its batch with it, each time anew. What was claimed in vain so often leaves
# alone, so that the guilty one is found; what then goes on ending its sender is given up.
ALONE_AFTER, GIVEN_UP_AFTER = 3, 6
LOST = "Tiến trình gửi dừng giữa chừng, chưa rõ máy chủ thư đã nhận hay chưa. Kiểm tra nhật ký máy chủ thư."
CRASHED = (
    f"Tiến trình gửi dừng đột ngột {GIVEN_UP_AFTER} lần khi soạn thư này nên Cổng không thử nữa. "
    "Quản trị kỹ thuật xem nhật ký tiến trình gửi, sửa xong thì chọn “Gửi lại”."
)


def claim(*, worker, now, limit):
    """Take up to ``limit`` mails that may leave now; returns their rows. Nobody else gets the same row.

    The rows are locked first (PostgreSQL skips those that others are taking), then claimed by one UPDATE on their
    keys: a subselect with LIMIT inside the UPDATE may be run twice by PostgreSQL and claim more than ``limit``.
    What the server has put off before comes after the others: it may put off these as well. A mail suspected of
    ending its senders is claimed alone, after all others, the most suspect last.
    """
    with transaction.atomic():
        _one_at_a_time()
        free = (
            Mail.objects.select_for_update(skip_locked=True)
            .filter(may_leave(now), state=Mail.State.QUEUED, not_before__lte=now)
            .order_by("not_before", "pk")
            .values_list("pk", "crashes")
        )
        found = list(free.filter(refusals=0)[:limit])
        found += list(free.filter(refusals__gt=0)[: limit - len(found)])
        calm = [pk for pk, crashes in found if crashes < ALONE_AFTER]
        ids = calm or [pk for pk, _ in sorted(found, key=itemgetter(1))[:1]]
        Mail.objects.order_by().filter(pk__in=ids, state=Mail.State.QUEUED).update(
            state=Mail.State.SENDING, worker=worker, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    held = Mail.objects.filter(worker=worker, state=Mail.State.SENDING, message_id="")
    mails = held.select_related("person").order_by("not_before", "pk")
    return sorted(mails, key=lambda mail: mail.refusals > 0)


def _one_at_a_time():
    # Claiming looks at other rows – has the reader another mail under way? – that two claims at once would not see
    # of each other: a digest and a weekly letter would leave together. SQLite lets one write at a time anyway.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def may_leave(now) -> Q:
    """Status mails leave at any hour; the others from 07:00 to 18:00, on days off only digests of what is due that
    day; one mail a person and day, the weekly letter only where no digest goes."""
    at_any_hour = ~Q(kind__in=Mail.BY_DAY)
    if not hours.open_now(now):
        return at_any_hour
    today, alone = timezone.localtime(now).date(), ~another_today(now)
    if is_working_day(today, load_calendar()):
        return at_any_hour | Q(Q(kind=Mail.DIGEST), alone) | Q(Q(kind=Mail.WEEKLY), ~Q(riding.digest_first(now)))
    due_today = Reminder.objects.filter(mail=OuterRef("pk"), due=today, state=Reminder.State.PLANNED)
    return at_any_hour | Q(Q(kind=Mail.DIGEST), Exists(due_today), alone)


def begin(mail, *, now, **content) -> bool:
    """Stamp the Message-ID and the final text just before the server is spoken to; False when the lease is lost."""
    return bool(_held(mail).update(lease_until=now + LEASE, **content))


def settle_sent(mail, *, now, reminder_ids=(), weekly_id=None, subject="") -> bool:
    """The server has taken the mail: it, the reminders and the weekly letter it carried are sent. False when somebody
    else holds it."""
    # The same worker may find that its lease ran out meanwhile: what it knows for sure ends the doubt.
    mine = Mail.objects.filter(pk=mail.pk, worker=mail.worker, state__in=[Mail.State.SENDING, Mail.State.UNKNOWN])
    stamp = {"state": Mail.State.SENT, "sent_at": now, "ended_at": now, "lease_until": None, "last_error": ""}
    if not reminder_ids and weekly_id is None:
        return bool(mine.update(**stamp))
    with transaction.atomic():
        done = mine.update(**stamp)
        if done:
            reminders = Reminder.objects.order_by().filter(pk__in=reminder_ids, state__in=UNSENT)
            reminders.update(state=Reminder.State.SENT, settled_at=now)
        if done and weekly_id is not None:
            riding.arrived(weekly_id, subject=subject, sent_at=now, now=now)
    return bool(done)


def settle(mail, state, *, now, error="") -> bool:
    """End a mail as failed, unknown or superseded; False when somebody else holds it."""
    return bool(_held(mail).update(state=state, ended_at=now, lease_until=None, last_error=error))


def put_back(mails, *, now, error, untried=False) -> int:
    """The server is away: back into the queue, each later the more often it was tried; returns how many.

    ``untried``: it broke off over other mails, perhaps because of them; these come back soon, so that they never
    rest for long because of what others cost. Each at a moment of its own: what came back together would stand in
    the same order again.
    """
    if not mails:
        return 0
    held = Mail.objects.order_by().filter(
        pk__in=[mail.pk for mail in mails], worker=mails[0].worker, state=Mail.State.SENDING
    )
    again = [
        When(pk=mail.pk, then=Value(now + retry.wait_for_server(1 if untried else mail.attempts))) for mail in mails
    ]
    return held.update(
        state=Mail.State.QUEUED,
        worker="",
        message_id="",
        lease_until=None,
        not_before=Case(*again, default=Value(now), output_field=DateTimeField()),
        last_error=error,
        attempts=F("attempts") - (1 if untried else 0),
    )


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


def sweep(*, now) -> dict:
    """Leases that ran out: what the server may have taken becomes ``unknown``, what never began is queued again.

    What never began so often that it must be what ends the senders has failed. Returns the numbers of both ends.
    """
    expired = Mail.objects.order_by().filter(state=Mail.State.SENDING, lease_until__lt=now)
    in_vain = {"worker": "", "lease_until": None, "crashes": F("crashes") + 1}
    guilty = expired.filter(message_id="", crashes__gte=GIVEN_UP_AFTER - 1)
    failed = guilty.update(state=Mail.State.FAILED, ended_at=now, last_error=CRASHED, **in_vain)
    expired.filter(message_id="").update(state=Mail.State.QUEUED, **in_vain)
    begun = expired.exclude(message_id="")
    unknown = begun.update(state=Mail.State.UNKNOWN, ended_at=now, lease_until=None, last_error=LOST)
    return {"failed": failed, "unknown": unknown}


def _held(mail):
    return Mail.objects.order_by().filter(pk=mail.pk, worker=mail.worker, state=Mail.State.SENDING)
