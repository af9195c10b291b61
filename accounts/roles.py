"""Who somebody is today: roles read from dated memberships, asked by every floor above."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import models


class Role(models.TextChoices):
    UNIT_DRAFTER = "unit_drafter", "Người soạn thảo"
    UNIT_LEADER = "unit_leader", "Lãnh đạo đơn vị"
    UNIT_CLERK = "unit_clerk", "Văn thư đơn vị"
    UNIT_READER = "unit_reader", "Chỉ xem (đơn vị)"
    DEPT_SPECIALIST = "dept_specialist", "Chuyên viên Sở"
    DEPT_HEAD = "dept_head", "Trưởng phòng"
    DEPT_LEADER = "dept_leader", "Lãnh đạo Sở"
    DEPT_CLERK = "dept_clerk", "Văn thư Sở"
    DEPT_ADMIN = "dept_admin", "Quản trị hệ thống"
    DEPT_READER = "dept_reader", "Chỉ xem (Sở, Ban Chỉ đạo)"


UNIT_ROLES = frozenset({Role.UNIT_DRAFTER, Role.UNIT_LEADER, Role.UNIT_CLERK, Role.UNIT_READER})
UNIT_WRITERS = frozenset({Role.UNIT_DRAFTER, Role.UNIT_LEADER, Role.UNIT_CLERK})
DEPT_ROLES = frozenset(Role) - UNIT_ROLES
DEPT_DECIDERS = frozenset({Role.DEPT_SPECIALIST, Role.DEPT_HEAD, Role.DEPT_LEADER})
WEEKLY_READERS = DEPT_DECIDERS | {Role.DEPT_ADMIN}  # who is told once a week what waits on the Sở


@dataclass(frozen=True)
class Verdict:
    """A yes or a no that carries its reason to the screen."""

    allowed: bool
    reason: str = ""

    def __bool__(self):
        return self.allowed


YES = Verdict(True)


@dataclass(frozen=True)
class Actor:
    """A user with the roles valid on ``today``; what permission questions are asked of.

    ``unit_roles`` maps a unit's pk to the roles held there; ``unit`` is the unit being worked for now
    (one person may hold several).
    """

    user: models.Model
    today: dt.date
    unit_roles: dict = field(default_factory=dict)
    dept_roles: frozenset = frozenset()
    units: tuple = ()
    unit: models.Model | None = None
    room: str = ""

    @property
    def is_department(self) -> bool:
        return bool(self.dept_roles)

    @property
    def unit_ids(self) -> list[int]:
        return list(self.unit_roles)

    def roles_for(self, unit_id) -> frozenset:
        """Roles this person can use on something held by ``unit_id``: there, plus those at the Sở."""
        return self.unit_roles.get(unit_id, frozenset()) | self.dept_roles

    def has_any(self, roles) -> bool:
        return bool(self.dept_roles & frozenset(roles))

    def can_write_for(self, unit_id) -> bool:
        return bool(self.unit_roles.get(unit_id, frozenset()) & UNIT_WRITERS)

    @property
    def is_admin(self) -> bool:
        return Role.DEPT_ADMIN in self.dept_roles

    @property
    def role_label(self) -> str:
        roles = self.unit_roles.get(self.unit.pk, ()) if self.unit else self.dept_roles
        return ", ".join(role.label for role in Role if role in roles)


def actor_for(user, *, today: dt.date, unit_id: int | None = None) -> Actor:
    """Read the memberships valid on ``today`` (one query) and choose the unit worked for.

    ``unit_id`` is the wish of the session; an unknown one falls back to the first unit by name.
    An inactive user gets an actor without roles.
    """
    rows = list(user.memberships.valid_on(today).select_related("unit")) if user.is_active else []
    unit_roles: dict[int, frozenset] = {}
    units = {}
    for row in rows:
        if row.unit_id:
            unit_roles[row.unit_id] = unit_roles.get(row.unit_id, frozenset()) | {Role(row.role)}
            units[row.unit_id] = row.unit
    ordered = sorted(units.values(), key=lambda unit: (unit.valid_to is not None, unit.sort_key, unit.pk))
    chosen = units.get(unit_id) or (ordered[0] if ordered else None)
    dept = frozenset(Role(row.role) for row in rows if not row.unit_id)
    room = next((row.room for row in rows if row.room and row.unit_id == (chosen.pk if chosen else None)), "")
    return Actor(user, today, unit_roles, dept, tuple(ordered), chosen, room)
