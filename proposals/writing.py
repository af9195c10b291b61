"""What the pages of a proposal being written show: section list, neighbours, the whole check."""

from django.urls import reverse

from dossiers.pages import asked_points
from proposals import checks, items, sections
from proposals.process import PROCESS
from records.dates import format_datetime

BACK_TO_CHECK = "kiem-tra"  # ?tu=kiem-tra: come back to the check after saving


def section_url(dossier, section, *, anchor="", from_check=False):
    url = reverse("proposals:section", args=[dossier.pk, section.key])
    return f"{url}{f'?tu={BACK_TO_CHECK}' if from_check else ''}{f'#{anchor}' if anchor else ''}"


def step_list(dossier, findings, *, current="") -> list[dict]:
    """Sections for the side navigation: done, still to do, or something wrong."""
    steps = []
    for section in sections.SECTIONS:
        mine = [f for f in findings if f.section == section.key and f.blocking]
        state = "done" if not mine else "todo" if all(f.missing for f in mine) else "bad"
        url = section_url(dossier, section)
        steps.append({"label": section.label, "url": url, "state": state, "current": current == section.key})
    ready = all(step["state"] == "done" for step in steps)
    return [
        *steps,
        {
            "label": "Kiểm tra và trình ký",
            "url": reverse("proposals:check", args=[dossier.pk]),
            "state": "done" if ready else "todo",
            "current": current == "check",
        },
    ]


def page_context(dossier, *, current) -> dict:
    """What every page of the form shows around its middle."""
    findings = checks.findings_of(dossier)
    proposal = dossier.proposal
    return {
        **heading(dossier),
        "dossier": dossier,
        "proposal": proposal,
        "status": PROCESS.status(dossier.status),
        "findings": findings,
        "steps": step_list(dossier, findings, current=current),
        "pages": checks.pages(dossier.title, proposal, list(proposal.products.all())),
        "most_pages": checks.MAX_PAGES,
        "asked": asked_points(dossier) if dossier.first_submitted_at else None,
        "leader_note": leader_note(dossier),
    }


def heading(dossier) -> dict:
    """Title and one line under it, the same on every page of a proposal."""
    form = f"Phiếu đặt hàng nhiệm vụ KH&CN (Mẫu {dossier.proposal.form_code}) · {dossier.round.title}"
    return {"head_title": dossier.title or "Đề xuất chưa có tên", "head_lede": form}


def leader_note(dossier):
    """The last event where the unit's own leader gave the draft back and nothing followed."""
    event = dossier.events.order_by("-version").first()
    return event if event and event.action in ("return_to_drafter", "return_again") else None


def section_context(dossier, section, form, version) -> dict:
    """Context of one section's page."""
    before, after = sections.neighbours(section)
    return {
        **page_context(dossier, current=section.key),
        "section": section,
        "form": form,
        "version_text": str(version),  # as text: numbers in templates get a thousands separator
        "saved_text": f"Đã lưu lúc {format_datetime(dossier.saved_at)}" if dossier.content_seq else "",
        "previous": {"label": before.label, "url": section_url(dossier, before)} if before else None,
        "next_label": after.label if after else "Kiểm tra và trình ký",
        "total_budget": items.money_text(items.total_money(dossier.proposal)) or "–",
    }


def next_url(dossier, section, *, wish, from_check):
    """Where a saved section leads: to itself, back to the check, or on."""
    if wish == "o-lai":
        return section_url(dossier, section, from_check=from_check)
    _, after = sections.neighbours(section)
    if from_check or after is None:
        return reverse("proposals:check", args=[dossier.pk])
    return section_url(dossier, after)


def summary(dossier, findings) -> list[dict]:
    """The fifteen items in the order of the form, each with its text, its gaps and the link to mend it."""
    by_item = {}
    for finding in findings:
        by_item.setdefault(finding.item, []).append(finding)
    place = {}
    for section in sections.SECTIONS:
        low, _, high = section.numbers.partition("–")
        place |= {str(number): section for number in range(int(low), int(high) + 1)}
    return [
        {
            "item": item,
            "url": section_url(dossier, place[item["number"]], from_check=True),
            "findings": by_item.get(item["number"], []),
        }
        for item in items.snapshot(dossier)["form_items"]
    ]
