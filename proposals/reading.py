"""What the page of a proposal tells a unit beyond what every dossier has."""

from districts.workdays import load_calendar
from proposals.items import money_text, total_money
from proposals.models import CityDecision
from proposals.step_fields import RECOMMENDATIONS
from proposals.writing import heading, leader_note

_RECOMMENDED = dict(RECOMMENDATIONS)


def extras(dossier, context, *, actor) -> dict:
    """Context beside ``dossiers.pages.page_context``: council and city."""
    decisions = list(dossier.proposal.decisions.order_by("-pk"))
    decision = decisions[0] if decisions else None
    return {
        **heading(dossier),
        **({"head_title": context["title"]} if context["content_of"] else {}),
        "due": dossier.round.effective_due(load_calendar()),
        "council": council(dossier),
        "decision": decision,
        "approval": approval(dossier, decision),
        "leader_note": leader_note(dossier),
    }


def council(dossier):
    """The latest recommendation with its reason. The vote count is for the Sở only (practice.md 20)."""
    result = dossier.proposal.council_results.only("recommendation", "reason", "minutes_date", "proposal").first()
    if result is None:
        return None
    return {
        "recommendation": _RECOMMENDED.get(result.recommendation, result.recommendation),
        "reason": result.reason,
        "date": result.minutes_date,
        "negative": result.recommendation == "dont",
    }


def approval(dossier, decision) -> list[dict]:
    """Rows (label, proposed, approved) of an approval; empty before."""
    if decision is None or decision.kind != CityDecision.Kind.APPROVE:
        return []
    proposal = dossier.proposal
    aims = "\n".join(text for text in (proposal.general_aim, proposal.specific_aims) if text)
    total = total_money(decision)
    rows = (
        ("Tên nhiệm vụ", dossier.title, decision.name),
        ("Mục tiêu", aims, decision.aim),
        ("Kinh phí từ NSNN", money_text(proposal.state_budget), money_text(decision.state_budget)),
        ("Kinh phí từ nguồn khác", money_text(proposal.other_budget), money_text(decision.other_budget)),
        ("Tổng kinh phí", money_text(total_money(proposal)), money_text(total)),
    )
    return [
        {"label": label, "proposed": proposed, "approved": approved, "changed": proposed.strip() != approved.strip()}
        for label, proposed, approved in rows
    ]
