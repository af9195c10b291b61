"""The answer of an explanation: what became of the newest rung that has come to the person, and why."""

from notices.ladder import rung_words
from notices.mail_errors import in_words
from notices.models import Mail, Reminder
from notices.reasons import INFO, NO, YES, Reason, at

S, M = Reminder.State, Mail.State


def verdict(chain, waits, *, row, newest, before, person) -> Reason:
    """``row``: the ledger's line of the ``newest`` rung, if any; ``before``: the reminder that left last."""
    stops = [reason for reason in chain if reason.tone == NO]
    if row and row.state == S.SENT:
        more = f" Nay không nhắc thêm: {stops[0].text}" if stops else ""
        tone = NO if any(reason.code == "no-address" for reason in stops) else YES
        return Reason("verdict-sent", tone, f"Đã có thư nhắc lúc {at(row.settled_at)} (mốc {_rung(row.offset)}).{more}")
    found = _in_doubt(row) or _stopped(stops, newest) or _of_row(row, waits, person) or _not_planned(waits)
    if before is None:
        return found
    earlier = f"Thư gần nhất về việc này đã đi lúc {at(before.settled_at)} (mốc {_rung(before.offset)})."
    return Reason(found.code, found.tone, f"{found.text} {earlier}")


def _stopped(stops, newest):
    if not stops:
        return None
    of_rung = "" if newest is None else f" ở mốc {_rung(newest)}"
    return Reason("verdict-no", NO, f"Không có thư{of_rung}, vì: {stops[0].text}")


def _in_doubt(row):
    """The mail may be with the person: whatever else is true, nothing more is sent at this rung."""
    if row and row.state == S.PLANNED and row.mail and row.mail.state == M.UNKNOWN:
        text = f"Chưa rõ thư ở mốc {_rung(row.offset)} đã đến hay chưa: {in_words(row.mail.last_error)}"
        return Reason("verdict-unknown", NO, text)
    return None


def _of_row(row, waits, person):
    """The rung is in the ledger and nothing forbids it; one that was dropped the planner takes up again."""
    if row is None or row.state == S.DROPPED:
        return None
    mail, rung = row.mail, _rung(row.offset)
    if row.state == S.SUPERSEDED:
        return Reason("verdict-no", NO, f"Không có thư ở mốc {rung}: mốc sau đã thay mốc này.")
    if mail and mail.state == M.FAILED and (mail.address or not person.email):
        return Reason(
            "verdict-no", NO, f"Không có thư ở mốc {rung}, vì thư không gửi được: {in_words(mail.last_error)}"
        )
    if mail and mail.state in (M.QUEUED, M.SENDING):
        late = waits or [Reason("", INFO, f"Thư đã lập, chờ gửi từ {at(mail.not_before)}.")]
        return Reason("verdict-later", INFO, f"Thư ở mốc {rung} sẽ đi sau. {late[-1].text}")
    text = f"Mốc {rung} đã ghi sổ và đi trong thư nhắc kế tiếp: mỗi người một thư một ngày."
    return Reason("verdict-later", INFO, text)


def _not_planned(waits):
    if waits:
        return Reason("verdict-later", INFO, f"Thư sẽ đi sau. {waits[-1].text}")
    text = "Đến lượt được nhắc; thư được lập ở lần chạy tới của bộ lập nhắc việc (10 phút một lần)."
    return Reason("verdict-due", INFO, text)


def _rung(offset):
    return f"“{rung_words(offset)}”"
