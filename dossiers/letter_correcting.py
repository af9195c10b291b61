"""“Sửa số, ngày, người ký”: a slip in what the unit recorded of its signed letter is mended by the unit.

History is not rewritten: every dossier the letter covers gets a line, before and after in it. The signed PDF stays.
"""

from django.db import transaction
from django.utils import timezone

from dossiers import kinds
from dossiers.door import add_line
from dossiers.letters import letter_refusal
from dossiers.models import Dossier, Letter
from dossiers.process import Audience
from dossiers.refusals import KEPT, NOT_DONE, StepRefused
from records.audit import audit
from records.dates import format_date
from records.text import clean_text

ACTION = "correct_letter"
DONE = "Sửa số, ngày, người ký của văn bản"


class LetterMoved(StepRefused):
    """Somebody corrected the letter since the page was opened; pressing again is then a decision."""


def letter_token(letter) -> str:
    """What a page shows of the letter, to be sent back with its form."""
    return f"{letter.number}|{letter.issued_on.isoformat()}|{letter.signer_text}"


def letter_words(letter) -> str:
    """“số 45/BC-UBND, ngày 25/11/2026, người ký TM. Lê Văn Chủ, Chủ tịch”."""
    return f"số {letter.number}, ngày {format_date(letter.issued_on)}, người ký {letter.signer_text}"


def may_correct(dossier, actor) -> bool:
    return actor.can_write_for(dossier.holder_id)


@transaction.atomic
def correct_letter(*, letter, details, reason, seen, actor, now) -> Letter:
    """Rewrite number, date and signer; returns the letter.

    ``details`` as for ``letters.send_signed``; ``seen``: ``letter_token`` as the page showed it. Adds a line to each
    dossier covered, writes the audit trail, and tells the unit and who at the Sở is in charge. Raises ``StepRefused``.
    """
    reason = clean_text(reason)
    dossiers = list(Dossier.objects.select_for_update().filter(letter_items__letter=letter.pk).order_by("pk"))
    kept = Letter.objects.select_for_update().get(pk=letter.pk)
    _check(dossiers, details, reason, actor, now)
    same = (kept.number, kept.issued_on, kept.signer_text) == (
        details["number"],
        details["issued_on"],
        details["signer_text"],
    )
    if seen != letter_token(kept):
        if same:
            return kept  # said already: the same form sent twice
        raise LetterMoved(_moved_on(dossiers, kept))
    if same:
        raise StepRefused("Số, ngày, người ký vẫn như đã ghi. Sửa chỗ cần sửa, hoặc chọn “Quay lại”.")
    return _write(kept, dossiers, details, reason, actor, now)


def _check(dossiers, details, reason, actor, now):
    if not all(may_correct(dossier, actor) for dossier in dossiers):
        raise StepRefused("Việc này do người soạn thảo, văn thư hoặc lãnh đạo của đơn vị giữ hồ sơ thực hiện.")
    letter_refusal(details, timezone.localtime(now).date())
    if not reason:
        said = "Nhập lý do sửa, để Sở và người tra cứu sau này hiểu."
        raise StepRefused(said, fields={"reason": [said]})


def _write(kept, dossiers, details, reason, actor, now):
    before, was = _values(kept), letter_words(kept)
    for name in ("number", "issued_on", "signer", "signer_text"):
        setattr(kept, name, details[name])
    kept.save(update_fields=["number", "issued_on", "signer", "signer_text"])
    after, words = _values(kept), letter_words(kept)
    for dossier in dossiers:
        add_line(
            dossier=dossier,
            action=ACTION,
            label=DONE,
            actor=actor,
            version=dossier.version,
            now=now,
            note=f"{reason}\nTrước: {was}.\nNay: {words}.",
            data={"letter": kept.pk, "before": before, "after": after, "reason": reason},
            opening="intro_letter_corrected",
            tells=(Audience.UNIT, Audience.ASSIGNEE),
        )
        kinds.get(dossier.kind).after_letter_corrected(dossier=dossier, letter=kept)
    audit(
        action="letter.corrected",
        actor=actor.user,
        now=now,
        label=", ".join(str(dossier) for dossier in dossiers),
        path=kinds.get(dossiers[0].kind).admin_path(dossiers[0]),
        detail={"before": before, "after": after, "reason": reason, "was": was, "is": words},
    )
    return kept


def _values(letter):
    return {"number": letter.number, "issued_on": letter.issued_on.isoformat(), "signer": letter.signer_text}


def _moved_on(dossiers, kept):
    line = dossiers[0].events.filter(action=ACTION, data__letter=kept.pk).order_by("-version").first()
    who = f"{line.actor_name} đã sửa" if line else "văn bản đã được sửa"
    at = f" lúc {timezone.localtime(line.at):%H:%M ngày %d/%m/%Y}" if line else ""
    return (
        f"{NOT_DONE}{who} thành {letter_words(kept)}{at}, sau khi trang này được mở. {KEPT} Kiểm tra lại; bấm lần nữa "
        "nếu vẫn cần sửa."
    )
