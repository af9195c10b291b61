"""Which specialist looks after a dossier. Touches neither status nor content."""

from django.db import transaction

from accounts.people import department_people
from accounts.permissions import ASSIGNERS
from accounts.roles import DEPT_DECIDERS
from dossiers import kinds, telling
from dossiers.models import Dossier
from dossiers.refusals import StepRefused
from records.audit import audit


def specialists(*, today):
    """People who can be given a dossier."""
    return department_people(today=today, roles=DEPT_DECIDERS)


def assign(*, dossier, person, actor, now) -> None:
    """Give the dossier to ``person`` (``None``: to nobody) write the trail and tell them by mail. Raises ``StepRefused``."""
    if not actor.has_any(ASSIGNERS):
        raise StepRefused("Giao hồ sơ do chuyên viên, trưởng phòng, lãnh đạo hoặc quản trị của Sở thực hiện.")
    with transaction.atomic():
        Dossier.objects.filter(pk=dossier.pk).update(assignee=person)
        dossier.assignee = person
        telling.tell_assignment(dossier=dossier, kind=kinds.get(dossier.kind), actor=actor, now=now)
        audit(
            action="dossier.assigned",
            actor=actor.user,
            now=now,
            label=f"{dossier} – {dossier.unit.name}",
            detail={"assignee": person.username if person else None},
        )
