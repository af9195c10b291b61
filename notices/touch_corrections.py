"""A touch noted by mistake, or a letter recorded wrongly for all its units: struck through, counted nowhere."""

from django.db import transaction

from accounts.roles import Role
from notices.models import LetterDraft, Touch
from notices.touches import CHASERS, TouchRefused, touch_label
from records.audit import audit
from records.text import clean_line

CORRECTORS = frozenset({Role.DEPT_HEAD, Role.DEPT_LEADER, Role.DEPT_ADMIN})  # beside who noted it
NOT_YOURS = "Đánh dấu ghi nhầm do người đã ghi, lãnh đạo phòng hoặc quản trị của Sở thực hiện."


def may_correct(touch, actor) -> bool:
    """May this person say that the touch was noted by mistake: who noted it, or a head, a leader, an administrator."""
    if touch.mistaken_at:
        return False
    return actor.has_any(CORRECTORS) or (actor.has_any(CHASERS) and touch.by_id == actor.user.pk)


def letter_of(touch) -> list:
    """The touches that are the same letter as this one and still count, with their units; none if it is no letter."""
    if touch.kind != Touch.Kind.LETTER or touch.mistaken_at:
        return []
    same = Touch.objects.filter(kind=touch.kind, number=touch.number, issued_on=touch.issued_on, mistaken_at=None)
    return list(same.select_related("unit", "by").order_by("unit__sort_key", "pk"))


def may_correct_letter(touches, actor) -> bool:
    """The whole letter: whoever may correct each of its touches."""
    return bool(touches) and all(may_correct(touch, actor) for touch in touches)


@transaction.atomic
def mark_mistaken(*, touch, reason, actor, now) -> Touch:
    """The touch counts nowhere from now on and stays readable. Writes the audit trail; raises ``TouchRefused``."""
    if not (touch.mistaken_at or may_correct(touch, actor)):
        raise TouchRefused(NOT_YOURS)
    if _mark([touch], reason, actor, now) != 1:
        raise TouchRefused("Lần đôn đốc này đã được đánh dấu ghi nhầm.")
    touch.refresh_from_db()
    return touch


@transaction.atomic
def mark_letter_mistaken(*, touch, reason, actor, now) -> int:
    """All touches of the letter at once; a draft it was recorded from waits for its number again.

    Returns how many were marked. Writes one line of the audit trail; raises ``TouchRefused``.
    """
    touches = letter_of(touch)
    if not touches:
        raise TouchRefused("Công văn này đã được đánh dấu ghi nhầm.")
    if not may_correct_letter(touches, actor):
        raise TouchRefused(NOT_YOURS)
    count = _mark(touches, reason, actor, now)
    blank = {"number": "", "issued_on": None, "recorded_by": None, "recorded_at": None}
    recorded = LetterDraft.objects.filter(number=touch.number, issued_on=touch.issued_on, recorded_at__isnull=False)
    for draft in recorded:  # its page may have given another draft since
        LetterDraft.objects.filter(pk=draft.pk).update(**blank, page=f"lai-{draft.pk}")
    return count


def _mark(touches, reason, actor, now) -> int:
    reason = clean_line(reason)[:300]
    if not reason:
        raise TouchRefused("Nhập lý do ghi nhầm.", "reason")
    values = {"mistaken_at": now, "mistaken_by": actor.user, "mistaken_reason": reason}
    rows = Touch.objects.filter(pk__in=[touch.pk for touch in touches], mistaken_at=None)
    if count := rows.update(**values):
        units, first = [touch.unit.name for touch in touches], touches[0]
        label = touch_label(first.get_kind_display(), first.number, units)
        detail = {"units": units[:200], "number": first.number, "reason": reason}
        audit(action="chasing.mistaken", actor=actor.user, now=now, label=label, detail=detail)
    return count
