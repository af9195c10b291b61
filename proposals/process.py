"""The way of a proposal, from draft to the published list, in the words of practice.md.

Legal steps after TT 06/2023/TT-BKHCN, Điều 7–15; the city approves, the Sở proposes (practice.md 17–18).
"""

from dossiers.process import (
    DEPT_HEADS,
    DEPT_INTAKE,
    DEPT_LEADERS,
    DEPT_REVIEW,
    UNIT_DRAFTING,
    UNIT_LEADING,
    Audience,
    Field,
    Note,
    Process,
    Status,
    Step,
    Turn,
)
from dossiers.signing import AWAITING, AWAITING_AGAIN, DRAFT, SENT, SUPPLEMENT, first_sending, sending_again

KIND = "proposal"

RECEIVED = "received"
VALID, REVIEW, COUNCIL = "valid", "review", "council"
AT_CITY, NOT_LISTED, OUT_OF_SCOPE = "at_city", "not_listed", "out_of_scope"
CITY_REVISION, APPROVED, REJECTED = "city_revision", "approved", "rejected"
PUBLISHED, WITHDRAWN, DISCARDED = "published", "withdrawn", "discarded"

STATUSES = (
    Status(code=DRAFT, label="Bản nháp", turn=Turn.UNIT, icon="pencil", editable=True),
    Status(code=AWAITING, label="Chờ ký", turn=Turn.UNIT, tone="info", icon="pen"),
    Status(code=SENT, label="Đã gửi", turn=Turn.DEPARTMENT, tone="info", icon="send", phase=1),
    Status(code=RECEIVED, label="Đã tiếp nhận", turn=Turn.DEPARTMENT, tone="info", icon="inbox", phase=1),
    Status(
        code=SUPPLEMENT,
        label="Yêu cầu bổ sung, chỉnh sửa",
        turn=Turn.UNIT,
        tone="warn",
        icon="arrow-return-left",
        editable=True,
        phase=1,
    ),
    Status(code=AWAITING_AGAIN, label="Chờ ký (gửi lại)", turn=Turn.UNIT, tone="info", icon="pen", phase=1),
    Status(code=VALID, label="Hồ sơ hợp lệ", turn=Turn.DEPARTMENT, tone="info", icon="check2", phase=2),
    Status(code=REVIEW, label="Đang xem xét", turn=Turn.DEPARTMENT, tone="info", icon="search", phase=2),
    Status(
        code=COUNCIL,
        label="Kết quả Hội đồng đã ghi nhận",
        turn=Turn.DEPARTMENT,
        tone="info",
        icon="people",
        phase=2,
    ),
    Status(code=AT_CITY, label="Đã trình UBND Thành phố", turn=Turn.CITY, tone="info", icon="building", phase=3),
    Status(
        code=CITY_REVISION,
        label="UBND Thành phố yêu cầu rà soát, hoàn thiện",
        turn=Turn.DEPARTMENT,
        tone="warn",
        icon="arrow-return-left",
        phase=3,
    ),
    Status(code=NOT_LISTED, label="Đề nghị không đưa vào danh mục", turn=Turn.NONE, tone="late", icon="x-lg", phase=3),
    Status(
        code=OUT_OF_SCOPE,
        label="Không thuộc đối tượng – chuyển chương trình khác",
        turn=Turn.NONE,
        icon="signpost",
        phase=3,
    ),
    Status(code=APPROVED, label="Đã phê duyệt", turn=Turn.DEPARTMENT, tone="ok", icon="check2", phase=3),
    Status(code=REJECTED, label="Không được phê duyệt", turn=Turn.NONE, tone="late", icon="x-lg", phase=3),
    Status(code=PUBLISHED, label="Đã công bố", turn=Turn.NONE, tone="ok", icon="megaphone", phase=3),
    Status(code=WITHDRAWN, label="Đơn vị đã rút", turn=Turn.NONE, icon="dash-lg", phase=3),
    Status(code=DISCARDED, label="Bản nháp đã bỏ", turn=Turn.NONE, icon="trash"),
)

RECOMMENDATIONS = (
    ("do", "Đề nghị thực hiện"),
    ("adjust", "Đề nghị thực hiện với các điều chỉnh"),
    ("dont", "Đề nghị không thực hiện"),
)

_COUNCIL_FIELDS = (
    Field(name="minutes_number", label="Số biên bản họp Hội đồng"),
    Field(name="minutes_date", label="Ngày họp", kind="date"),
    Field(name="recommendation", label="Kiến nghị của Hội đồng", kind="choice", choices=RECOMMENDATIONS),
    Field(
        name="ballots",
        label="Số phiếu thu về",
        kind="integer",
        help="Chỉ lưu tại Sở; đơn vị thấy kiến nghị và lý do, không thấy số phiếu.",
    ),
    Field(name="ballots_pass", label="Số phiếu “đạt yêu cầu”", kind="integer"),
)
_APPROVAL_FIELDS = (
    Field(name="decision_number", label="Số quyết định"),
    Field(name="decision_date", label="Ngày quyết định", kind="date"),
    Field(name="approved_name", label="Tên nhiệm vụ được phê duyệt"),
    Field(name="approved_aim", label="Định hướng mục tiêu được phê duyệt", kind="text"),
    Field(name="approved_state_budget", label="Kinh phí từ NSNN được duyệt (triệu đồng)", kind="money"),
    Field(name="approved_other_budget", label="Kinh phí từ nguồn khác (triệu đồng)", kind="money", required=False),
)
_DECISION_FIELDS = (
    Field(name="decision_number", label="Số văn bản"),
    Field(name="decision_date", label="Ngày văn bản", kind="date"),
)
_CITY_FIELDS = (
    Field(name="submission_number", label="Số tờ trình (TTr-SKHCN)"),
    Field(name="submission_date", label="Ngày tờ trình", kind="date"),
)

_WITHDRAWABLE = (AWAITING, SENT, RECEIVED, SUPPLEMENT, AWAITING_AGAIN, VALID, REVIEW)

STEPS = (
    *first_sending(),
    Step(
        action="receive",
        label="Tiếp nhận",
        done="Tiếp nhận hồ sơ",
        sources=(SENT,),
        target=RECEIVED,
        roles=DEPT_INTAKE,
        bulk=True,
        tells=(Audience.DRAFTERS,),
    ),
    Step(
        action="request_supplement",
        label="Yêu cầu bổ sung, chỉnh sửa",
        done="Yêu cầu bổ sung, chỉnh sửa",
        sources=(RECEIVED, VALID, REVIEW),
        target=SUPPLEMENT,
        roles=DEPT_REVIEW,
        note=Note.REQUIRED,
        note_label="Nội dung cần bổ sung, chỉnh sửa",
        reply_date=True,
        tone="outline",
        tells=(Audience.UNIT,),
    ),
    *sending_again(),
    Step(
        action="mark_valid",
        label="Hồ sơ hợp lệ",
        done="Ghi nhận hồ sơ hợp lệ",
        sources=(RECEIVED,),
        target=VALID,
        roles=DEPT_REVIEW,
        bulk=True,
        tells=(Audience.DRAFTERS,),
    ),
    Step(
        action="start_review",
        label="Đưa vào xem xét",
        done="Đưa vào xem xét",
        sources=(VALID,),
        target=REVIEW,
        roles=DEPT_REVIEW,
        bulk=True,
    ),
    Step(
        action="mark_out_of_scope",
        label="Không thuộc đối tượng – chuyển chương trình khác",
        done="Không thuộc đối tượng – chuyển chương trình khác",
        sources=(RECEIVED, VALID, REVIEW),
        target=OUT_OF_SCOPE,
        roles=DEPT_HEADS,
        note=Note.REQUIRED,
        note_label="Lý do và nơi chuyển",
        tone="outline-danger",
        tells=(Audience.UNIT,),
    ),
    Step(
        action="record_council",
        label="Ghi nhận kết quả Hội đồng",
        done="Ghi nhận kết quả Hội đồng",
        sources=(REVIEW,),
        target=COUNCIL,
        roles=DEPT_REVIEW,
        note=Note.REQUIRED,
        note_label="Lý do, nội dung kiến nghị (đơn vị xem được)",
        fields=_COUNCIL_FIELDS,
        tells=(Audience.UNIT,),
    ),
    Step(
        action="submit_to_city",
        label="Trình UBND Thành phố",
        done="Trình UBND Thành phố",
        sources=(COUNCIL,),
        target=AT_CITY,
        roles=DEPT_LEADERS,
        fields=_CITY_FIELDS,
        tells=(Audience.UNIT,),
    ),
    Step(
        action="do_not_list",
        label="Đề nghị không đưa vào danh mục",
        done="Đề nghị không đưa vào danh mục",
        sources=(COUNCIL,),
        target=NOT_LISTED,
        roles=DEPT_HEADS,
        note=Note.REQUIRED,
        note_label="Lý do",
        tone="outline-danger",
        tells=(Audience.UNIT,),
    ),
    Step(
        action="city_asks_revision",
        label="UBND Thành phố yêu cầu rà soát, hoàn thiện",
        done="UBND Thành phố yêu cầu rà soát, hoàn thiện",
        sources=(AT_CITY,),
        target=CITY_REVISION,
        roles=DEPT_HEADS,
        note=Note.REQUIRED,
        note_label="Nội dung yêu cầu",
        fields=_DECISION_FIELDS,
        tone="outline",
        tells=(Audience.DRAFTERS,),
    ),
    Step(
        action="submit_to_city_again",
        label="Trình lại UBND Thành phố",
        done="Trình lại UBND Thành phố",
        sources=(CITY_REVISION,),
        target=AT_CITY,
        roles=DEPT_LEADERS,
        fields=_CITY_FIELDS,
        tells=(Audience.DRAFTERS,),
    ),
    Step(
        action="record_approval",
        label="Ghi nhận phê duyệt",
        done="UBND Thành phố phê duyệt",
        sources=(AT_CITY,),
        target=APPROVED,
        roles=DEPT_HEADS,
        note=Note.OPTIONAL,
        fields=_APPROVAL_FIELDS,
        tells=(Audience.UNIT,),
    ),
    Step(
        action="record_rejection",
        label="Ghi nhận không phê duyệt",
        done="UBND Thành phố không phê duyệt",
        sources=(AT_CITY,),
        target=REJECTED,
        roles=DEPT_HEADS,
        note=Note.REQUIRED,
        note_label="Lý do",
        fields=_DECISION_FIELDS,
        tone="outline-danger",
        tells=(Audience.UNIT,),
    ),
    Step(
        action="publish",
        label="Công bố",
        done="Công bố danh mục",
        sources=(APPROVED,),
        target=PUBLISHED,
        roles=DEPT_HEADS,
        bulk=True,
        tells=(Audience.UNIT,),
    ),
    Step(
        action="withdraw",
        label="Rút đề xuất",
        done="Đơn vị rút đề xuất",
        sources=_WITHDRAWABLE,
        target=WITHDRAWN,
        roles=UNIT_LEADING,
        note=Note.REQUIRED,
        note_label="Lý do rút",
        tone="outline-danger",
        tells=(Audience.UNIT, Audience.ASSIGNEE),
    ),
    Step(
        action="discard",
        label="Bỏ bản nháp",
        done="Bỏ bản nháp",
        sources=(DRAFT,),
        target=DISCARDED,
        roles=UNIT_DRAFTING,
        note=Note.OPTIONAL,
        note_label="Lý do",
        tone="outline-danger",
    ),
    Step(
        action="take_back_draft",
        label="Lấy lại bản nháp",
        done="Lấy lại bản nháp",
        sources=(DISCARDED,),
        target=DRAFT,
        roles=UNIT_DRAFTING,
        tone="outline",
    ),
)

PROCESS = Process(kind=KIND, label="Đề xuất đặt hàng", statuses=STATUSES, steps=STEPS, initial=DRAFT)
