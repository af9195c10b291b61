"""The fifteen items of Mẫu I.01-ĐHNV as JSON values: what is frozen, read, compared and printed."""

from decimal import Decimal

from proposals.models import SCIENCE_FIELDS, Product, Proposal
from records.numbers import format_number

LABELS = {
    "1": "Tên nhiệm vụ",
    "2": "Thuộc lĩnh vực",
    "3": "Thuộc loại hình nhiệm vụ",
    "4": "Căn cứ đặt hàng nhiệm vụ",
    "5": "Tính cấp thiết của nhiệm vụ",
    "6": "Mục tiêu",
    "7": "Dự kiến các nội dung chính cần thực hiện",
    "8": "Dự kiến các kết quả thực hiện nhiệm vụ và các chỉ tiêu cần đạt",
    "9": "Hiệu quả và tác động của kết quả thực hiện nhiệm vụ",
    "10": "Dự kiến kinh phí thực hiện",
    "11": "Dự kiến thời gian thực hiện",
    "12": "Đề xuất tổ chức được xét giao trực tiếp (nếu có)",
    "13": "Tiếp nhận và phương án tổ chức quản lý, sử dụng kết quả của nhiệm vụ của cơ quan đặt hàng",
    "14": "Danh mục tài liệu tham khảo",
    "15": "Thông tin liên hệ",
}
HINT_13 = (
    "Nêu rõ phương án Nhà nước nắm giữ quyền quản lý, sử dụng, quyền sở hữu kết quả của nhiệm vụ "
    "trong trường hợp có yêu cầu tiếp nhận."
)
CONTACTS = (
    ("contact_organisation", "Tên tổ chức"),
    ("contact_representative", "Đại diện tổ chức"),
    ("contact_identifier", "Mã định danh điện tử của tổ chức"),
    ("contact_phone", "Điện thoại"),
    ("contact_email", "Email"),
    ("contact_address", "Địa chỉ liên hệ"),
)


def snapshot(dossier) -> dict:
    """The proposal as JSON: ``form_items`` in the order of the form, each with number, label, kind and plain ``text``;
    ``values`` the same content by column, money and quantities as strings."""
    proposal = dossier.proposal
    products = [_product(row) for row in proposal.products.all()]
    return {
        "form_code": proposal.form_code,
        "plan_year": proposal.call.plan_year,
        "call": dossier.round.title,
        "unit": dossier.unit.body_name,
        "theme": dossier.theme.name if dossier.theme_id else "",
        "title": dossier.title,
        "form_items": _items(dossier.title, proposal, products),
        "values": _values(dossier, proposal, products),
    }


def total_money(proposal):
    """Sum of both lines of item 10; ``None`` while neither is filled in."""
    parts = [part for part in (proposal.state_budget, proposal.other_budget) if part is not None]
    return sum(parts, Decimal(0)) if parts else None


def money_text(value) -> str:
    """“850,0 triệu đồng”; empty for an empty box."""
    return "" if value is None else f"{format_number(value, 1)} triệu đồng"


def period_text(proposal) -> str:
    """“24 tháng, từ 01/2027 đến 12/2028”."""
    parts = [f"{proposal.months} tháng"] if proposal.months else []
    span = [f"{word} {value}" for word, value in (("từ", proposal.period_from), ("đến", proposal.period_to)) if value]
    return ", ".join([*parts, " ".join(span)] if span else parts)


def product_text(row) -> str:
    """One product as a line of text, for comparing and for reading aloud."""
    amount = " ".join(part for part in (_amount(row["quantity"]), row["unit_of_measure"]) if part)
    parts = [row["name"], row["form_label"], amount, row["target"]]
    return " – ".join(part for part in parts if part)


def _amount(quantity):
    return "" if quantity in (None, "") else format_number(Decimal(quantity))


def _product(row: Product) -> dict:
    return {
        "name": row.name,
        "form": row.form,
        "form_label": row.get_form_display() if row.form else "",
        "unit_of_measure": row.unit_of_measure,
        "quantity": "" if row.quantity is None else str(row.quantity),
        "target": row.target,
    }


def _ticks(number, choices, chosen):
    options = [{"label": label, "ticked": code in chosen} for code, label in choices]
    text = "; ".join(option["label"] for option in options if option["ticked"])
    return {"number": number, "label": LABELS[number], "kind": "ticks", "options": options, "text": text}


def _text(number, text):
    return {"number": number, "label": LABELS[number], "kind": "text", "text": text}


def _parts(number, rows):
    """An item of several lines; ``rows`` are (label, text)."""
    text = "\n".join(f"{label}: {value}" for label, value in rows if value)
    parts = [{"label": label, "text": value} for label, value in rows]
    return {"number": number, "label": LABELS[number], "kind": "parts", "parts": parts, "text": text}


def _items(title, proposal, products):
    aims = [("6.1. Mục tiêu chung", proposal.general_aim), ("6.2. Mục tiêu cụ thể", proposal.specific_aims)]
    money = [
        ("Kinh phí hỗ trợ từ NSNN", money_text(proposal.state_budget)),
        ("Kinh phí từ nguồn khác", money_text(proposal.other_budget)),
        ("Tổng", money_text(total_money(proposal))),
    ]
    body = [("Tổ chức", proposal.direct_body), ("Lý do", proposal.direct_reason)]
    contacts = [(label, getattr(proposal, name)) for name, label in CONTACTS]
    product_lines = "\n".join(f"{index}. {product_text(row)}" for index, row in enumerate(products, 1))
    return [
        _text("1", title),
        _ticks("2", SCIENCE_FIELDS, proposal.science_fields or []),
        _ticks("3", Proposal.TaskType.choices, [proposal.task_type]),
        _text("4", proposal.grounds),
        _text("5", proposal.urgency),
        _parts("6", aims),
        _text("7", proposal.main_contents),
        {"number": "8", "label": LABELS["8"], "kind": "products", "rows": products, "text": product_lines},
        _text("9", proposal.effects),
        {**_parts("10", money), "kind": "money"},
        _text("11", period_text(proposal)),
        _parts("12", body),
        {**_text("13", proposal.reception), "hint": HINT_13},
        _text("14", proposal.references),
        _parts("15", contacts),
    ]


_COLUMNS = [
    "science_fields",
    "task_type",
    "grounds",
    "urgency",
    "general_aim",
    "specific_aims",
    "main_contents",
    "effects",
    "months",
    "period_from",
    "period_to",
    "direct_body",
    "direct_reason",
    "reception",
    "references",
]


def _values(dossier, proposal, products):
    total = total_money(proposal)
    return {
        "title": dossier.title,
        "theme": dossier.theme.code if dossier.theme_id else "",
        **{name: getattr(proposal, name) for name in _COLUMNS},
        "state_budget": "" if proposal.state_budget is None else str(proposal.state_budget),
        "other_budget": "" if proposal.other_budget is None else str(proposal.other_budget),
        "total_budget": "" if total is None else str(total),
        "products": products,
        **{name: getattr(proposal, name) for name, _ in CONTACTS},
    }
