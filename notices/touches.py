"""Chasing beyond mail: letters, calls and messages are noted beside the duty they are about."""

import datetime as dt
import hashlib
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
    opened: dt.date | None = None  # no letter about it was issued before


@transaction.atomic
def record(
    *, about, kind, actor, now, number="", issued_on=None, contact="", note="", promised_on=None, once=""
) -> int:
    """Note one touch for each of ``about``; returns how many are new: a letter counts once per duty, and so does what
    was typed on one page (``once``: a word of that page's own) when the page is sent again.

    Writes the audit trail. Raises ``TouchRefused``.
    """
    if not actor.has_any(CHASERS):
        raise TouchRefused("Việc này do chuyên viên, lãnh đạo phòng, văn thư hoặc quản trị của Sở thực hiện.")
    today = timezone.localtime(now).date()
    if not about:
        raise TouchRefused("Chọn ít nhất một đơn vị.")
    if refusal := _check_issued(issued_on, about, today):
        raise TouchRefused(refusal, "issued_on")
    if refusal := _check_promise(promised_on, today):
        raise TouchRefused(refusal, "promised_on")
    number, contact = clean_line(number)[:60], clean_line(contact)[:150]
    fields = {
        "kind": kind,
        "at": now,
        "by": actor.user,
        "number": number,
        "issued_on": issued_on,
        "contact": contact,
        "note": note,
        "promised_on": promised_on,
        "once": _mark_of(once, kind, contact, note, promised_on),
    }
    about = _not_yet(about, fields)
    rows = [Touch(duty_key=a.duty_key, unit=a.unit, title=a.title[:300], path=a.path[:300], **fields) for a in about]
    # Two people may note the same letter at once, and a page may be sent twice: the unique keys decide, and each is
    # told what was theirs.
    Touch.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    about = _mine(about, fields)
    if about:
        label = touch_label(Touch.Kind(kind).label, number, [one.unit.name for one in about])
        detail = {"units": [one.unit.name for one in about][:200], "number": number, "note": note[:500]}
        audit(action="chasing.noted", actor=actor.user, now=now, label=label, detail=detail)
    return len(about)


def _mark_of(once, kind, contact, note, promised_on):
    """What is written on one page twice is one touch; what was changed in between is another."""
    if not once:
        return ""
    return hashlib.sha256("\n".join([once, kind, contact, note, str(promised_on)]).encode()).hexdigest()


def touch_label(what, number, units):
    """“Đôn đốc: Công văn 12/SKHCN, 125 đơn vị”: read in the trail without opening it."""
    whom = units[0] if len(units) == 1 else f"{len(units)} đơn vị"
    return f"Đôn đốc: {' '.join(filter(None, [what, number]))}, {whom}"


def _check_issued(day, about, today) -> str:
    if day and day > today:
        return f"Ngày ban hành {format_date(day)} chưa tới. Ghi ngày đã ghi trên công văn."
    late = next((one for one in about if day and one.opened and day < one.opened), None)
    if late is None:
        return ""
    return (
        f"Ngày ban hành {format_date(day)} trước ngày mở {late.title} ({format_date(late.opened)}). "
        "Kiểm tra lại ngày, tháng, nhất là năm, theo công văn."
    )


def _check_promise(day, today) -> str:
    if day and day < today:
        return f"Ngày hứa gửi {format_date(day)} đã qua. Ghi ngày từ hôm nay trở đi."
    if day and (day - today).days > FARTHEST:
        return f"Ngày hứa gửi {format_date(day)} sau hơn một năm. Kiểm tra lại năm."
    return ""


def _not_yet(about, fields):
    """Those of ``about`` this letter, or this page, has not been noted for."""
    if fields["kind"] == Touch.Kind.LETTER:
        same = {name: fields[name] for name in ("kind", "number", "issued_on")}
    elif fields["once"]:
        same = {"once": fields["once"]}
    else:
        return about
    rows = Touch.objects.filter(mistaken_at=None, duty_key__in=[one.duty_key for one in about], **same)
    known = set(rows.values_list("duty_key", flat=True))
    return [one for one in about if one.duty_key not in known]


def _mine(about, fields):
    """Those of ``about`` whose row was written by this call."""
    same = {name: fields[name] for name in ("kind", "number", "issued_on", "by", "at", "once")}
    rows = Touch.objects.filter(duty_key__in=[one.duty_key for one in about], **same)
    written = set(rows.values_list("duty_key", flat=True))
    return [one for one in about if one.duty_key in written]


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
