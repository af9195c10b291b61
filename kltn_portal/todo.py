"""What the unit's first page shows: duties by urgency, and what happened last to its dossiers."""

from django.db.models import Q
from django.utils import timezone

from accounts.roles import UNIT_WRITERS
from districts.workdays import load_calendar
from dossiers import kinds
from dossiers.models import Dossier, Round
from notices.duties import open_duties_of
from notices.ladder import days_left
from records.dates import format_date

SOON = 10  # working days: two weeks
RECENT = 8


def home_context(actor, *, now) -> dict:
    """Everything the page needs; reads only, with a number of queries that does not depend on how much there is."""
    today, calendar = timezone.localtime(now).date(), load_calendar()
    rows = [(duty, days_left(duty.due, today, calendar)) for duty in open_duties_of(actor, now=now)]
    groups = (
        ("Cần xử lý ngay", [row for row in rows if _is_urgent(*row)]),
        ("Sắp đến hạn", [row for row in rows if not _is_urgent(*row) and _is_soon(*row)]),
        ("Việc khác", [row for row in rows if not _is_urgent(*row) and not _is_soon(*row)]),
    )
    return {
        "groups": [(title, some) for title, some in groups if some],
        "duty_count": len(rows),
        "lede": _lede(sum(left <= SOON for _, left in rows)) if rows else "",
        "next_opening": "" if rows else _next_opening(today),
        "recent": _recent(actor),
        "may_write": bool(actor.unit_roles[actor.unit.pk] & UNIT_WRITERS),
    }


def _is_urgent(duty, left):
    return left <= 0 or duty.urgent


def _is_soon(duty, left):
    return left <= SOON and not duty.calm


def _lede(near):
    if near:
        return f"{near} việc có hạn trong {SOON} ngày làm việc tới. Việc gấp nhất ở trên cùng."
    return f"Không có việc nào đến hạn trong {SOON} ngày làm việc tới."


def _next_opening(today):
    coming = Round.objects.filter(opens_on__gt=today).order_by("opens_on", "pk").first()
    return f"{coming.title} mở ngày {format_date(coming.opens_on)}." if coming else ""


def _recent(actor):
    """The dossiers of the unit that moved last, each with its kind, status and address."""
    mine = Dossier.objects.visible_to(actor).filter(Q(holder=actor.unit) | Q(unit=actor.unit))
    rows = mine.select_related("theme", "round").order_by("-turn_since", "-pk")[:RECENT]
    return [
        {
            "dossier": row,
            "kind": kinds.get(row.kind),
            "status": kinds.get(row.kind).process.status(row.status),
            "path": kinds.get(row.kind).path(row),
        }
        for row in rows
    ]
