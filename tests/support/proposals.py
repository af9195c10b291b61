"""Filled-in proposals and posted rows, for tests."""

from django.urls import reverse

from dossiers.door import take_step
from dossiers.models import Dossier
from proposals import filing, sections
from proposals.models import Proposal
from tests.factories import NOW, make_theme

CONTENT = {
    "title": "Ứng dụng chế phẩm vi sinh xử lý rơm rạ sau thu hoạch",
    "science_fields": ["nong_nghiep"],
    "task_type": "ung_dung",
    "grounds": "Kế hoạch số 139/KH-UBND ngày 12/5/2025 của UBND Thành phố Hà Nội.",
    "urgency": "Mỗi vụ còn khoảng 40% diện tích lúa đốt rơm rạ ngoài đồng.",
    "general_aim": "Giảm đốt rơm rạ ngoài đồng.",
    "specific_aims": "Giảm 60% diện tích đốt rơm rạ tại 5 thôn vào vụ mùa năm 2027.",
    "main_contents": "Khảo sát hiện trạng.\nThử nghiệm ba chế phẩm trên 10 ha.",
    "products": [
        {
            "name": "Quy trình xử lý rơm rạ",
            "form": "II",
            "unit_of_measure": "quy trình",
            "quantity": 1,
            "target": "Được Hội đồng nghiệm thu",
        }
    ],
    "effects": "Giảm ô nhiễm không khí, tăng hữu cơ cho đất.",
    "state_budget": 800,
    "other_budget": 50,
    "months": 24,
    "period_from": "01/2027",
    "period_to": "12/2028",
    "reception": "UBND xã tiếp nhận, giao Phòng Kinh tế quản lý, sử dụng kết quả.",
    "contact_organisation": "UBND xã Ứng Hòa",
    "contact_representative": "Lê Văn Chủ, Chủ tịch",
    "contact_identifier": "H26.45",
    "contact_phone": "024 1234 5678",
    "contact_email": "ungHoa@hanoi.gov.vn",
    "contact_address": "Xã Ứng Hòa, Thành phố Hà Nội",
}


def fill(proposal, actor, **values):
    """Save the given values, section by section, over what is there."""
    for section in sections.SECTIONS:
        data = {name: values[name] for name in section.names if name in values}
        if data:
            row = Proposal.objects.select_related("dossier__unit").get(pk=proposal.pk)
            seen = getattr(row, section.version)
            filing.save_section(proposal=row, key=section.key, data=data, seen_version=seen, actor=actor, now=NOW)
    return Proposal.objects.select_related("dossier").get(pk=proposal.pk)


def complete(proposal, actor, **values):
    """A proposal that passes the whole check."""
    return fill(proposal, actor, **({"theme": make_theme()} | CONTENT | values))


def step(proposal, action, actor, *, now=NOW, **arguments):
    """Take one step with the version as it is now."""
    dossier = Dossier.objects.get(pk=proposal.pk)
    return take_step(dossier=dossier, action=action, actor=actor, version=dossier.version, now=now, **arguments)


def rows_data(rows):
    """POST data of the product rows, as the page would send it."""
    data = {"products-TOTAL_FORMS": str(len(rows)), "products-INITIAL_FORMS": "0"}
    for index, row in enumerate(rows):
        data |= {f"products-{index}-{name}": value for name, value in row.items()}
    return data


def section_url(proposal, key, name="section"):
    """Address of one section's page (or, by ``name``, of what belongs to it)."""
    return reverse(f"proposals:{name}", args=[proposal.pk, key])


def fresh(proposal):
    """The proposal and its dossier as they are stored now."""
    return Proposal.objects.select_related("dossier").get(pk=proposal.pk)
