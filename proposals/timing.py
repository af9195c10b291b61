"""When a proposal may be sent and whether it came in time."""

from django.utils import timezone

from districts.workdays import load_calendar, working_days_between
from dossiers.models import Round
from records.dates import weekday_date


def closed(round, *, today, calendar) -> str:
    """Why nothing can be sent in this round today; empty when it is open."""
    if round.is_open(today=today, calendar=calendar):
        return ""
    if today < round.opens_on:
        return f"Đợt mở từ {weekday_date(round.opens_on)}; nội dung đã lưu giữ nguyên, đơn vị gửi được từ ngày đó."
    last = round.last_day(calendar)
    return (
        f"Đợt đã đóng lúc 24 giờ {weekday_date(last)} nên chưa gửi được. Nội dung đã lưu giữ nguyên; "
        "gửi được khi Sở gia hạn, đơn vị liên hệ Sở theo số điện thoại ở cuối trang."
    )


def sending_refusal(dossier, step, *, now) -> str:
    """The first sending needs an open round; a supplement is sent again at any time."""
    if not step.sends or dossier.first_submitted_at is not None:
        return ""
    return closed(dossier.round, today=timezone.localdate(now), calendar=load_calendar())


def counted_day(dossier):
    """The day that counts for “đúng hạn”: of sending, of arrival on paper, or of the letter where the round says so."""
    moments = [moment for moment in (dossier.first_submitted_at, dossier.on_paper_at) if moment]
    if not moments:
        return None
    if dossier.round.basis == Round.Basis.LETTER:
        item = dossier.letter_items.filter(revision_number=1).select_related("letter").order_by("pk").first()
        if item:
            return item.letter.issued_on
    return timezone.localdate(min(moments))


def on_time(dossier) -> str:
    """“Đúng hạn – sớm 3 ngày”, “Đúng hạn”, “Quá hạn 2 ngày làm việc”; empty before the first sending."""
    day = counted_day(dossier)
    if day is None:
        return ""
    calendar = load_calendar()
    due = dossier.round.effective_due(calendar)
    until = max(due, dossier.round.grace_until or due)
    if day < due:
        return f"Đúng hạn – sớm {(due - day).days} ngày"
    if day <= until:
        return "Đúng hạn"
    return f"Quá hạn {max(1, working_days_between(due, day, calendar))} ngày làm việc"
