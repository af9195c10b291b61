"""The whole check before signing: every gap named as on the form, with the place that mends it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.urls import reverse

from dossiers.kinds import Problem
from proposals.items import CONTACTS, LABELS, total_money
from proposals.models import Product, Proposal

MAX_PAGES = 10  # footnote of the form: “không quá 10 trang giấy khổ A4”
_CHARACTERS_PER_LINE, _LINES_PER_PAGE, _FIXED_LINES = 78, 43, 45
_PLACES = {number: f"Mục {number}. {label}" for number, label in LABELS.items()}


@dataclass(frozen=True)
class Finding:
    """One gap: item number, sentence, section and anchor; ``missing`` means not filled in yet, not wrong."""

    item: str
    message: str
    section: str
    anchor: str
    blocking: bool = True
    missing: bool = True

    @property
    def place(self) -> str:
        return _PLACES.get(self.item, self.item)

    def problem(self, dossier_id) -> Problem:
        path = reverse("proposals:section", args=[dossier_id, self.section])
        return Problem(self.place, self.message, f"{path}?tu=kiem-tra#{self.anchor}", self.blocking)


def findings(*, title, theme_id, proposal: Proposal, products: list[Product]) -> list[Finding]:
    """All gaps in the order of the form. Reads nothing."""
    return [
        *_basics(title, theme_id, proposal),
        *_texts(proposal),
        *_results(proposal, products),
        *_money(proposal),
        *_period(proposal),
        *_bodies(proposal),
        *_contacts(proposal),
        *_length(title, proposal, products),
    ]


def findings_of(dossier) -> list[Finding]:
    """``findings`` of a dossier as stored."""
    proposal = dossier.proposal
    return findings(
        title=dossier.title, theme_id=dossier.theme_id, proposal=proposal, products=list(proposal.products.all())
    )


def _basics(title, theme_id, proposal):
    if not title.strip():
        yield Finding("1", "Chưa ghi tên nhiệm vụ.", "basics", "id_title")
    if not theme_id:
        yield Finding("Chủ đề", "Chọn chủ đề của đề xuất.", "basics", "id_theme")
    if not proposal.science_fields:
        yield Finding("2", "Đánh dấu ít nhất một lĩnh vực.", "basics", "div_id_science_fields")
    if not proposal.task_type:
        yield Finding("3", "Đánh dấu một loại hình nhiệm vụ.", "basics", "div_id_task_type")


def _texts(proposal):
    wanted = (
        ("4", "grounds", "Chưa ghi căn cứ đặt hàng.", "grounds"),
        ("5", "urgency", "Chưa nêu tính cấp thiết.", "grounds"),
        ("6", "general_aim", "Chưa ghi mục tiêu chung (6.1).", "aims"),
        ("6", "specific_aims", "Chưa ghi mục tiêu cụ thể (6.2).", "aims"),
        ("7", "main_contents", "Chưa ghi nội dung chính cần thực hiện.", "aims"),
    )
    for item, column, message, section in wanted:
        if not getattr(proposal, column).strip():
            yield Finding(item, message, section, f"id_{column}")


def _results(proposal, products):
    if not any(product.name.strip() for product in products):
        yield Finding("8", "Ghi ít nhất một sản phẩm, có tên.", "results", "san-pham")
    for index, product in enumerate(products, 1):
        if not product.name.strip() and any(other.name.strip() for other in products):
            message = f"Sản phẩm thứ {index} chưa có tên: ghi tên hoặc bỏ dòng."
            yield Finding("8", message, "results", "san-pham", missing=False)
    if not proposal.effects.strip():
        yield Finding("9", "Chưa nêu hiệu quả và tác động.", "results", "id_effects")


def _money(proposal):
    total = total_money(proposal)
    if total is None:
        yield Finding("10", "Chưa ghi kinh phí dự kiến (triệu đồng).", "money", "id_state_budget")
        return
    for column, label in (("state_budget", "Kinh phí hỗ trợ từ NSNN"), ("other_budget", "Kinh phí từ nguồn khác")):
        value = getattr(proposal, column)
        if value is None:
            message = f"Dòng “{label}” để trống; nếu không có, ghi 0."
            yield Finding("10", message, "money", f"id_{column}", blocking=False)
        elif value < 0:
            yield Finding("10", f"“{label}” không được âm.", "money", f"id_{column}", missing=False)
    if total == 0:
        message = "Tổng kinh phí đang bằng 0: ghi kinh phí dự kiến."
        yield Finding("10", message, "money", "id_state_budget", missing=False)


def month_index(value: str) -> int | None:
    """Months since year 0 of “mm/yyyy”, ``None`` for an empty or unreadable one."""
    month, _, year = value.partition("/")
    return int(year) * 12 + int(month) if month.isdecimal() and year.isdecimal() else None


def _period(proposal):
    if not proposal.months:
        yield Finding("11", "Chưa ghi thời gian thực hiện (số tháng).", "money", "id_months")
    start, end = month_index(proposal.period_from), month_index(proposal.period_to)
    if start is None or end is None:
        return
    if start > end:
        message = f"Tháng bắt đầu {proposal.period_from} sau tháng kết thúc {proposal.period_to}."
        yield Finding("11", message, "money", "id_period_from", missing=False)
    elif proposal.months and end - start + 1 != proposal.months:
        message = (
            f"Từ {proposal.period_from} đến {proposal.period_to} là {end - start + 1} tháng, "
            f"ô số tháng ghi {proposal.months}. Xem lại một trong hai."
        )
        yield Finding("11", message, "money", "id_months", blocking=False, missing=False)


def _bodies(proposal):
    if proposal.direct_body.strip() and not proposal.direct_reason.strip():
        message = "Đã đề xuất tổ chức giao trực tiếp, cần nêu lý do."
        yield Finding("12", message, "bodies", "id_direct_reason", missing=False)
    if proposal.direct_reason.strip() and not proposal.direct_body.strip():
        message = "Có lý do giao trực tiếp nhưng chưa ghi tên tổ chức."
        yield Finding("12", message, "bodies", "id_direct_body", missing=False)
    if not proposal.reception.strip():
        message = "Chưa ghi phương án tiếp nhận, quản lý, sử dụng kết quả."
        yield Finding("13", message, "bodies", "id_reception")


def _contacts(proposal):
    for column, label in CONTACTS:
        value = getattr(proposal, column).strip()
        if not value:
            needed = column != "contact_identifier"
            text = f"Chưa ghi “{label}”." if needed else f"“{label}” để trống; ghi nếu tổ chức đã có mã."
            yield Finding("15", text, "contacts", f"id_{column}", blocking=needed)
        elif column == "contact_email" and "@" not in value:
            yield Finding("15", f"“{value}” chưa giống địa chỉ thư điện tử.", "contacts", f"id_{column}", False, False)


def pages(title, proposal, products) -> int:
    """Estimated A4 pages of the form as printed."""
    texts = [title, *(getattr(proposal, name) for name in _LONG)]
    texts += [f"{product.name} {product.target}" for product in products]
    lines = _FIXED_LINES + 2 * len(products)
    for text in texts:
        lines += sum(math.ceil(len(line) / _CHARACTERS_PER_LINE) + 0.4 for line in text.split("\n") if line.strip())
    return math.ceil(lines / _LINES_PER_PAGE)


_LONG = [
    "grounds",
    "urgency",
    "general_aim",
    "specific_aims",
    "main_contents",
    "effects",
    "direct_body",
    "direct_reason",
    "reception",
    "references",
]


def _length(title, proposal, products):
    estimate = pages(title, proposal, products)
    if estimate > MAX_PAGES:
        message = (
            f"Phiếu ước khoảng {estimate} trang A4; mẫu quy định trình bày không quá {MAX_PAGES} trang. "
            "Xem bản in để biết số trang thật."
        )
        yield Finding("Độ dài phiếu", message, "grounds", "id_grounds", blocking=False, missing=False)
