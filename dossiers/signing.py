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
AWAITING_PAPER = "awaiting_paper"  # the Sở has it on paper; the portal's copy waits for the leader
WAITING_FOR_LEADER = (AWAITING, AWAITING_PAPER, AWAITING_AGAIN)

LETTER_FIELDS = (
    Field(name="letter_number", label="Số, ký hiệu"),
    Field(name="letter_date", label="Ngày ban hành", kind="date"),
)
_BACK = {"roles": UNIT_LEADING, "note": Note.REQUIRED, "note_label": "Lý do trả lại", "tone": "outline"}
_TAKE_BACK = {
    "label": "Lấy về soạn tiếp",
    "done": "Lấy về soạn tiếp",
    "roles": UNIT_DRAFTING,
    "tone": "outline",
    "told": "Chưa cần ký, đơn vị lấy về soạn tiếp",
}
_SENDING = {"target": SENT, "freezes": True, "sends": True, "checks": True}
_AGAIN = {
    "told": "Đã gửi lại Sở",
    "told_department": "Đơn vị đã gửi lại, chờ ông/bà xem xét",
}


def signature_steps(draft, waiting, *, submit, back, take, again=False) -> tuple:
    """Up to the leader, and back to the status it came from – by the leader with a reason, or by the drafters."""
    words = "Trình ký gửi lại" if again else "Trình ký"
    return (
        Step(
            action=submit,
            label=words,
            done=words,
            sources=(draft,),
            target=waiting,
            roles=UNIT_DRAFTING,
            checks=True,
            tells=(Audience.LEADERS,),
            told="Chờ ông/bà ký, gửi lại" if again else "Chờ ông/bà ký",
        ),
        Step(
            action=back,
            label="Trả lại người soạn thảo",
            done="Lãnh đạo đơn vị trả lại người soạn thảo",
            sources=(waiting,),
            target=draft,
            tells=(Audience.DRAFTERS,),
            told="Lãnh đạo trả lại, chờ ông/bà sửa",
            opening="intro_returned",
            **_BACK,
        ),
        Step(action=take, sources=(waiting,), target=draft, tells=(Audience.LEADERS,), **_TAKE_BACK),
    )


def first_sending(*, waiting=(AWAITING,)) -> tuple:
    """From draft to the first sending; ``waiting`` are all statuses in which the leader may send."""
    return (
        *signature_steps(DRAFT, AWAITING, submit="submit_for_signature", back="return_to_drafter", take="take_back"),
        Step(
            action="approve_and_send",
            label="Duyệt và gửi",
            done="Duyệt và gửi",
            sources=waiting,
            roles=UNIT_LEADING,
            tells=(Audience.UNIT,),
            told="Đã gửi Sở",
            **_SENDING,
        ),
        Step(
            action="record_signed",
            label="Đã ký ban hành",
            done="Ghi nhận đã ký ban hành và gửi",
            sources=waiting,
            roles=UNIT_ISSUING,
            fields=LETTER_FIELDS,
            letter=True,
            tells=(Audience.UNIT,),
            told="Đã gửi Sở",
            **_SENDING,
        ),
    )


def sending_again() -> tuple:
    """The same way once more, after the Sở asked for a supplement."""
    names = {"submit": "submit_again", "back": "return_again", "take": "take_back_again"}
    return (
        *signature_steps(SUPPLEMENT, AWAITING_AGAIN, **names, again=True),
        Step(
            action="approve_and_send_again",
            label="Duyệt và gửi lại",
            done="Duyệt và gửi lại",
            sources=(AWAITING_AGAIN,),
            roles=UNIT_LEADING,
            tells=(Audience.UNIT, Audience.ASSIGNEE),
            **_AGAIN,
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
            **_AGAIN,
            **_SENDING,
        ),
    )
