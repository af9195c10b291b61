"""What the steps of a proposal ask beyond a note: the council, the submission, the papers of the city."""

from accounts.roles import Role
from dossiers.process import DEPT_INTAKE, Field

# How the council voted stays with those who work on the dossier (practice.md 20).
BALLOT_READERS = DEPT_INTAKE | {Role.DEPT_ADMIN}

NOT_TO_DO = "dont"
RECOMMENDATIONS = (
    ("do", "Đề nghị thực hiện"),
    ("adjust", "Đề nghị thực hiện với các điều chỉnh"),
    (NOT_TO_DO, "Đề nghị không thực hiện"),
)

COUNCIL_FIELDS = (
    Field(name="minutes_number", label="Số biên bản họp Hội đồng"),
    Field(name="minutes_date", label="Ngày họp", kind="date"),
    Field(name="recommendation", label="Kiến nghị của Hội đồng", kind="choice", choices=RECOMMENDATIONS, told=True),
    Field(name="council_size", label="Số thành viên Hội đồng", kind="integer"),
    Field(
        name="ballots",
        label="Số phiếu thu về",
        kind="integer",
        help="Chỉ lưu tại Sở; đơn vị thấy kiến nghị và lý do, không thấy số phiếu.",
        readers=BALLOT_READERS,
    ),
    Field(name="ballots_pass", label="Số phiếu “đạt yêu cầu”", kind="integer", readers=BALLOT_READERS),
)
APPROVAL_FIELDS = (
    Field(name="decision_number", label="Số quyết định"),
    Field(name="decision_date", label="Ngày quyết định", kind="date"),
    Field(name="approved_name", label="Tên nhiệm vụ được phê duyệt"),
    Field(name="approved_aim", label="Định hướng mục tiêu được phê duyệt", kind="text"),
    Field(name="approved_state_budget", label="Kinh phí từ NSNN được phê duyệt (triệu đồng)", kind="money"),
    Field(
        name="approved_other_budget",
        label="Kinh phí từ nguồn khác được phê duyệt (triệu đồng)",
        kind="money",
        required=False,
    ),
)
DECISION_FIELDS = (
    Field(name="decision_number", label="Số văn bản"),
    Field(name="decision_date", label="Ngày văn bản", kind="date"),
)
SUBMISSION_FIELDS = (
    Field(name="submission_number", label="Số tờ trình (TTr-SKHCN)"),
    Field(name="submission_date", label="Ngày tờ trình", kind="date"),
)
AGAINST_COUNCIL = Field(
    name="against_council",
    label="Lý do trình khác kiến nghị Hội đồng",
    kind="text",
    required=False,
    help="Ghi khi Hội đồng kiến nghị không thực hiện mà vẫn trình.",
)
