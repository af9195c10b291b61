"""“Why did this person get, or not get, a mail about this?” The planner's and the sender's own rules, put into words."""

from dataclasses import dataclass

from django.utils import timezone

from districts.models import Unit
from districts.workdays import is_working_day, load_calendar
from notices import holds, hours, ladder
from notices.duties import open_duties, open_keys, providers, why_closed
from notices.explain_ledger import last_sent, ledger_reasons
from notices.explain_person import part_of, rung_reasons
from notices.explain_verdict import verdict
from notices.models import Reminder
from notices.one_a_day import who_had
from notices.reasons import INFO, NO, YES, Reason
from records.dates import format_date


@dataclass(frozen=True)
class Explanation:
    """``title`` names the duty and its unit; ``verdict`` is the answer, ``reasons`` the way to it, in order."""

    title: str
    verdict: Reason
    reasons: tuple


def explain(*, person, duty_key, now) -> Explanation:
    """The answer and the chain of reasons from the duty to the mail, as the planner and the sender go through it.

    Judged is the newest rung that has come to this person. ``now`` is the moment asked about; whether the duty is
    open is known for today only. Writes nothing.
    """
    today, calendar = timezone.localtime(now).date(), load_calendar()
    duty = next((duty for duty in open_duties(now=now) if duty.key == duty_key), None)
    found = Reminder.objects.filter(duty_key=duty_key, person=person).select_related("mail", "unit")
    rows, chain, newest = list(found.order_by("planned_at", "pk")), _duty(duty, duty_key, today, calendar, now), None
    if duty:
        part = part_of(duty, person, today=today, calendar=calendar)
        chain += [*_hold(duty, today), part.who, *rung_reasons(part.rungs)]
        newest = part.rungs.reached[0] if part.rungs.reached else None
    if not person.email:
        chain.append(Reason("no-address", NO, "Người này chưa có địa chỉ thư điện tử: thư được lập, không gửi được."))
    waits = [*_had_today(person, today, now), *_hours(today, calendar, duty, now)]
    row = next((row for row in rows if duty and (row.due, row.offset) == (duty.due, newest)), None)
    answer = verdict(chain, waits, row=row, newest=newest, before=last_sent(rows), person=person)
    return Explanation(_title(duty, rows, duty_key), answer, (*chain, *ledger_reasons(rows, duty), *waits))


def _title(duty, rows, key):
    if duty is None and not rows:
        return f"Việc mã {key}"
    last = rows[-1] if rows else None
    unit = Unit.objects.filter(pk=duty.unit_id).first() if duty else last.unit
    title = duty.title if duty else last.title
    return title if last and last.escalated and not duty else f"{title} – {unit.name if unit else 'Sở KH&CN'}"


def _duty(duty, key, today, calendar, now):
    if duty is None:
        if key.partition(":")[0] not in {provider.prefix for provider in providers()}:
            return [Reason("unknown-duty", NO, f"Không có loại việc nào mang mã “{key}”. Mã có dạng “report:17”.")]
        if open_keys([key], now=now):
            return [Reason("no-date", NO, "Việc còn mở nhưng không nằm trong danh sách nhắc lúc này.")]
        what = why_closed(key) or "đã gửi, được miễn, đã rút hoặc không tồn tại"
        return [Reason("closed", NO, f"Việc không còn mở: {what}. Không nhắc nữa.")]
    left = ladder.duty_words(duty, today, calendar)
    left = left[0].lower() + left[1:]
    chain = [Reason("open", YES, f"Việc đang mở: {duty.title} – hạn {format_date(duty.due)} ({left}).")]
    if duty.calm:
        text = duty.calm_reason or "Loại việc này chỉ hiện trên trang việc cần làm, không gửi thư."
        chain.append(Reason("calm", NO, text))
    if duty.opened > today:
        chain.append(Reason("not-yet", NO, f"Việc mở từ ngày {format_date(duty.opened)}, trước đó không nhắc."))
    return chain


def _hold(duty, today):
    hold = holds.load_holds(today).of(duty, today)
    if hold is None:
        return []
    words = f"Đang tạm dừng nhắc đến hết {format_date(hold.until)}: {hold.reason} ({hold.made_by.get_full_name()})."
    return [Reason("hold", NO, words)]


def _had_today(person, today, now):
    """One mail a day: known of the day that it is, not of one that is asked about."""
    if today != timezone.localdate() or not who_had([person.pk], now=now):
        return []
    return [Reason("had-today", INFO, "Hôm nay người này đã có một thư: việc khác đi trong thư của ngày làm việc tới.")]


def _hours(today, calendar, duty, now):
    if not is_working_day(today, calendar) and not (duty and duty.due == today):
        return [Reason("day-off", INFO, f"{format_date(today)} là ngày nghỉ: chỉ nhắc việc đến hạn đúng ngày đó.")]
    if hours.too_early(now):
        return [Reason("too-early", INFO, "Chưa đến 07:00: thư nhắc đi từ 07:00.")]
    if hours.too_late(now):
        return [Reason("too-late", INFO, "Sau 18:00: thư nhắc chờ đến 07:00 ngày làm việc tiếp theo.")]
    return []
