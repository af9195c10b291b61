"""The process as a table: statuses and steps of one kind of dossier, as data a reader can check."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import models

from accounts.roles import YES, Role, Verdict


class Turn(models.TextChoices):
    UNIT = "unit", "Đơn vị"
    DEPARTMENT = "department", "Sở KH&CN"
    CITY = "city", "UBND Thành phố"
    NONE = "none", "Đã kết thúc"


class Note(models.TextChoices):
    NONE = "none", "không"
    OPTIONAL = "optional", "có thể"
    REQUIRED = "required", "bắt buộc"


class Audience(models.TextChoices):
    """Who is told of a step, by mail."""

    UNIT = "unit", "người soạn thảo, văn thư, lãnh đạo của đơn vị"
    LEADERS = "leaders", "lãnh đạo đơn vị"
    DRAFTERS = "drafters", "người soạn thảo của đơn vị"
    ASSIGNEE = "assignee", "chuyên viên được giao"
    HANDLERS = "handlers", "chuyên viên được giao; chưa giao thì mọi chuyên viên Sở"


@dataclass(frozen=True, kw_only=True)
class Status:
    code: str
    label: str
    turn: Turn
    tone: str = "idle"  # idle | info | warn | ok | late
    icon: str = "circle"
    editable: bool = False  # may the holder change the content?
    phase: int = 0  # position in the four-step text progress


@dataclass(frozen=True, kw_only=True)
class Field:
    """One more thing a step must be told, shown in its form and kept in the event's ``data``.

    ``readers``: roles of the Sở that may read it afterwards; empty means everybody of the Sở. ``told``: stands in the
    mail about the step, for the unit too.
    """

    name: str
    label: str
    kind: str = "line"  # line | text | date | money | integer | choice
    required: bool = True
    choices: tuple = ()
    help: str = ""
    readers: frozenset = frozenset()
    told: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row of the process table.

    ``fields`` are required inputs beyond the note; ``freezes`` keeps a revision of the content; ``sends``
    marks a sending to the Sở (code, submission times); ``checks`` demands that the whole check passes first.
    ``reply_date``: the step asks the unit to answer by a date, kept as the dossier's ``due_on``.
    ``told``: what the step means for those it ``tells`` – the subject of their mail; ``told_department`` where the Sở
    reads it otherwise than the unit. Empty: as the timeline says it.
    """

    action: str
    label: str
    done: str  # how the timeline says it
    sources: tuple
    target: str
    roles: frozenset
    note: Note = Note.NONE
    note_label: str = "Ý kiến"
    fields: tuple = ()
    reply_date: bool = False
    freezes: bool = False
    sends: bool = False
    checks: bool = False
    letter: bool = False  # taken through dossiers.letters only: number, date, signer, signed PDF
    bulk: bool = False
    tone: str = "primary"
    tells: tuple = ()
    told: str = ""
    told_department: str = ""
    opening: str = ""  # of the mail (``notices.mail_texts``); empty: what the new status makes of it

    def told_as(self, *, at_department) -> str:
        """What the step means for one who is told of it."""
        return (self.told_department if at_department else "") or self.told or self.done


@dataclass(frozen=True)
class Process:
    kind: str
    label: str
    statuses: tuple
    steps: tuple
    initial: str
    _status: dict = field(init=False, repr=False, compare=False)
    _step: dict = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "_status", {status.code: status for status in self.statuses})
        object.__setattr__(self, "_step", {step.action: step for step in self.steps})

    def status(self, code) -> Status:
        return self._status[code]

    def step(self, action) -> Step | None:
        return self._step.get(action)

    @property
    def editable(self) -> list[str]:
        return [status.code for status in self.statuses if status.editable]

    def steps_from(self, code) -> list[Step]:
        return [step for step in self.steps if code in step.sources]

    def may(self, step: Step, *, actor, holder_id) -> Verdict:
        """Does a role of the actor allow the step on something held by ``holder_id``?"""
        if actor.roles_for(holder_id) & step.roles:
            return YES
        who = ", ".join(role.label[0].lower() + role.label[1:] for role in Role if role in step.roles)
        return Verdict(False, f"“{step.label}” do {who} thực hiện.")


UNIT_DRAFTING = frozenset({Role.UNIT_DRAFTER, Role.UNIT_CLERK, Role.UNIT_LEADER})
UNIT_LEADING = frozenset({Role.UNIT_LEADER})
UNIT_ISSUING = frozenset({Role.UNIT_DRAFTER, Role.UNIT_CLERK})
DEPT_INTAKE = frozenset({Role.DEPT_CLERK, Role.DEPT_SPECIALIST, Role.DEPT_HEAD, Role.DEPT_LEADER})
DEPT_REVIEW = frozenset({Role.DEPT_SPECIALIST, Role.DEPT_HEAD, Role.DEPT_LEADER})
DEPT_HEADS = frozenset({Role.DEPT_HEAD, Role.DEPT_LEADER})
DEPT_LEADERS = frozenset({Role.DEPT_LEADER})
