"""Chasing beyond mail: letters, calls and messages are noted beside the duty they are about."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from accounts.permissions import ASSIGNERS
from accounts.roles import Role
from notices.models import Reminder, Touch
from records.audit import audit
from records.dates import format_date
from records.text import clean_line

CHASERS = ASSIGNERS | {Role.DEPT_CLERK}  # the clerk knows the letter's number first


class TouchRefused(Exception):
    """A touch that cannot be noted; ``message`` says what to do."""

    def __init__(self, message):
        self.message = message
        super().__init__(message)


@dataclass(frozen=True)
class About:
    """The duty a touch is about, as far as this floor knows it."""

    duty_key: str
    unit: object
    title: str
    path: str = ""


@transaction.atomic
def record(*, about, kind, actor, now, number="", issued_on=None, contact="", note="", promised_on=None) -> int:
    """Note one touch for each of ``about``; returns how many are new (a letter counts once per duty).

    Writes the audit trail. Raises ``TouchRefused``.
    """
    if not actor.has_any(CHASERS):
        raise TouchRefused("Việc này do chuyên viên, lãnh đạo phòng, văn thư hoặc quản trị của Sở thực hiện.")
    today = timezone.localtime(now).date()
    if not about:
        raise TouchRefused("Chọn ít nhất một đơn vị.")
    if issued_on and issued_on > today:
        raise TouchRefused(f"Ngày ban hành {format_date(issued_on)} chưa tới. Ghi ngày đã ghi trên công văn.")
    if promised_on and promised_on < today:
        raise TouchRefused(f"Ngày hứa gửi {format_date(promised_on)} đã qua. Ghi ngày từ hôm nay trở đi.")
    number = clean_line(number)[:60]
    about = _not_yet(about, number, issued_on) if kind == Touch.Kind.LETTER else about
    fields = {
        "kind": kind,
        "at": now,
        "by": actor.user,
        "number": number,
        "issued_on": issued_on,
        "contact": clean_line(contact)[:150],
        "note": note,
        "promised_on": promised_on,
    }
    rows = [Touch(duty_key=a.duty_key, unit=a.unit, title=a.title[:300], path=a.path[:300], **fields) for a in about]
    Touch.objects.bulk_create(rows, batch_size=1000)
    if rows:
        label = f"{Touch.Kind(kind).label} {number}".strip()
        detail = {"units": [one.unit.name for one in about][:200], "number": number, "note": note[:500]}
        audit(action="chasing.noted", actor=actor.user, now=now, label=f"Đôn đốc: {label}", detail=detail)
    return len(rows)


def _not_yet(about, number, issued_on):
    same = Touch.objects.filter(kind=Touch.Kind.LETTER, number=number, issued_on=issued_on)
    known = set(same.filter(duty_key__in=[one.duty_key for one in about]).values_list("duty_key", flat=True))
    return [one for one in about if one.duty_key not in known]


def touches_of(duty_keys) -> dict:
    """``{duty key: [Touch, newest first]}``: one query."""
    found = {}
    for touch in Touch.objects.filter(duty_key__in=list(duty_keys)).select_related("by"):
        found.setdefault(touch.duty_key, []).append(touch)
    return found


def mails_of(duty_keys) -> dict:
    """``{duty key: (number of mails sent, when the last one was)}`` from the ledger: one query."""
    rows = Reminder.objects.filter(duty_key__in=list(duty_keys), state=Reminder.State.SENT)
    counts = rows.order_by().values("duty_key").annotate(mails=Count("mail", distinct=True), last=Max("mail__sent_at"))
    return {row["duty_key"]: (row["mails"], row["last"]) for row in counts}
