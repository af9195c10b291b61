"""One step for many dossiers: each row through the door, in a savepoint of its own."""

from dataclasses import dataclass, field

from django.db import transaction

from dossiers import kinds
from dossiers.door import take_step
from dossiers.models import Dossier
from dossiers.refusals import StepRefused

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


def take_steps(*, seen, kind, action, actor, now) -> Outcome:
    """Take ``action`` for every dossier of ``seen`` ({pk: version that was read}), in the order given.

    A refused row does not stop the others; a step that is not for bulk use, or more than ``LIMIT`` rows, raise
    ``StepRefused`` before anything is done.
    """
    step = kinds.get(kind).process.step(action)
    if step is None or not step.bulk:
        raise StepRefused("Bước này thực hiện từng hồ sơ. Mở hồ sơ rồi chọn bước.")
    if len(seen) > LIMIT:
        raise StepRefused(f"Mỗi lần thực hiện tối đa {LIMIT} hồ sơ, đang chọn {len(seen)}. Chọn ít hơn rồi làm lại.")
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
