"""The seven sections of the form, as data."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from proposals.forms import AimsForm, BasicsForm, BodiesForm, ContactsForm, DraftForm, GroundsForm, MoneyForm
from proposals.items import CONTACTS
from proposals.product_forms import ResultsForm


@dataclass(frozen=True)
class Section:
    """``columns`` are those of ``Proposal``; ``outside`` what stands on the dossier or in rows of its own."""

    key: str
    numbers: str
    title: str
    form_class: type[DraftForm]
    columns: tuple
    outside: tuple = ()

    @property
    def label(self) -> str:
        return f"{self.numbers} {self.title}"

    @property
    def version(self) -> str:
        """Name of the column that counts the saves of this section."""
        return f"{self.key}_version"

    @property
    def names(self) -> tuple:
        return self.outside + self.columns


SECTIONS = (
    Section(
        "basics", "1–3", "Tên, lĩnh vực, loại hình", BasicsForm, ("science_fields", "task_type"), ("title", "theme")
    ),
    Section("grounds", "4–5", "Căn cứ, tính cấp thiết", GroundsForm, ("grounds", "urgency")),
    Section("aims", "6–7", "Mục tiêu, nội dung chính", AimsForm, ("general_aim", "specific_aims", "main_contents")),
    Section("results", "8–9", "Kết quả, hiệu quả", ResultsForm, ("effects",), ("products",)),
    Section(
        "money",
        "10–11",
        "Kinh phí, thời gian",
        MoneyForm,
        ("state_budget", "other_budget", "months", "period_from", "period_to"),
    ),
    Section("bodies", "12–13", "Tổ chức, tiếp nhận", BodiesForm, ("direct_body", "direct_reason", "reception")),
    Section(
        "contacts",
        "14–15",
        "Tài liệu, liên hệ",
        ContactsForm,
        ("references", *(name for name, _ in CONTACTS)),
    ),
)
_BY_KEY = {section.key: section for section in SECTIONS}


def get(key: str) -> Section:
    """The section, or ``Http404`` for an address that names none."""
    try:
        return _BY_KEY[key]
    except KeyError:
        raise Http404 from None


def neighbours(section) -> tuple[Section | None, Section | None]:
    """The sections before and after."""
    index = SECTIONS.index(section)
    before = SECTIONS[index - 1] if index else None
    after = SECTIONS[index + 1] if index + 1 < len(SECTIONS) else None
    return before, after


def stored(dossier, section) -> dict:
    """The section's values as they stand in the database row loaded with ``dossier``."""
    proposal = dossier.proposal
    values = {name: getattr(proposal, name) for name in section.columns}
    if "title" in section.outside:
        values |= {"title": dossier.title, "theme": dossier.theme_id}
    if "products" in section.outside:
        names = ("name", "form", "unit_of_measure", "quantity", "target")
        values["products"] = list(proposal.products.order_by("position", "pk").values(*names))
    return values
