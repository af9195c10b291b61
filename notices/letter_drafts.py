"""A drafted letter is kept with the units it names until it has its number, which comes days later, or is discarded."""

import re

from django.db import transaction

from notices.models import LetterDraft, Touch
from notices.touches import CHASERS, TouchRefused, record, touch_label
from records.audit import audit
from records.text import clean_line

WAITING = {"recorded_at": None, "discarded_at": None}
NOT_YOURS = "Công văn đôn đốc do chuyên viên, lãnh đạo phòng, văn thư hoặc quản trị của Sở soạn, ghi số và bỏ."
NO_LONGER = "Dự thảo này đã được ghi số hoặc đã bỏ. Mở lại trang “Công văn đôn đốc” để xem dự thảo nào còn chờ số."


@transaction.atomic
def keep_draft(*, page, scope, title, about, symbol, actor, now) -> LetterDraft:
    """Keep whom a fetched letter names. Fetched again from the same page, or for the very same units, it is the same
    draft; units taken out meanwhile leave it too. Writes the audit trail; raises ``TouchRefused``."""
    if not actor.has_any(CHASERS):
        raise TouchRefused(NOT_YOURS)
    keys = sorted(one.duty_key for one in about)
    values = {"scope": scope, "title": clean_line(title)[:300], "duty_keys": keys, "symbol": symbol, "made_at": now}
    mine = LetterDraft.objects.filter(made_by=actor.user, scope=scope, **WAITING)
    known = mine.filter(duty_keys=keys).first()
    page = known.page if known else page[:64]
    draft, new = LetterDraft.objects.get_or_create(made_by=actor.user, page=page, **WAITING, defaults=values)
    if not new:
        LetterDraft.objects.filter(pk=draft.pk).update(**values)
        draft.refresh_from_db()
    units = [one.unit.name for one in about]
    label = touch_label("Dự thảo công văn", "", units)
    audit(action="chasing.drafted", actor=actor.user, now=now, label=label, detail={"units": units[:200]})
    return draft


def waiting_drafts(scope) -> list:
    """Drafts without a number, the newest first."""
    return list(LetterDraft.objects.filter(scope=scope, **WAITING).select_related("made_by"))


def draft_of_page(page, scope, actor):
    """The draft fetched from this visit of the page, if it still waits."""
    if not page:
        return None
    return LetterDraft.objects.filter(made_by=actor.user, page=page[:64], scope=scope, **WAITING).first()


@transaction.atomic
def record_draft(*, draft, about, number, issued_on, actor, now) -> int:
    """The letter was issued: number and date, noted for those it names. Returns how many touches are new.

    Raises ``TouchRefused``, also where the draft was recorded or discarded meanwhile; then nothing is noted.
    """
    number = clean_line(number)[:60]
    count = record(about=about, kind=Touch.Kind.LETTER, actor=actor, now=now, number=number, issued_on=issued_on)
    values = {"number": number, "issued_on": issued_on, "recorded_by": actor.user, "recorded_at": now}
    if LetterDraft.objects.filter(pk=draft.pk, **WAITING).update(**values) != 1:
        raise TouchRefused(NO_LONGER)
    return count


@transaction.atomic
def discard_draft(*, draft, units, actor, now):
    """The letter will not be sent. Writes the audit trail; raises ``TouchRefused``."""
    if not actor.has_any(CHASERS):
        raise TouchRefused(NOT_YOURS)
    values = {"discarded_by": actor.user, "discarded_at": now}
    if LetterDraft.objects.filter(pk=draft.pk, **WAITING).update(**values) != 1:
        raise TouchRefused(NO_LONGER)
    label = touch_label("Bỏ dự thảo công văn", "", units)
    audit(action="chasing.draft_discarded", actor=actor.user, now=now, label=label, detail={"units": units[:200]})


def full_number(number, symbol) -> str:
    """“1500” is “1500/SKHCN-QLKH”: one letter is not noted under two names."""
    return f"{number}/{symbol}" if symbol and re.fullmatch(r"\d+", number) else number
