"""The ladder of reminders: which rung has been reached. Pure functions; the ledger says which was already used."""

import datetime as dt

from districts.workdays import working_days_between

OPENING = 999  # a rung reached as soon as the duty is open

# (offset, copy the unit's leader): before, on and after the due day, in working days.
DEFAULT = ((OPENING, False), (5, False), (1, False), (0, False), (-1, False), (-3, True))
# Duties of a few days that begin with a step: the step's own mail has told of them.
SHORT = ((1, False), (0, False), (-1, False), (-3, True))
BY_KIND = {"letter": SHORT, "signature": SHORT}


def default_rungs(kind):
    """The rungs a kind of duty starts with: pairs (offset, copy the leader)."""
    return BY_KIND.get(kind, DEFAULT)


def days_left(due: dt.date, today: dt.date, calendar) -> int:
    """Working days from ``today`` to ``due``: 0 on the due day only, at least 1 before it, at most -1 after it."""
    days = working_days_between(today, due, calendar)
    if due > today:
        return max(days, 1)
    return min(days, -1) if due < today else 0


def rungs_reached(offsets, days_left, opened=True) -> list[int]:
    """Every rung reached by now, the most advanced first. Never “exactly n days”: a missed day is caught up."""
    reached = [offset for offset in set(offsets) if (opened if offset == OPENING else offset >= days_left)]
    return sorted(reached)


def rung_reached(offsets, days_left, opened=True) -> int | None:
    """The most advanced rung reached, or ``None``."""
    return next(iter(rungs_reached(offsets, days_left, opened)), None)


def rung_words(offset, copy_leader=False, tell_department=False) -> str:
    """A rung as a sentence of the ladder's page: “quá hạn 3 ngày làm việc – gửi cả lãnh đạo đơn vị”."""
    if offset == OPENING:
        words = "khi mở việc"
    elif offset == 0:
        words = "ngày đến hạn"
    else:
        words = f"{'trước hạn' if offset > 0 else 'quá hạn'} {abs(offset)} ngày làm việc"
    copies = [(copy_leader, "gửi cả lãnh đạo đơn vị"), (tell_department, "báo chuyên viên Sở")]
    said = ", ".join(name for wanted, name in copies if wanted)
    return f"{words} – {said}" if said else words


def words_left(days: int) -> str:
    """How a mail says it: “Còn 3 ngày làm việc”, “Hôm nay là hạn”, “Quá hạn 2 ngày làm việc”."""
    if days == 0:
        return "Hôm nay là hạn"
    return f"Còn {days} ngày làm việc" if days > 0 else f"Quá hạn {-days} ngày làm việc"
