"""Questions about people asked by the floors above."""

from accounts.models import Membership, Signer, User
from accounts.roles import DEPT_ROLES, Role


def people_of(unit_id, *, roles, today):
    """Active people holding one of ``roles`` at the unit (``None`` = the Sở) on ``today``, by name."""
    return User.objects.filter(
        is_active=True,
        pk__in=_members(today).filter(unit_id=unit_id, role__in=list(roles)).values("user_id"),
    ).order_by("full_name", "pk")


def people_by_unit(unit_ids, *, roles, today) -> dict:
    """``{unit_id: [User, …]}`` for many units in two queries (``None`` stands for the Sở)."""
    wanted = set(unit_ids)
    rows = _members(today).filter(role__in=list(roles), user__is_active=True).select_related("user")
    if None not in wanted:
        rows = rows.filter(unit_id__in=wanted)
    found: dict = {}
    for row in rows.order_by("user__full_name", "user_id"):
        if row.unit_id in wanted and row.user not in found.setdefault(row.unit_id, []):
            found[row.unit_id].append(row.user)
    return found


def signers_by_unit(unit_ids, *, today) -> dict:
    """``{unit_id: [Signer, …]}`` of those in force on ``today``; one query."""
    found: dict = {}
    for signer in Signer.objects.valid_on(today).filter(unit_id__in=set(unit_ids)):
        found.setdefault(signer.unit_id, []).append(signer)
    return found


def department_roles(*, today) -> dict:
    """``{user_id: roles at the Sở}``; one query."""
    found: dict = {}
    for user_id, role in _members(today).filter(unit=None).order_by().values_list("user_id", "role"):
        found[user_id] = found.get(user_id, frozenset()) | {Role(role)}
    return found


def department_people(*, today, roles=DEPT_ROLES):
    return people_of(None, roles=roles, today=today)


def _members(today):
    return Membership.objects.valid_on(today)
