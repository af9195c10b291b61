"""Moving the dates of a round: on what grounds (practice.md 22: by letter or by phone, who decided), kept and told."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.roles import DEPT_DECIDERS, Role
from districts.workdays import load_calendar
from dossiers.grounds import check_days, missing_grounds
from dossiers.models import Round
from dossiers.refusals import StepRefused
from notices import inbox
from notices.moving import people_concerned
from records.audit import audit
from records.dates import format_date
from records.models import AuditEntry
from records.text import clean_line, clean_text

# Who may give units another day: for the whole round here, for some of its units by an extension. One rule for both.
MOVERS = DEPT_DECIDERS | {Role.DEPT_ADMIN}
DATES = ("due_on", "shift_due", "grace_until", "locks_on")


@transaction.atomic
def move_dates(*, round, dates, grounds, path, actor, now) -> str:
    """Write the dates of ``round`` and on what grounds; returns what has changed as a sentence, or "" for nothing.

    ``path``: the round's page, where its moves are listed from the audit trail. Raises ``StepRefused``.
    """
    if not actor.has_any(MOVERS):
        raise StepRefused("Hạn gửi do chuyên viên, lãnh đạo hoặc quản trị của Sở thay đổi.")
    today, calendar = timezone.localtime(now).date(), load_calendar()
    _check(dates, grounds, today)
    kept = Round.objects.select_for_update().get(pk=round.pk)
    changes = _changes(kept, dates, calendar)
    if not changes:
        return ""
    words = f"{', '.join(changes)} {grounds.words}"
    before = {name: _plain(getattr(kept, name)) for name in DATES}
    Round.objects.filter(pk=kept.pk).update(**dates, moved=words[:300])
    for name, value in {**dates, "moved": words[:300]}.items():
        setattr(round, name, value)
    detail = {
        "before": before,
        "after": {name: _plain(value) for name, value in dates.items()},
        "grounds": grounds.words,
        "decided_by": clean_line(grounds.decided_by)[:150],
        "reason": clean_text(grounds.reason)[:500],
        "words": words,
    }
    audit(action="round.moved", actor=actor.user, now=now, label=round.title, path=path, detail=detail)
    return words[0].upper() + words[1:] + "."


def tell_moved(*, round, duties, now) -> int:
    """Put the new date into the inbox of those who owe one of ``duties`` or were reminded of it; returns how many.

    The ladder of the new date begins with the next digest, which says it too (``Round.moved``): no mail of its own.
    """
    people = people_concerned(duties, today=timezone.localtime(now).date())
    title = f"{round.title}: {round.moved.partition(' theo ')[0]}"
    text = f"{round.moved[:1].upper()}{round.moved[1:]}."
    if people:
        inbox.renew(key=f"round_moved:{round.pk}", people=people, title=title, text=text, path="/", now=now)
    return len(people)


def moves_of(path, *, action="round.moved") -> list:
    """The moves of the round (``action``: of another thing) whose page is ``path``, the newest first; one query."""
    rows = AuditEntry.objects.filter(action=action, object_path=path).order_by("-at", "-pk")
    return [{"at": row.at, "who": row.actor_name, **row.detail} for row in rows]


def moved_words(round) -> str:
    """“; hạn dời từ … sang … theo …” behind the words of a duty; "" where nothing was moved."""
    return f"; {round.moved}" if round.moved else ""


def _check(dates, grounds, today):
    if far := check_days(dates, today=today):
        raise StepRefused(next(iter(far.values())), fields=far)
    if missing := missing_grounds(grounds, today=today, what="dời hạn"):
        raise StepRefused("Chưa lưu hạn mới: còn thiếu căn cứ dời hạn.", fields=missing)


def _changes(round, dates, calendar):
    """What moves, as parts of a sentence."""
    planned = Round(**{name: getattr(round, name) for name in DATES} | dates)
    was, will = round.effective_due(calendar), planned.effective_due(calendar)
    if all(getattr(round, name) == value for name, value in dates.items()):
        return []
    parts = [f"hạn dời từ {format_date(was)} sang {format_date(will)}"] if was != will else []
    if round.grace_until != planned.grace_until:
        until = planned.grace_until
        parts.append(f"châm chước đến hết ngày {format_date(until)}" if until else "không còn ngày châm chước")
    if round.locks_on != planned.locks_on:
        last = planned.locks_on
        parts.append(f"khóa sau ngày {format_date(last)}" if last else "không khóa")
    return parts or ["cách tính hạn đổi"]


def _plain(value):
    return value.isoformat() if isinstance(value, dt.date) else value
