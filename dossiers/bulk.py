"""One step for many dossiers: each row through the door, in a savepoint of its own."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef

from dossiers import kinds
from dossiers.door import take_step
from dossiers.models import Dossier, Event
from dossiers.process import Status
from dossiers.refusals import NOT_DONE, StepRefused, moved_on_by

LIMIT = 200
GONE = "không còn trong danh sách ông/bà xem được. Tải lại danh sách để xem"


@dataclass
class Outcome:
    """What became of the rows: done ones, and the others each with the sentence of its refusal."""

    done: list = field(default_factory=list)
    refused: list = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """“97 hồ sơ đã thực hiện, 3 hồ sơ chưa: ĐX-… – <câu>”."""
        text = f"{len(self.done)} hồ sơ đã thực hiện"
        if not self.refused:
            return f"{text}."
        named = "; ".join(f"{dossier} – {reason}" for dossier, reason in self.refused)
        return f"{text}, {len(self.refused)} hồ sơ chưa: {named}."


@dataclass(frozen=True)
class Line:
    """One chosen row before anything is done; ``reason`` says why the step is not possible, empty if it is."""

    dossier: Dossier
    version: int  # that was read
    status: Status
    reason: str


def preview(*, seen, kind, action, actor, now) -> list[Line]:
    """What ``take_steps`` would do with the same arguments: rows it would refuse first, each with its reason.

    Rows the person may not see are left out. Constant number of queries; raises ``StepRefused`` as ``take_steps``.
    """
    step = _bulk_step(seen, kind, action)
    rows = Dossier.objects.visible_to(actor).filter(kind=kind).select_related("unit", "round").in_bulk(list(seen))
    last = _last_events(rows)
    lines = [
        _line(rows[pk], version, step, kinds.get(kind), actor, now, last.get(pk))
        for pk, version in seen.items()
        if pk in rows
    ]
    return sorted(lines, key=lambda line: not line.reason)


def _line(dossier, version, step, kind, actor, now, event):
    """The door's own questions in the door's order, for a step that needs neither note nor check."""
    reason = kind.process.may(step, actor=actor, holder_id=dossier.holder_id).reason
    if not reason and (dossier.version != version or dossier.status not in step.sources):
        reason = moved_on_by(event, dossier, kind.process, actor)
    reason = reason or kind.refusal(dossier, step, now=now)
    reason = StepRefused(reason.removeprefix(NOT_DONE)).in_a_list
    return Line(dossier, version, kind.process.status(dossier.status), reason)


def _last_events(rows):
    """``{dossier: its last event}`` in one query."""
    later = Event.objects.filter(dossier=OuterRef("dossier"), version__gt=OuterRef("version"))
    return {event.dossier_id: event for event in Event.objects.filter(~Exists(later), dossier__in=rows)}


def _bulk_step(seen, kind, action):
    step = kinds.get(kind).process.step(action)
    if step is None or not step.bulk:
        raise StepRefused("Bước này thực hiện từng hồ sơ. Mở hồ sơ rồi chọn bước.")
    if len(seen) > LIMIT:
        raise StepRefused(f"Mỗi lần thực hiện tối đa {LIMIT} hồ sơ, đang chọn {len(seen)}. Chọn ít hơn rồi làm lại.")
    return step


def take_steps(*, seen, kind, action, actor, now) -> Outcome:
    """Take ``action`` for every dossier of ``seen`` ({pk: version that was read}), in the order given.

    A refused row does not stop the others; a step that is not for bulk use, or more than ``LIMIT`` rows, raise
    ``StepRefused`` before anything is done.
    """
    _bulk_step(seen, kind, action)
    rows = Dossier.objects.visible_to(actor).filter(kind=kind).in_bulk(list(seen))
    outcome = Outcome()
    for pk, version in seen.items():
        dossier = rows.get(pk)
        if dossier is None:
            outcome.refused.append((f"hồ sơ số {pk}", GONE))
            continue
        try:
            with transaction.atomic():
                take_step(dossier=dossier, action=action, actor=actor, version=version, now=now)
            outcome.done.append(dossier)
        except StepRefused as refusal:
            outcome.refused.append((dossier, refusal.in_a_list))
    return outcome
