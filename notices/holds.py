"""Holding reminders back for one unit or one duty. What has left stays sent; what waits is kept until the hold ends."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.permissions import ASSIGNERS
from notices.models import Hold, Mail, Reminder
from records.audit import audit
from records.dates import format_date
from records.text import clean_line

LONGEST = 366  # days; a hold forgotten for longer would silence a unit for good
HOLDERS = ASSIGNERS  # specialists, heads, leaders and administrators of the Sở


class HoldRefused(Exception):
    """A hold that cannot be made or lifted; ``message`` says what to do."""

    def __init__(self, message):
        self.message = message
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
        some = [*self.by_key.get(duty.key, ()), *self.by_unit.get(duty.unit_id, ())]
        return next((row for row in some if row.since <= day <= row.until), None)


def load_holds(first, last=None) -> Holds:
    """Holds in force on some day from ``first`` to ``last``: one query."""
    return Holds(Hold.objects.in_force(first, last).select_related("unit", "made_by").order_by("until", "pk"))


def suspend(*, today, mails=None):
    """Reminders under a hold step back: those not yet in a mail, or in one of ``mails`` (about to be written).

    What was sent, or may have been, stays as it is. Returns their number.
    """
    away = Q(mail__in=[mail.pk for mail in mails]) if mails is not None else Q(mail=None)
    away |= Q(mail__state=Mail.State.QUEUED) if mails is None else Q()
    rows = Reminder.objects.order_by().filter(away & _under_hold(today), state=Reminder.State.PLANNED)
    return rows.update(state=Reminder.State.HELD)


def release(*, today):
    """Reminders whose hold has ended wait for the next digest again; a later rung will replace them."""
    rows = Reminder.objects.order_by().filter(~_under_hold(today), state=Reminder.State.HELD)
    return rows.update(state=Reminder.State.PLANNED, mail=None)


def _under_hold(today):
    holds = Hold.objects.in_force(today).order_by()
    return Q(Exists(holds.filter(duty_key=OuterRef("duty_key")))) | Q(Exists(holds.filter(unit=OuterRef("unit"))))


@transaction.atomic
def make_hold(*, unit=None, duty_key="", title, reason, since, until, actor, now) -> Hold:
    """Hold the reminders of one unit, or of one duty, from ``since`` to ``until`` (both whole days).

    Reminders in mails not yet sent step back at once. Writes the audit trail. Raises ``HoldRefused``.
    """
    _check(actor)
    today = timezone.localtime(now).date()
    reason = clean_line(reason)[:300]
    if not reason:
        raise HoldRefused("Nhập lý do tạm dừng nhắc.")
    if until < since:
        raise HoldRefused("“Đến hết ngày” phải từ “Từ ngày” trở đi.")
    if until < today:
        raise HoldRefused(f"Ngày {format_date(until)} đã qua. Chọn ngày từ hôm nay trở đi.")
    if (until - since).days > LONGEST:
        raise HoldRefused("Tạm dừng nhiều nhất một năm. Chọn ngày kết thúc sớm hơn.")
    same = Hold.objects.in_force(since, until).filter(unit=unit, duty_key=duty_key).first()
    if same:
        raise HoldRefused(f"Đã tạm dừng đến hết ngày {format_date(same.until)}. Bỏ lần tạm dừng đó rồi đặt lại.")
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
