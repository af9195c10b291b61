"""Holding reminders back for one unit or one duty. What has left stays sent; what waits is kept until the hold ends."""

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.permissions import ASSIGNERS
from notices.ledger_rows import by_key
from notices.models import Hold, Mail, Reminder
from records.audit import audit
from records.dates import format_date
from records.text import clean_line

LOCK = 20261125  # number of the holds' advisory lock on PostgreSQL; SQLite lets one writer in at a time
LONGEST = 366  # days; a hold forgotten for longer would silence a unit for good
HOLDERS = ASSIGNERS  # specialists, heads, leaders and administrators of the Sở


class HoldRefused(Exception):
    """A hold that cannot be made or lifted; ``message`` says what to do, ``field`` which entry is meant, ``hold``
    which other one is in the way."""

    def __init__(self, message, field=None, hold=None):
        self.message, self.field, self.hold = message, field, hold
        super().__init__(message)


class Holds:
    """The holds of a span of days, asked without further queries."""

    def __init__(self, rows):
        self.rows = list(rows)
        self.by_unit, self.by_key = {}, {}
        for row in self.rows:
            target = (
                self.by_key.setdefault(row.duty_key, []) if row.duty_key else self.by_unit.setdefault(row.unit_id, [])
            )
            target.append(row)

    def of(self, duty, day):
        """The hold that keeps this duty quiet on ``day``, or ``None``."""
        return self.on(duty.key, duty.unit_id, day)

    def on(self, key, unit_id, day):
        """The same for the key and the unit of a duty."""
        some = [*self.by_key.get(key, ()), *self.by_unit.get(unit_id, ())]
        return next((row for row in some if row.since <= day <= row.until), None)


def load_holds(first, last=None) -> Holds:
    """Holds in force on some day from ``first`` to ``last``: one query."""
    return Holds(Hold.objects.in_force(first, last).select_related("unit", "made_by").order_by("until", "pk"))


def may_be_lifted(hold, today) -> bool:
    """Is there anything left of it to lift?"""
    return hold.lifted_at is None and hold.until >= today


def state_of(hold, today) -> tuple:
    """(tone, words) of a hold as it stands today."""
    if hold.lifted_at:
        return "idle", "đã bỏ"
    if hold.until < today:
        return "idle", "đã hết hạn"
    if hold.since > today:
        return "info", f"tạm dừng từ {format_date(hold.since)}"
    return "warn", "đang tạm dừng"


def suspend(*, today, mails=None):
    """Reminders under a hold step back: those not yet in a mail, or in one of ``mails`` (about to be written).

    What was sent, or may have been, stays as it is. Returns their number.
    """
    under = _under_hold(today)
    if under is None:
        return 0
    rows = Reminder.objects.order_by().filter(under, state=Reminder.State.PLANNED)
    if mails is not None:
        return rows.filter(mail__in=[mail.pk for mail in mails]).update(state=Reminder.State.HELD)
    waiting = rows.filter(Q(mail=None) | Q(mail__state=Mail.State.QUEUED))
    return by_key(waiting, lambda some: some.filter(state=Reminder.State.PLANNED).update(state=Reminder.State.HELD))


def release(*, today):
    """Reminders whose hold has ended wait for the next digest again; a later rung will replace them."""
    under = _under_hold(today)
    rows = Reminder.objects.order_by().filter(state=Reminder.State.HELD)
    if under is not None:
        rows = rows.exclude(under)
    # What may have been said already keeps its mail: the mail's end decides.
    doubt = rows.filter(mail__state__in=[Mail.State.SENDING, Mail.State.UNKNOWN])
    return doubt.update(state=Reminder.State.PLANNED) + rows.update(state=Reminder.State.PLANNED, mail=None)


def _under_hold(today):
    """Which reminders are held today, by the few holds there are; ``None``: no hold is in force."""
    holds = list(Hold.objects.in_force(today).order_by().values_list("duty_key", "unit_id"))
    keys, units = {key for key, _ in holds if key}, {unit for _, unit in holds if unit}
    return Q(duty_key__in=keys) | Q(unit__in=units) if holds else None


@transaction.atomic
def make_hold(*, unit=None, duty_key="", title, reason, since, until, actor, now) -> Hold:
    """Hold the reminders of one unit, or of one duty, from ``since`` to ``until`` (both whole days).

    Reminders in mails not yet sent step back at once. Writes the audit trail. Raises ``HoldRefused``.
    """
    _check(actor)
    today = timezone.localtime(now).date()
    reason = clean_line(reason)[:300]
    if not reason:
        raise HoldRefused("Nhập lý do tạm dừng nhắc.", "reason")
    if until < since:
        raise HoldRefused("“Đến hết ngày” phải từ “Từ ngày” trở đi.", "until")
    if until < today:
        raise HoldRefused(f"Ngày {format_date(until)} đã qua. Chọn ngày từ hôm nay trở đi.", "until")
    if (until - since).days > LONGEST:
        raise HoldRefused("Tạm dừng nhiều nhất một năm. Chọn ngày kết thúc sớm hơn.", "until")
    _one_at_a_time()
    same = Hold.objects.in_force(since, until).filter(unit=unit, duty_key=duty_key).first()
    if same:
        days = f"từ ngày {format_date(same.since)} đến hết ngày {format_date(same.until)}"
        raise HoldRefused(f"Đã có lần tạm dừng {days}. Bỏ lần tạm dừng đó rồi đặt lại.", hold=same)
    hold = Hold.objects.create(
        unit=unit,
        duty_key=duty_key,
        title=clean_line(title)[:300],
        reason=reason,
        since=since,
        until=until,
        made_by=actor.user,
        made_at=now,
    )
    suspend(today=today)
    detail = {"reason": reason, "since": since.isoformat(), "until": until.isoformat(), "duty": duty_key}
    audit(action="hold.made", actor=actor.user, now=now, label=f"Tạm dừng nhắc: {hold}", detail=detail)
    return hold


def _one_at_a_time():
    # Two who press at once must not both find that there is none yet. (Spans of days: no unique key can tell.)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@transaction.atomic
def lift_hold(*, hold, actor, now) -> Hold:
    """End a hold before its day. Writes the audit trail; raises ``HoldRefused`` when somebody was quicker."""
    _check(actor)
    today = timezone.localtime(now).date()
    lifted = Hold.objects.filter(pk=hold.pk, lifted_at=None, until__gte=today)
    if lifted.update(lifted_at=now, lifted_by=actor.user) != 1:
        raise HoldRefused("Lần tạm dừng này đã hết hạn hoặc đã được bỏ.")
    release(today=today)
    hold.refresh_from_db()
    audit(action="hold.lifted", actor=actor.user, now=now, label=f"Tạm dừng nhắc: {hold}", detail={"hold": hold.pk})
    return hold


def _check(actor):
    if not actor.has_any(HOLDERS):
        raise HoldRefused("Việc này do chuyên viên, lãnh đạo phòng hoặc quản trị của Sở thực hiện.")
