"""The way of a periodic report. The Sở does not approve it: it takes it in, or asks for more (practice.md 17)."""

from dossiers.process import (
    DEPT_HEADS,
    DEPT_INTAKE,
    DEPT_REVIEW,
    Audience,
    Field,
    Note,
    Process,
    Status,
    Step,
    Turn,
)
from dossiers.signing import (
    AWAITING,
    AWAITING_AGAIN,
    AWAITING_PAPER,
    DRAFT,
    SENT,
    SUPPLEMENT,
    first_sending,
    sending_again,
    signature_steps,
)

KIND = "report"

ACCEPTED = "accepted"
ON_PAPER = "on_paper"

STATUSES = (
    Status(code=DRAFT, label="Bản nháp", turn=Turn.UNIT, icon="pencil", editable=True),
    Status(code=AWAITING, label="Chờ ký", turn=Turn.UNIT, tone="info", icon="pen"),
    Status(code=SENT, label="Đã gửi, chờ Sở xem xét", turn=Turn.DEPARTMENT, tone="info", icon="send", phase=1),
    Status(
        code=SUPPLEMENT,
        label="Đề nghị bổ sung",
        turn=Turn.UNIT,
        tone="warn",
        icon="arrow-return-left",
        editable=True,
        phase=2,
    ),
    Status(code=AWAITING_AGAIN, label="Chờ ký (gửi lại)", turn=Turn.UNIT, tone="info", icon="pen", phase=2),
    Status(
        code=ON_PAPER,
        label="Đã nhận qua hệ thống văn bản",
        turn=Turn.NONE,
        tone="ok",
        icon="envelope-paper",
        editable=True,
        phase=2,
    ),
    Status(
        code=AWAITING_PAPER,
        label="Chờ ký (đã nhận qua hệ thống văn bản)",
        turn=Turn.UNIT,
        tone="info",
        icon="pen",
        phase=2,
    ),
    Status(code=ACCEPTED, label="Đã tiếp nhận – đạt yêu cầu", turn=Turn.NONE, tone="ok", icon="check2", phase=3),
)

STEPS = (
    *first_sending(waiting=(AWAITING, AWAITING_PAPER)),
    *signature_steps(
        ON_PAPER, AWAITING_PAPER, submit="submit_paper_copy", back="return_paper_copy", take="take_back_paper_copy"
    ),
    Step(
        action="accept",
        label="Đã tiếp nhận – đạt yêu cầu",
        done="Tiếp nhận – đạt yêu cầu",
        sources=(SENT,),
        target=ACCEPTED,
        roles=DEPT_REVIEW,
        bulk=True,
        note=Note.OPTIONAL,
        tells=(Audience.UNIT,),
        told="Đã tiếp nhận – đạt yêu cầu",
    ),
    Step(
        action="request_supplement",
        label="Đề nghị bổ sung",
        done="Đề nghị bổ sung",
        sources=(SENT,),
        target=SUPPLEMENT,
        roles=DEPT_REVIEW,
        note=Note.REQUIRED,
        note_label="Nội dung đề nghị bổ sung (mỗi nội dung một dòng)",
        reply_date=True,
        tone="outline",
        tells=(Audience.UNIT,),
        told="Sở đề nghị bổ sung",
    ),
    Step(
        action="reopen",
        label="Đề nghị bổ sung sau khi tiếp nhận",
        done="Đề nghị bổ sung sau khi tiếp nhận",
        sources=(ACCEPTED,),
        target=SUPPLEMENT,
        roles=DEPT_HEADS,
        note=Note.REQUIRED,
        note_label="Nội dung đề nghị bổ sung (mỗi nội dung một dòng)",
        reply_date=True,
        tone="outline",
        tells=(Audience.UNIT,),
        told="Sở đề nghị bổ sung sau khi tiếp nhận",
    ),
    *sending_again(),
    Step(
        action="record_on_paper",
        label="Đã nhận qua hệ thống văn bản",
        done="Sở đã nhận qua hệ thống văn bản",
        sources=(DRAFT, AWAITING),
        target=ON_PAPER,
        roles=DEPT_INTAKE,
        note=Note.OPTIONAL,
        fields=(
            Field(name="arrival_number", label="Số đến"),
            Field(name="arrival_date", label="Ngày đến", kind="date"),
        ),
        tells=(Audience.UNIT,),
        opening="intro_paper",
    ),
)

PROCESS = Process(kind=KIND, label="Báo cáo", statuses=STATUSES, steps=STEPS, initial=DRAFT)
