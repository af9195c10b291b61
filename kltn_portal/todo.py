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
SAID_SENT = {"tone": "info", "label": "Đã báo gửi", "icon": "envelope"}  # the unit has, the Sở looks for it


def home_context(actor, *, now) -> dict:
    """Everything the page needs; reads only, with a number of queries that does not depend on how much there is."""
    today, calendar = timezone.localtime(now).date(), load_calendar()
    owed = open_duties_of(actor, now=now)
    settled = [(duty, None, False) for duty in owed if duty.settled]
    rows = [_row(duty, today, calendar) for duty in owed if not duty.settled]
    groups = (
        ("Cần xử lý ngay", [row for row in rows if _is_urgent(*row)]),
        ("Sắp đến hạn", [row for row in rows if not _is_urgent(*row) and _is_soon(*row)]),
        ("Việc khác", [row for row in rows if not _is_urgent(*row) and not _is_soon(*row)]),
        ("Đã báo gửi, chờ Sở đối chiếu", settled),
    )
    return {
        "groups": [(title, some) for title, some in groups if some],
        "duty_count": len(rows),
        "lede": _lede([left for _, left, _ in rows]) if rows else "",
        "next_opening": "" if rows else _next_opening(today),
        "recent": _recent(actor),
        "may_write": bool(actor.unit_roles[actor.unit.pk] & UNIT_WRITERS),
    }


def _row(duty, today, calendar):
    """(duty, working days left, whether they are those in which it still counts as on time)."""
    return duty, days_left(duty.presses_on(today), today, calendar), duty.in_grace(today)


def _is_urgent(duty, left, grace):
    return left <= 0 or duty.urgent or grace


def _is_soon(duty, left, grace):
    return left <= SOON and not duty.calm


def _lede(lefts):
    late, near = sum(left < 0 for left in lefts), sum(0 <= left <= SOON for left in lefts)
    if not late and not near:
        return f"Không có việc nào đến hạn trong {SOON} ngày làm việc tới."
    parts = [f"{late} việc quá hạn"] if late else []
    parts += [f"{near} việc có hạn trong {SOON} ngày làm việc tới"] if near else []
    return f"{', '.join(parts)}."


def _next_opening(today):
    coming = Round.objects.filter(opens_on__gt=today).order_by("opens_on", "pk").first()
    return f"{coming.title} mở ngày {format_date(coming.opens_on)}." if coming else ""


def _recent(actor):
    """The dossiers of the unit that moved last, each with its kind, status and address."""
    mine = Dossier.objects.visible_to(actor).filter(Q(holder=actor.unit) | Q(unit=actor.unit))
    rows = list(mine.select_related("theme", "round").order_by("-turn_since", "-pk")[:RECENT])
    said = {pk for kind in kinds.all_kinds() for pk in kind.said_sent([row for row in rows if row.kind == kind.code])}
    return [
        {
            "dossier": row,
            "kind": kinds.get(row.kind),
            "status": SAID_SENT if row.pk in said else kinds.get(row.kind).process.status(row.status),
            "path": kinds.get(row.kind).path(row),
        }
        for row in rows
    ]
