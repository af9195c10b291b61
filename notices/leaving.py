"""What a mail would say, and when it would leave, were it put into the queue now: asked before it is sent again."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from districts.workdays import is_working_day, load_calendar
from notices import hours
from notices.digest import Digest, Unwritable, write_digests
from notices.duties import open_duties, open_keys
from notices.fresh_texts import still_wanted
from notices.models import Mail, Reminder
from notices.one_a_day import had_today
from records.dates import format_date

OLD = dt.timedelta(days=1)
NOTHING_LEFT = (
    "Thư này không còn gì để gửi. Nếu vẫn đưa vào hàng chờ, Cổng không gửi mà chuyển thư sang “Không còn cần”; "
    "việc còn mở được nhắc trong thư khác."
)
AS_STORED = "Thư đi đúng nội dung đã lập dưới đây."
WRITTEN_ANEW = "Thư nhắc được viết lại lúc gửi, theo những việc còn mở lúc đó. Viết lúc này thì thư như dưới đây."
NOT_NEWEST = "Người nhận đã có thư tuần mới hơn, đã tắt thư tuần, không còn vai trò hoặc tài khoản đã khóa."
LOCKED = "Tài khoản của người nhận đã khóa."


@dataclass(frozen=True)
class Outlook:
    """``text`` is "" where nothing would leave; ``stale``: what stood in the mail and is no longer so, in sentences."""

    at: dt.datetime
    subject: str
    text: str
    words: str
    stale: tuple = ()


def leaves_at(mail, *, now) -> dt.datetime:
    """The first moment at which a mail in the queue may leave: within the hours, one a person and day."""
    at = max(now, mail.not_before)
    if mail.kind not in Mail.BY_DAY:
        return at
    calendar, first, today = load_calendar(), timezone.localtime(at).date(), timezone.localtime(now).date()
    dues = set(mail.reminders.filter(state=Reminder.State.PLANNED).values_list("due", flat=True))
    had = Mail.objects.filter(had_today(now), person=mail.person_id).exclude(pk=mail.pk).exists()
    day = first
    while True:
        over = (day == first and hours.too_late(at)) or (day == today and had)
        if not over and (is_working_day(day, calendar) or (mail.kind == Mail.DIGEST and day in dues)):
            return max(at, timezone.make_aware(dt.datetime.combine(day, hours.FIRST)))
        day += dt.timedelta(days=1)


def outlook(mail, *, now) -> Outlook:
    """What would leave if the mail were put back into the queue now. Writes nothing."""
    mail.not_before = now  # what “Gửi lại” sets
    at = leaves_at(mail, now=now)
    if mail.kind == Mail.DIGEST:
        return _digest(mail, at)
    if not still_wanted([mail], now=at):
        return Outlook(at, mail.subject, "", NOTHING_LEFT, (NOT_NEWEST if mail.kind == Mail.WEEKLY else LOCKED,))
    old = (
        f"Thư lập ngày {format_date(timezone.localtime(mail.created_at).date())}: từ đó hồ sơ có thể đã qua bước khác."
    )
    return Outlook(at, mail.subject, mail.text, AS_STORED, (old,) if now - mail.created_at > OLD else ())


def _digest(mail, at):
    with transaction.atomic():  # writing drops what has closed: taken back, this only looks
        written = write_digests([mail], now=at).get(mail.pk)
        transaction.set_rollback(True)
    if isinstance(written, Unwritable):
        return Outlook(at, mail.subject, "", f"Thư này chưa viết được: {written.words}")
    stale = _changed(mail, written.reminder_ids if written else (), at)
    if not isinstance(written, Digest):
        return Outlook(at, mail.subject, "", NOTHING_LEFT, stale)
    return Outlook(at, written.subject, written.text, WRITTEN_ANEW, stale)


def _changed(mail, carried, at):
    """Why each of the reminders that will not stand in the mail does not."""
    rows = list(mail.reminders.exclude(pk__in=carried).order_by("due", "pk"))
    if not rows:
        return ()
    open_now, duties = (
        open_keys({row.duty_key for row in rows}, now=at),
        {duty.key: duty for duty in open_duties(now=at)},
    )
    said = (
        f"{row.title}, hạn {format_date(row.due)}: {_why(row, duties.get(row.duty_key), row.duty_key in open_now)}."
        for row in rows
    )
    return tuple(dict.fromkeys(said))


def _why(row, duty, is_open):
    if row.state == Reminder.State.SENT:
        return "đã nhắc rồi"
    if duty is None or not is_open:
        return "việc không còn mở"
    if duty.due != row.due:
        return f"hạn đã dời sang {format_date(duty.due)}, nhắc theo hạn mới"
    if row.state == Reminder.State.SUPERSEDED:
        return "đã đến mốc sau, nhắc ở mốc đó"
    if row.state == Reminder.State.HELD:
        return "đang tạm dừng nhắc"
    return "người nhận không còn vai trò phải làm, mốc nhắc đã tắt, hoặc việc được thêm ngày"
