"""One posted section, from the page and from autosave alike: read, save what can be read, say what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from districts.models import Theme
from dossiers.models import Dossier
from dossiers.refusals import ContentRefused
from proposals import filing, sections
from proposals.forms import DraftForm
from proposals.items import money_text, product_text
from proposals.models import SCIENCE_FIELDS, Product, Proposal


@dataclass
class Outcome:
    """``version`` is the one the page goes on with; ``refused`` the sentence when nothing was saved."""

    form: DraftForm
    dossier: Dossier
    version: int
    refused: str = ""
    stale: bool = False

    @property
    def complete(self) -> bool:
        return not self.refused and not self.form.unreadable()

    @property
    def status(self) -> int:
        return 409 if self.refused else 422 if self.form.unreadable() else 200


def load(dossier_pk, *, actor):
    """The proposal's dossier with what every page of it needs, or ``Dossier.DoesNotExist`` beyond the actor's sight."""
    rows = Dossier.objects.visible_to(actor).filter(kind="proposal")
    return rows.select_related("unit", "holder", "round", "theme", "saved_by", "proposal__call").get(pk=dossier_pk)


def blank(dossier, section) -> DraftForm:
    """The section's form as stored."""
    return section.form_class(dossier=dossier, initial=sections.stored(dossier, section))


def post(*, dossier, section, data, actor, now) -> Outcome:
    """Save the readable values of a posted section. Typed text stays in ``form``, whatever happens."""
    form = section.form_class(data, dossier=dossier, initial=sections.stored(dossier, section))
    seen = _seen(data.get("version", ""))
    readable = form.readable()
    try:
        version = filing.save_section(
            proposal=dossier.proposal, key=section.key, data=readable, seen_version=seen, actor=actor, now=now
        )
    except filing.StaleSection as error:
        fresh = load(dossier.pk, actor=actor)
        form.others = _differences(section, readable, sections.stored(fresh, section))
        form.others_by = error.by
        return Outcome(form, fresh, getattr(fresh.proposal, section.version), error.message, stale=True)
    except ContentRefused as error:
        return Outcome(form, dossier, seen, error.message)
    return Outcome(form, load(dossier.pk, actor=actor), version)


def _seen(text):
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _differences(section, mine, theirs):
    """Text of the other person's value for every box that differs."""
    return {
        name: shown(name, theirs[name]) or "(để trống)"
        for name in section.names
        if name not in mine or mine[name] != theirs[name]
    }


def shown(name, value) -> str:
    """A stored value as a reader sees it."""
    if name == "theme":
        return Theme.objects.get(pk=value).name if value else ""
    if name == "science_fields":
        return "; ".join(label for code, label in SCIENCE_FIELDS if code in value)
    if name == "task_type":
        return dict(Proposal.TaskType.choices).get(value, "")
    if name in ("state_budget", "other_budget"):
        return money_text(value)
    if name == "products":
        forms = dict(Product.Form.choices)
        return "\n".join(product_text({**row, "form_label": forms.get(row["form"], "")}) for row in value)
    return "" if value is None else str(value)
