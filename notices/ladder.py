"""The ladder of reminders: which rung has been reached. Pure functions; the ledger says which was already used."""

import datetime as dt
from typing import NamedTuple

from districts.workdays import working_days_between
from records.dates import format_date

OPENING = 999  # a rung reached as soon as the duty is open
FARTHEST = 60  # working days a rung may stand before or after the last day


class Step(NamedTuple):
    """One rung as the planner needs it. ``offset`` in working days left, negative once overdue."""

    offset: int
    copy_leader: bool = False
    tell_department: bool = False

    @property
    def tells(self):
        """Is the Sở told? Of what is overdue only, whatever is ticked."""
        return self.tell_department and self.offset < 0


# Before and on the due day to those who owe it; overdue first with the unit's leader in copy, later the Sở knows too.
DEFAULT = (Step(OPENING), Step(5), Step(1), Step(0), Step(-1, True), Step(-3, True, True))
# What the Sở itself has to look at: its inbox has told of it, so the first mail comes on the day it should be done.
QUIET = (Step(0), Step(-3, True))
# Duties that begin with a step: the step's own mail has told of them.
SHORT = (Step(1), Step(0), Step(-1, True), Step(-3, True, True))


def _unit_s_own(steps):
    """What a unit settles among its own people: its leader is in copy, the Sở is not told."""
    return tuple(step._replace(tell_department=False) for step in steps)


BY_KIND = {
    "letter": SHORT,
    "signature": _unit_s_own(SHORT),
    "call_closing": _unit_s_own(DEFAULT),
    "rework": _unit_s_own(DEFAULT),
    "reconcile": QUIET,
}


def default_rungs(kind) -> tuple:
    """The steps a kind of duty starts with; data of the administrators as soon as one of them is changed."""
    return BY_KIND.get(kind, DEFAULT)


def days_left(due: dt.date, today: dt.date, calendar) -> int:
    """Working days from ``today`` to ``due``: 0 on the due day only, at least 1 before it, at most -1 after it."""
    days = working_days_between(today, due, calendar)
    if due > today:
        return max(days, 1)
    return min(days, -1) if due < today else 0


def steps_left(duty, today: dt.date, calendar) -> int:
    """Days left as the ladder counts them: nothing is overdue before the last day that counts as on time has passed."""
    if duty.in_grace(today):
        return 0
    last = max(duty.due, duty.grace_until or duty.due)
    return days_left(last if last < today else duty.due, today, calendar)


def rungs_reached(offsets, days_left, opened=True) -> list[int]:
    """Every rung reached by now, the most advanced first. Never “exactly n days”: a missed day is caught up."""
    reached = [offset for offset in set(offsets) if (opened if offset == OPENING else offset >= days_left)]
    return sorted(reached)


def rung_reached(offsets, days_left, opened=True) -> int | None:
    """The most advanced rung reached, or ``None``."""
    return next(iter(rungs_reached(offsets, days_left, opened)), None)


def rung_words(offset, copy_leader=False, tell_department=False, of_department=False) -> str:
    """A rung as a sentence of the ladder's page: “quá hạn 3 ngày làm việc – gửi cả lãnh đạo đơn vị”.

    ``of_department``: the Sở owes it itself; its heads of room are in copy, and there is nobody else to tell.
    """
    if offset == OPENING:
        words = "khi mở việc"
    elif offset == 0:
        words = "ngày đến hạn"
    else:
        words = f"{'trước hạn' if offset > 0 else 'quá hạn'} {abs(offset)} ngày làm việc"
    leader = "gửi cả trưởng phòng" if of_department else "gửi cả lãnh đạo đơn vị"
    copies = [(copy_leader, leader), (tell_department and not of_department, "báo chuyên viên Sở")]
    said = ", ".join(name for wanted, name in copies if wanted)
    return f"{words} – {said}" if said else words


def words_left(days: int) -> str:
    """How a mail says it: “Còn 3 ngày làm việc”, “Hôm nay là hạn”, “Quá hạn 2 ngày làm việc”."""
    if days == 0:
        return "Hôm nay là hạn"
    return f"Còn {days} ngày làm việc" if days > 0 else f"Quá hạn {-days} ngày làm việc"


def duty_words(duty, today: dt.date, calendar) -> str:
    """The same of a duty; in its days of grace what counts: “Vẫn tính đúng hạn đến hết 24/11/2026”."""
    if duty.in_grace(today):
        return f"Vẫn tính đúng hạn đến hết {format_date(duty.grace_until)}"
    return words_left(days_left(duty.due, today, calendar))
