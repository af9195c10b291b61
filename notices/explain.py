"""“Why did this person get, or not get, a mail about this?” The same rules as planner and sender, put into words."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.people import people_of
from accounts.roles import Role
from districts.workdays import is_working_day, load_calendar
from notices import holds, hours, ladder
from notices.duties import open_duties, open_keys, providers
from notices.models import Mail, Reminder
from notices.planner import COPIED, ladders_of
from records.dates import format_date

YES, NO, INFO = "ok", "late", "info"


@dataclass(frozen=True)
class Reason:
    """One link of the chain. ``code`` names the rule, ``tone`` says whether it lets the mail pass."""

    code: str
    tone: str
    text: str

    @property
    def mark(self):
        """The tone in a word, for who does not see colours."""
        return {YES: "đạt", NO: "chặn"}.get(self.tone, "biết thêm")


def explain(*, person, duty_key, now) -> list:
    """The chain of reasons from the duty to the mail, in the order the planner and the sender go through it.

    ``now`` is the moment asked about; whether the duty is open is known for today only. Writes nothing.
    """
    chain, duty = [], next((duty for duty in open_duties(now=now) if duty.key == duty_key), None)
    today, calendar = timezone.localtime(now).date(), load_calendar()
    chain += _duty(duty, duty_key, today, calendar, now)
    if duty:
        chain += _hold(duty, today)
        chain += _who(duty, person, today)
        chain += _ladder(duty, today, calendar)
    chain += _address(person)
    rows = list(Reminder.objects.filter(duty_key=duty_key, person=person).select_related("mail").order_by("pk"))
    chain += _rows(rows, duty)
    chain += [reason for mail in dict.fromkeys(row.mail for row in rows if row.mail) for reason in _mail(mail)]
    chain += _hours(today, calendar, duty, now)
    return [*chain, _verdict(chain, rows)]


def _duty(duty, key, today, calendar, now):
    if duty is None:
        if key.partition(":")[0] not in {provider.prefix for provider in providers()}:
            return [Reason("unknown-duty", NO, f"Không có loại việc nào mang mã “{key}”. Mã có dạng “report:17”.")]
        if open_keys([key], now=now):
            return [Reason("no-date", NO, "Việc còn mở nhưng không nằm trong danh sách nhắc lúc này.")]
        return [
            Reason("closed", NO, "Việc không còn mở: đã gửi, được miễn, đã rút hoặc không tồn tại. Không nhắc nữa.")
        ]
    left = ladder.words_left(ladder.days_left(duty.due, today, calendar)).lower()
    chain = [Reason("open", YES, f"Việc đang mở: {duty.title} – hạn {format_date(duty.due)} ({left}).")]
    if duty.calm:
        chain.append(Reason("calm", NO, "Loại việc này chỉ hiện trên trang việc cần làm, không gửi thư."))
    if duty.opened > today:
        chain.append(Reason("not-yet", NO, f"Việc mở từ ngày {format_date(duty.opened)}, trước đó không nhắc."))
    return chain


def _hold(duty, today):
    hold = holds.load_holds(today).of(duty, today)
    if hold is None:
        return []
    words = f"Đang tạm dừng nhắc đến hết {format_date(hold.until)}: {hold.reason} ({hold.made_by.get_full_name()})."
    return [Reason("hold", NO, words)]


def _who(duty, person, today):
    if not person.is_active:
        return [Reason("inactive", NO, "Tài khoản đã khóa: không gửi thư cho người này.")]
    held = person.memberships.valid_on(today).filter(unit_id=duty.unit_id).values_list("role", flat=True)
    mine = {Role(role) for role in held}
    names = ", ".join(role.label for role in Role if role in duty.roles)
    if mine & duty.roles:
        held_names = ", ".join(role.label for role in Role if role in mine & duty.roles)
        return [Reason("owes", YES, f"Người này giữ vai trò phải làm việc đó: {held_names}.")]
    if mine & duty.stand_ins and not people_of(duty.unit_id, roles=duty.roles, today=today):
        text = f"Đơn vị không có người giữ vai trò {names.lower()}: lãnh đạo đơn vị được nhắc thay."
        return [Reason("stands-in", YES, text)]
    if mine & COPIED:
        text = "Người này là lãnh đạo nơi phải làm: chỉ được báo ở mốc có đánh dấu “Gửi cả lãnh đạo đơn vị”."
        return [Reason("copied", INFO, text)]
    place = "Sở" if duty.unit_id is None else "đơn vị phải làm việc này"
    if not mine:
        ended = person.memberships.filter(unit_id=duty.unit_id).order_by("-valid_to").first()
        when = f" (vai trò {ended.get_role_display()} có thời hạn {_term(ended)})" if ended else ""
        text = f"Ngày {format_date(today)} người này không có vai trò nào tại {place}{when}. Việc thuộc: {names}."
        return [Reason("no-role", NO, text)]
    mine_names = ", ".join(role.label for role in Role if role in mine)
    return [Reason("other-role", NO, f"Vai trò của người này tại {place} là {mine_names}; việc thuộc: {names}.")]


def _term(membership):
    until = format_date(membership.valid_to) if membership.valid_to else "nay"
    return f"từ {format_date(membership.valid_from)} đến {until}"


def _ladder(duty, today, calendar):
    rungs = ladders_of({duty.kind})[duty.kind]
    if not rungs:
        return [Reason("no-ladder", NO, "Loại việc này không có mốc nhắc nào được áp dụng.")]
    offsets = [offset for offset, _ in rungs]
    words = ", ".join(_rung(offset) for offset in sorted(offsets, reverse=True))
    reached = ladder.rungs_reached(offsets, ladder.days_left(duty.due, today, calendar))
    if not reached:
        return [Reason("no-rung", NO, f"Chưa tới mốc nhắc nào. Các mốc: {words}.")]
    return [Reason("rung", YES, f"Mốc mới nhất đã tới: {_rung(reached[0])}. Các mốc: {words}.")]


def _rung(offset):
    return "khi mở" if offset == ladder.OPENING else ladder.words_left(offset).lower()


def _address(person):
    if person.email:
        return []
    return [Reason("no-address", NO, "Người này chưa có địa chỉ e-mail: thư được lập nhưng không gửi được.")]


def _rows(rows, duty):
    if not rows:
        text = "Sổ nhắc việc chưa có dòng nào về việc này cho người này."
        return [Reason("no-row", INFO, text)]
    chain = []
    for row in rows:
        text = f"Sổ nhắc việc: mốc {_rung(row.offset)}, hạn {format_date(row.due)}: {row.get_state_display().lower()}"
        text += f" (ghi lúc {_at(row.planned_at)}" + (f", xong lúc {_at(row.settled_at)})" if row.settled_at else ")")
        if duty and row.due != duty.due:
            text += f". Hạn đã đổi thành {format_date(duty.due)}, các mốc tính lại theo hạn mới"
        chain.append(Reason(f"row-{row.state}", INFO, f"{text}."))
    return chain


def _mail(mail):
    tone = YES if mail.state == Mail.State.SENT else NO if mail.state in ("failed", "unknown") else INFO
    text = f"Thư tới {mail.address or '(chưa có địa chỉ)'}: {mail.get_state_display().lower()}"
    text += f" lúc {_at(mail.sent_at)}" if mail.sent_at else ""
    text += f", đã thử {mail.attempts} lần."
    if mail.state == Mail.State.QUEUED:
        text += f" Không gửi trước {_at(mail.not_before)}."
    if mail.message_id:
        text += f" Message-ID {mail.message_id}."
    if mail.last_error:
        text += f" Lỗi gần nhất: {mail.last_error}"
    return [Reason(f"mail-{mail.state}", tone, text)]


def _hours(today, calendar, duty, now):
    if not is_working_day(today, calendar) and not (duty and duty.due == today):
        return [Reason("day-off", INFO, f"{format_date(today)} là ngày nghỉ: chỉ nhắc việc đến hạn đúng ngày đó.")]
    if hours.too_early(now):
        return [Reason("too-early", INFO, "Chưa đến 07:00: thư nhắc đi từ 07:00.")]
    if hours.too_late(now):
        return [Reason("too-late", INFO, "Sau 18:00: thư nhắc chờ đến 07:00 ngày làm việc tiếp theo.")]
    return []


def _verdict(chain, rows):
    """The last sentence: the strongest reason of the chain."""
    sent = [row for row in rows if row.state == Reminder.State.SENT]
    if sent:
        last = max(sent, key=lambda row: row.settled_at)
        text = f"Kết luận: đã có thư nhắc lúc {_at(last.settled_at)} (mốc {_rung(last.offset)})."
        return Reason("verdict-sent", YES, text)
    stops = [reason for reason in chain if reason.tone == NO]
    if stops:
        return Reason("verdict-no", NO, f"Kết luận: không có thư, vì: {stops[0].text}")
    waits = [reason for reason in chain if reason.code in ("mail-queued", "day-off", "too-early", "too-late")]
    if waits:
        return Reason("verdict-later", INFO, f"Kết luận: thư sẽ đi sau. {waits[-1].text}")
    text = "Kết luận: đến lượt được nhắc; thư được lập ở lần chạy tới của bộ lập nhắc việc (10 phút một lần)."
    return Reason("verdict-due", INFO, text)


def _at(moment):
    return f"{timezone.localtime(moment):%H:%M %d/%m/%Y}"
