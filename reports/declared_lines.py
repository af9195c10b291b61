"""What a unit has declared of a report sent through the document system, and what the Sở answered, as lines of a
history. Read from the audit trail: the declaration writes no status and has no history of its own."""

import datetime as dt

from django.urls import reverse

from records.dates import format_date
from records.models import AuditEntry

# action: (title, tone)
LINES = {
    "obligation.declared": ("Báo đã gửi qua hệ thống văn bản", "info"),
    "obligation.declaration_corrected": ("Sửa số, ngày văn bản đã báo", "info"),
    "obligation.declaration_withdrawn": ("Rút lại số văn bản đã báo", "idle"),
    "obligation.not_arrived": ("Sở báo chưa nhận được văn bản", "warn"),
}


def trail_path(obligation) -> str:
    """The address under which the trail keeps what concerns this obligation."""
    return reverse("admin:reports_obligation_change", args=[obligation.pk])


def lines_of(obligation, *, actor) -> list[dict]:
    """Rows for ``components/timeline.html``, newest first. One query.

    A unit does not read who at the Sở it was; without ``actor`` the reader is one of the Sở.
    """
    rows = AuditEntry.objects.filter(object_path=trail_path(obligation), action__in=LINES).order_by("-at", "-pk")
    return [_line(entry, obligation, actor) for entry in rows]


def _line(entry, obligation, actor):
    title, tone = LINES[entry.action]
    before, note = entry.detail.get("before"), entry.detail.get("note", "")
    if before:
        note = f"Trước: {_words(before)}."
    by_department = entry.action == "obligation.not_arrived"
    place = "Sở KH&CN" if by_department else obligation.responsible.body_name
    named = actor is None or actor.is_department or not by_department
    return {
        "title": f"{title}: {_words(entry.detail)}",
        "who": f"{entry.actor_name}, {place}" if named and entry.actor_name else place,
        "when": entry.at,
        "note": note,
        "tone": tone,
        "href": "",
    }


def _words(said):
    day = said.get("issued_on")
    return f"số {said.get('number', '')}" + (f", ngày {format_date(dt.date.fromisoformat(day))}" if day else "")
