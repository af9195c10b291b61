"""What the weekly mail to the Sở says of reports: units overdue, promises that were not kept, declarations nobody has
looked at. Specialists read of the units in their charge, heads and leaders of all."""

from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from dossiers.process import DEPT_HEADS
from notices.models import Touch
from notices.weekly import Line, Section
from records.dates import format_date
from reports.chasing import chasing_path
from reports.opening import open_obligations
from reports.reconciling import INTAKE, list_path, waiting_by_cycle

NAMED = 5  # units whose promise is named; the rest is counted


def weekly(people, *, roles, now) -> dict:
    """``{person.pk: [Section]}``; three queries."""
    today = timezone.localtime(now).date()
    waited = list(
        open_obligations()
        .filter(declared_at=None, cycle__opened_at__isnull=False)
        .select_related("cycle__round", "responsible", "report__dossier")
        .order_by("due_on", "pk")
    )
    late = [row for row in waited if row.counted_until < today]
    broken, declared = _broken(waited, today), list(waiting_by_cycle())
    found = {}
    for person in people:
        mine = roles[person.pk]
        if mine & DEPT_HEADS:
            found[person.pk] = [
                _overdue(late, total=True),
                _promises(broken, total=True),
                _declared(declared, total=True),
            ]
        elif Role.DEPT_SPECIALIST in mine:
            theirs = [(row, touch) for row, touch in broken if _in_charge(row, person) or touch.by_id == person.pk]
            ours = [row for row in late if _in_charge(row, person)]
            found[person.pk] = [_overdue(ours), _promises(theirs), _declared(declared if mine & INTAKE else [])]
    return found


def _in_charge(row, person):
    """Is the unit's report this person's? What was given to nobody is every specialist's."""
    assignee = row.report.dossier.assignee_id if hasattr(row, "report") else None
    return assignee in (None, person.pk)


def _broken(waited, today):
    """[(obligation, touch)] whose newest promise has passed, the oldest promise first."""
    newest = {}
    promises = Touch.objects.filter(mistaken_at=None, promised_on__isnull=False, duty_key__startswith="report:")
    for touch in promises.order_by("at", "pk"):
        newest[touch.duty_key] = touch
    pairs = [(row, newest[f"report:{row.pk}"]) for row in waited if f"report:{row.pk}" in newest]
    pairs = [(row, touch) for row, touch in pairs if touch.promised_on < today]
    return sorted(pairs, key=lambda pair: (pair[1].promised_on, pair[0].responsible.sort_key, pair[0].pk))


def _overdue(late, *, total=False):
    cycles = {}
    for row in late:
        cycles.setdefault(row.cycle, []).append(row)
    lines = [
        Line(
            f"{cycle.round.title}: {len(rows)} đơn vị quá hạn, hạn sớm nhất {format_date(rows[0].due_on)}",
            f"{chasing_path(cycle)}?only=overdue",
        )
        for cycle, rows in cycles.items()
    ]
    return Section("Đơn vị quá hạn báo cáo", tuple(lines), f"{len(late)} đơn vị quá hạn" if lines else "", total=total)


def _promises(broken, *, total=False):
    lines = [
        Line(
            f"{row.responsible.name}: hứa gửi {format_date(touch.promised_on)}, chưa gửi – {row.cycle.round.title}",
            reverse("admin:reports_obligation_change", args=[row.pk]),
        )
        for row, touch in broken[:NAMED]
    ]
    if len(broken) > NAMED:
        path = f"{chasing_path(broken[NAMED][0].cycle)}?only=promised&sort=promise"
        lines.append(Line(f"và {len(broken) - NAMED} đơn vị khác", path))
    headline = f"{len(broken)} đơn vị chưa gửi như đã hứa" if lines else ""
    return Section("Đã qua ngày hứa gửi", tuple(lines), headline, total=total)


def _declared(rows, *, total=False):
    lines = [
        Line(
            f"{row['cycle__round__title']}: {row['number']} đơn vị báo đã gửi qua hệ thống văn bản, "
            f"sớm nhất ngày {format_date(timezone.localtime(row['oldest']).date())}",
            list_path(),
        )
        for row in rows
    ]
    number = sum(row["number"] for row in rows)
    headline = f"{number} văn bản chờ đối chiếu" if lines else ""
    return Section("Chờ đối chiếu văn bản", tuple(lines), headline, total=total)
