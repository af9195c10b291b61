"""Hand-over: the Sở moves the dossiers of a dissolved unit to a successor. ``unit`` never changes."""

from django.db import transaction
from django.db.models import F

from accounts.roles import DEPT_DECIDERS, Role
from dossiers import kinds, telling
from dossiers.models import Dossier, Event
from dossiers.process import Turn
from dossiers.refusals import StepRefused, moved_on

HANDING = DEPT_DECIDERS | {Role.DEPT_ADMIN}


def hand_over(*, dossier, to_unit, resolution, actor, version, now) -> Event:
    """Give the right to act on one dossier to ``to_unit``, citing the resolution's number.

    Writes the event and tells the people of the receiving unit, in one transaction. The status stays. Raises
    ``StepRefused`` when the person may not, nothing would change, or somebody moved the dossier meanwhile.
    """
    _check(dossier, to_unit, resolution, actor, now)
    kind = kinds.get(dossier.kind)
    from_name = dossier.holder.name
    with transaction.atomic():
        moved = Dossier.objects.filter(pk=dossier.pk, version=version, holder_id=dossier.holder_id).update(
            holder=to_unit, version=F("version") + 1
        )
        dossier.refresh_from_db()
        if moved != 1:
            raise StepRefused(moved_on(dossier, kind.process, actor))
        event = Event.objects.create(
            dossier=dossier,
            version=version + 1,
            action="hand_over",
            label=f"Bàn giao từ {from_name} sang {to_unit.name}",
            before=dossier.status,
            after=dossier.status,
            actor=actor.user,
            actor_name=actor.user.get_full_name(),
            by_department=True,
            place=actor.room or "Sở KH&CN",
            note=f"Căn cứ: {resolution.strip()}",
            data={"to_unit": to_unit.pk, "resolution": resolution.strip()},
            at=now,
        )
        kind.after_handover(dossier=dossier, event=event, now=now)
        telling.tell_handover(dossier=dossier, kind=kind, event=event, now=now)
    return event


def _check(dossier, to_unit, resolution, actor, now):
    if not actor.has_any(HANDING):
        raise StepRefused("Bàn giao hồ sơ do chuyên viên, lãnh đạo phòng hoặc quản trị của Sở thực hiện.")
    if not resolution.strip():
        raise StepRefused("Nhập số nghị quyết hoặc văn bản làm căn cứ bàn giao.")
    if to_unit.pk == dossier.holder_id:
        raise StepRefused(f"Hồ sơ {dossier} đang do {to_unit.name} giữ.")
    if to_unit.valid_to and to_unit.valid_to < now.astimezone().date():
        raise StepRefused(f"{to_unit.name} đã kết thúc hoạt động. Chọn đơn vị đang hoạt động.")


def unfinished_of(unit):
    """Dossiers a unit still holds and that are not finished, drafts included."""
    return Dossier.objects.filter(holder=unit).exclude(turn=Turn.NONE).select_related("round", "unit").order_by("pk")
