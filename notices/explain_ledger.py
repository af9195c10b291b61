"""What ledger and outbox say of one duty and one person, in the order it happened."""

from notices.ladder import rung_words
from notices.mail_errors import in_words
from notices.models import Mail, Reminder
from notices.reasons import INFO, NO, YES, Reason, at
from records.dates import format_date

S, M = Reminder.State, Mail.State
_OF_MAIL = {  # what a reminder that still stands as “waiting” is, by its mail
    M.QUEUED: "chờ gửi",
    M.SENDING: "đang gửi",
    M.UNKNOWN: "chưa rõ đã đến hay chưa",
    M.FAILED: "chưa nhắc được: thư không gửi được",
}


def state_words(row) -> str:
    """What is true of a reminder: one that waits in a mail is what became of the mail."""
    if row.state != S.PLANNED:
        return row.get_state_display().lower()
    if row.mail is None:
        return "chờ đưa vào thư"
    if row.mail.state == M.FAILED and not row.mail.address:
        return "chưa nhắc được: người nhận không có địa chỉ"
    return _OF_MAIL.get(M(row.mail.state), "chờ đưa vào thư khác")


def ledger_reasons(rows, duty) -> list:
    """One line a row and a mail, oldest first."""
    if not rows:
        return [Reason("no-row", INFO, "Sổ nhắc việc chưa có dòng nào về việc này cho người này.")]
    chain, told = [], set()
    for row in sorted(rows, key=lambda row: (row.planned_at, -row.offset, row.pk)):
        chain.append(_row(row, duty))
        if row.mail and row.mail.pk not in told:
            told.add(row.mail.pk)
            chain.append(_mail(row.mail))
    return chain


def _row(row, duty):
    text = f"{at(row.planned_at)}: ghi sổ mốc “{rung_words(row.offset)}” của hạn {format_date(row.due)} – "
    text += state_words(row) + (f" lúc {at(row.settled_at)}" if row.settled_at else "")
    if duty and row.due != duty.due:
        text += f". Hạn đã đổi thành {format_date(duty.due)}, các mốc tính lại theo hạn mới"
    return Reason(f"row-{row.state}", INFO, f"{text}.")


def _mail(mail):
    tone = YES if mail.state == M.SENT else NO if mail.state in (M.FAILED, M.UNKNOWN) else INFO
    when = mail.sent_at or mail.ended_at
    text = f"{at(mail.created_at)}: lập thư tới {mail.address or '(không có địa chỉ)'} – "
    text += mail.get_state_display().lower() + (f" lúc {at(when)}" if when else "")
    text += f", đã thử {mail.attempts} lần."
    if mail.state == M.QUEUED:
        text += f" Không gửi trước {at(mail.not_before)}."
    if mail.last_error:
        text += f" {in_words(mail.last_error)}"
    if mail.message_id:
        text += f" Message-ID {mail.message_id}."
    return Reason(f"mail-{mail.state}", tone, text)


def last_sent(rows):
    """The reminder that left last, or ``None``."""
    return max((row for row in rows if row.state == S.SENT), key=lambda row: row.settled_at, default=None)
