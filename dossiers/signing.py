"""The unit's own steps, the same for every kind: draft, signature, sending by either way (practice.md 1)."""

from dossiers.process import (
    UNIT_DRAFTING,
    UNIT_ISSUING,
    UNIT_LEADING,
    Audience,
    Field,
    Note,
    Step,
)

DRAFT, AWAITING, SENT = "draft", "awaiting", "sent"
SUPPLEMENT, AWAITING_AGAIN = "supplement", "awaiting_again"

LETTER_FIELDS = (
    Field(name="letter_number", label="Số, ký hiệu"),
    Field(name="letter_date", label="Ngày ban hành", kind="date"),
)
_BACK = {"roles": UNIT_LEADING, "note": Note.REQUIRED, "note_label": "Lý do trả lại", "tone": "outline"}
_TAKE_BACK = {"label": "Lấy về soạn tiếp", "done": "Lấy về soạn tiếp", "roles": UNIT_DRAFTING, "tone": "outline"}
_SENDING = {"target": SENT, "freezes": True, "sends": True, "checks": True}


def first_sending(*, drafts=(DRAFT,)) -> tuple:
    """From draft to the first sending; ``drafts`` are the statuses that may be put up for signature."""
    return (
        Step(
            action="submit_for_signature",
            label="Trình ký",
            done="Trình ký",
            sources=drafts,
            target=AWAITING,
            roles=UNIT_DRAFTING,
            checks=True,
            tells=(Audience.LEADERS,),
        ),
        Step(
            action="return_to_drafter",
            label="Trả lại người soạn thảo",
            done="Lãnh đạo đơn vị trả lại người soạn thảo",
            sources=(AWAITING,),
            target=DRAFT,
            tells=(Audience.DRAFTERS,),
            **_BACK,
        ),
        Step(action="take_back", sources=(AWAITING,), target=DRAFT, tells=(Audience.LEADERS,), **_TAKE_BACK),
        Step(
            action="approve_and_send",
            label="Duyệt và gửi",
            done="Duyệt và gửi",
            sources=(AWAITING,),
            roles=UNIT_LEADING,
            tells=(Audience.UNIT,),
            **_SENDING,
        ),
        Step(
            action="record_signed",
            label="Đã ký ban hành",
            done="Ghi nhận đã ký ban hành và gửi",
            sources=(AWAITING,),
            roles=UNIT_ISSUING,
            fields=LETTER_FIELDS,
            letter=True,
            tells=(Audience.UNIT,),
            **_SENDING,
        ),
    )


def sending_again() -> tuple:
    """The same way once more, after the Sở asked for a supplement."""
    return (
        Step(
            action="submit_again",
            label="Trình ký gửi lại",
            done="Trình ký gửi lại",
            sources=(SUPPLEMENT,),
            target=AWAITING_AGAIN,
            roles=UNIT_DRAFTING,
            checks=True,
            tells=(Audience.LEADERS,),
        ),
        Step(
            action="return_again",
            label="Trả lại người soạn thảo",
            done="Lãnh đạo đơn vị trả lại người soạn thảo",
            sources=(AWAITING_AGAIN,),
            target=SUPPLEMENT,
            tells=(Audience.DRAFTERS,),
            **_BACK,
        ),
        Step(
            action="take_back_again",
            sources=(AWAITING_AGAIN,),
            target=SUPPLEMENT,
            tells=(Audience.LEADERS,),
            **_TAKE_BACK,
        ),
        Step(
            action="approve_and_send_again",
            label="Duyệt và gửi lại",
            done="Duyệt và gửi lại",
            sources=(AWAITING_AGAIN,),
            roles=UNIT_LEADING,
            tells=(Audience.UNIT, Audience.ASSIGNEE),
            **_SENDING,
        ),
        Step(
            action="record_signed_again",
            label="Đã ký ban hành (gửi lại)",
            done="Ghi nhận đã ký ban hành và gửi lại",
            sources=(AWAITING_AGAIN,),
            roles=UNIT_ISSUING,
            fields=LETTER_FIELDS,
            letter=True,
            tells=(Audience.UNIT, Audience.ASSIGNEE),
            **_SENDING,
        ),
    )
