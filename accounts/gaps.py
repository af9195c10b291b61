"""Units in being for which nobody can work on the portal."""

from accounts.models import Membership
from accounts.people import department_people
from accounts.roles import UNIT_WRITERS, Role
from districts.models import Unit


def units_without_people(today):
    """Units of today where no active person drafts, signs or clerks."""
    at_work = Membership.objects.valid_on(today).filter(role__in=list(UNIT_WRITERS), user__is_active=True)
    return Unit.objects.valid_on(today).exclude(pk__in=at_work.exclude(unit=None).values("unit"))


def keepers(today) -> list:
    """Who may add people: the administrators of the Sở, by name."""
    return list(department_people(today=today, roles={Role.DEPT_ADMIN}))
