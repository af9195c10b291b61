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

FARTHEST = 366  # days to a promise; one farther away is a slip of the year
CHASERS = ASSIGNERS | {Role.DEPT_CLERK}  # the clerk knows the letter's number first
CORRECTORS = frozenset({Role.DEPT_HEAD, Role.DEPT_LEADER, Role.DEPT_ADMIN})  # beside who noted it


class TouchRefused(Exception):
    """A touch that cannot be noted; ``message`` says what to do, ``field`` which entry is meant."""

    def __init__(self, message, field=None):
        self.message, self.field = message, field
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
        said = f"Ngày ban hành {format_date(issued_on)} chưa tới. Ghi ngày đã ghi trên công văn."
        raise TouchRefused(said, "issued_on")
    if refusal := _check_promise(promised_on, today):
        raise TouchRefused(refusal, "promised_on")
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
    # Two people may note the same letter at once: the unique key decides, and each is told what was theirs.
    Touch.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=kind == Touch.Kind.LETTER)
    if kind == Touch.Kind.LETTER:
        about = _mine(about, fields)
    if about:
        label = f"{Touch.Kind(kind).label} {number}".strip()
        detail = {"units": [one.unit.name for one in about][:200], "number": number, "note": note[:500]}
        audit(action="chasing.noted", actor=actor.user, now=now, label=f"Đôn đốc: {label}", detail=detail)
    return len(about)


def _check_promise(day, today) -> str:
    if day and day < today:
        return f"Ngày hứa gửi {format_date(day)} đã qua. Ghi ngày từ hôm nay trở đi."
    if day and (day - today).days > FARTHEST:
        return f"Ngày hứa gửi {format_date(day)} sau hơn một năm. Kiểm tra lại năm."
    return ""


def _not_yet(about, number, issued_on):
    same = Touch.objects.filter(kind=Touch.Kind.LETTER, number=number, issued_on=issued_on, mistaken_at=None)
    known = set(same.filter(duty_key__in=[one.duty_key for one in about]).values_list("duty_key", flat=True))
    return [one for one in about if one.duty_key not in known]


def _mine(about, fields):
    """Those of ``about`` whose row was written by this call."""
    same = Touch.objects.filter(**{name: fields[name] for name in ("kind", "number", "issued_on", "by", "at")})
    written = set(same.filter(duty_key__in=[one.duty_key for one in about]).values_list("duty_key", flat=True))
    return [one for one in about if one.duty_key in written]


def may_correct(touch, actor) -> bool:
    """May this person say that the touch was noted by mistake: who noted it, or a head, a leader, an administrator."""
    if touch.mistaken_at:
        return False
    return actor.has_any(CORRECTORS) or (actor.has_any(CHASERS) and touch.by_id == actor.user.pk)


@transaction.atomic
def mark_mistaken(*, touch, reason, actor, now) -> Touch:
    """The touch counts nowhere from now on and stays readable. Writes the audit trail; raises ``TouchRefused``."""
    if not (touch.mistaken_at or may_correct(touch, actor)):
        raise TouchRefused("Việc này do người đã ghi, lãnh đạo phòng hoặc quản trị của Sở thực hiện.")
    reason = clean_line(reason)[:300]
    if not reason:
        raise TouchRefused("Nhập lý do ghi nhầm.", "reason")
    values = {"mistaken_at": now, "mistaken_by": actor.user, "mistaken_reason": reason}
    if Touch.objects.filter(pk=touch.pk, mistaken_at=None).update(**values) != 1:
        raise TouchRefused("Lần đôn đốc này đã được đánh dấu ghi nhầm.")
    touch.refresh_from_db()
    detail = {"units": [touch.unit.name], "number": touch.number, "reason": reason}
    label = f"Đôn đốc: {touch.get_kind_display()} {touch.number}".strip()
    audit(action="chasing.mistaken", actor=actor.user, now=now, label=label, detail=detail)
    return touch


def touches_of(duty_keys) -> dict:
    """``{duty key: [Touch, newest first]}``, those noted by mistake too: one query."""
    found = {}
    for touch in Touch.objects.filter(duty_key__in=list(duty_keys)).select_related("by", "mistaken_by"):
        found.setdefault(touch.duty_key, []).append(touch)
    return found


def mails_of(duty_keys) -> dict:
    """``{duty key: (number of mails sent, when the last one was)}`` from the ledger: one query."""
    rows = Reminder.objects.filter(duty_key__in=list(duty_keys), state=Reminder.State.SENT)
    counts = rows.order_by().values("duty_key").annotate(mails=Count("mail", distinct=True), last=Max("mail__sent_at"))
    return {row["duty_key"]: (row["mails"], row["last"]) for row in counts}
