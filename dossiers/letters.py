"""Signed letters: one letter, one or several dossiers of a unit, in the order of priority it gives."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from dossiers.door import take_step
from dossiers.models import Dossier, Letter, LetterItem
from dossiers.refusals import StepRefused
from records.files import kept_with_its_row, store_upload

AFTER_TODAY = "Ngày ban hành không được sau hôm nay."


def number_refusal(number) -> str:
    """Why this is no “Số, ký hiệu” of a letter; empty where it can be one. What it looks like is the unit's own."""
    example = "Ghi như trên văn bản, ví dụ 45/BC-UBND."
    if not number:
        return f"Chưa nhập số, ký hiệu. {example}"
    if not any(letter.isdigit() for letter in number):
        return f"Số, ký hiệu chưa có chữ số. {example}"
    return ""


def letter_refusal(details, today) -> None:
    """Refuse a number without a digit and a day to come, each at its field. Raises ``StepRefused``."""
    wrong = {}
    if said := number_refusal(details["number"]):
        wrong["number"] = [said]
    if details["issued_on"] > today:
        wrong["issued_on"] = [AFTER_TODAY]
    if wrong:
        raise StepRefused(" ".join(said for (said,) in wrong.values()), fields=wrong)


@dataclass
class LetterDraft:
    """What a clerk records of a signed paper. ``cover`` is called by the door for each dossier."""

    letter: Letter
    position: int = 1

    def cover(self, dossier):
        LetterItem.objects.create(
            letter=self.letter,
            dossier=dossier,
            position=self.position,
            revision_number=max(1, dossier.revisions.count()),
        )
        Dossier.objects.filter(pk=dossier.pk).update(needs_letter=False)
        self.position += 1


def send_signed(*, dossiers, seen, details, upload, actor, now) -> Letter:
    """“Đã ký ban hành”: record the letter and send every dossier it covers, all or none.

    ``dossiers`` in the letter's order of priority, all of one holder; ``seen`` maps a dossier's pk to the
    ``(version, content_seq)`` that was read; ``details``: number, issued_on, signer, signer_text. Raises
    ``FileRefused`` or ``StepRefused``; then nothing is kept.
    """
    holder = _one_holder(dossiers)
    with kept_with_its_row() as keep, transaction.atomic():
        draft = LetterDraft(_create(holder, details, keep, upload, actor, now))
        for dossier in dossiers:
            version, content_seq = seen[dossier.pk]
            take_step(
                dossier=dossier,
                action=_signed_action(dossier),
                actor=actor,
                version=version,
                content_seq=content_seq,
                now=now,
                letter=draft,
                data={"letter_number": details["number"], "letter_date": details["issued_on"]},
            )
    return draft.letter


def add_letter(*, dossiers, details, upload, actor, now) -> Letter:
    """“Bổ sung số, ngày, bản ký số” for dossiers the leader has already sent; closes the clerk's duty.

    No step is taken: the status stays. Raises ``StepRefused`` when one of them no longer waits for a letter.
    """
    holder = _one_holder(dossiers)
    if not actor.can_write_for(holder.pk):
        raise StepRefused("Hồ sơ này do đơn vị khác giữ hoặc vai trò của ông/bà chỉ được xem.")
    with kept_with_its_row() as keep, transaction.atomic():
        draft = LetterDraft(_create(holder, details, keep, upload, actor, now))
        for dossier in dossiers:
            waiting = Dossier.objects.filter(pk=dossier.pk, needs_letter=True)
            if waiting.update(needs_letter=False) != 1:
                raise StepRefused(f"Hồ sơ {dossier} đã có số, ngày, bản ký số. Tải lại trang để xem.")
            draft.cover(dossier)
    return draft.letter


def waiting_for_letter(holder_id):
    """Dossiers of a holder that the leader sent and that still lack number, date and signed copy."""
    return Dossier.objects.filter(holder_id=holder_id, needs_letter=True).order_by(F("submitted_at").asc())


def _signed_action(dossier):
    return "record_signed_again" if dossier.first_submitted_at else "record_signed"


def _one_holder(dossiers):
    holders = {dossier.holder_id for dossier in dossiers}
    if len(holders) != 1:
        raise StepRefused("Chọn ít nhất một hồ sơ; một văn bản chỉ gồm hồ sơ của một đơn vị.")
    return dossiers[0].holder


def _create(holder, details, keep, upload, actor, now):
    letter_refusal(details, now.astimezone().date())
    stored = keep(store_upload(upload=upload, allowed=("pdf",), user=actor.user, now=now))
    return Letter.objects.create(
        unit=holder,
        number=details["number"],
        issued_on=details["issued_on"],
        signer=details.get("signer"),
        signer_text=details["signer_text"],
        file=stored,
        recorded_by=actor.user,
        recorded_at=now,
    )
