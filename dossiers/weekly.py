"""What the weekly mail to the Sở says of dossiers: what waits there, what is assigned to the reader, late answers."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from districts.workdays import load_calendar, working_days_between
from dossiers import kinds
from dossiers.models import Dossier
from dossiers.process import Turn
from notices.weekly import Line, Section

NAMED = 5  # dossiers of one's own that are named; the rest is counted


def weekly(people, *, now) -> dict:
    """``{person.pk: [Section]}``; three queries, however many dossiers and people."""
    today, calendar = timezone.localtime(now).date(), load_calendar()

    def days(since):
        return max(0, working_days_between(timezone.localtime(since).date(), today, calendar))

    common = [_waiting(days), _unanswered(today)]
    own = {}
    rows = Dossier.objects.filter(turn=Turn.DEPARTMENT, assignee__in=people).select_related("unit")
    for row in rows.order_by("turn_since", "pk"):
        own.setdefault(row.assignee_id, []).append(row)
    return {person.pk: [_assigned(own.get(person.pk, []), days), *common] for person in people}


def _assigned(rows, days):
    lines = [
        Line(f"{row}: {row.title or row.unit.name} – chờ {days(row.turn_since)} ngày làm việc", _path(row))
        for row in rows[:NAMED]
    ]
    if len(rows) > NAMED:
        lines.append(Line(f"và {len(rows) - NAMED} hồ sơ khác", reverse("admin:index") + "?assignee=mine"))
    return Section("Hồ sơ giao cho ông/bà", tuple(lines), f"{len(rows)} hồ sơ của ông/bà" if rows else "")


def _path(row):
    return kinds.get(row.kind).admin_path(row)


def _waiting(days):
    groups = (
        Dossier.objects.filter(turn=Turn.DEPARTMENT)
        .order_by()
        .values("kind", "status")
        .annotate(number=Count("pk"), oldest=Min("turn_since"))
    )
    lines, total = [], 0
    for group in sorted(groups, key=lambda group: group["oldest"]):
        kind = kinds.get(group["kind"])
        status = kind.process.status(group["status"]).label
        total += group["number"]
        text = f"{kind.label} – {status}: {group['number']} hồ sơ, lâu nhất {days(group['oldest'])} ngày làm việc"
        lines.append(Line(text, f"{reverse('admin:index')}?kind={group['kind']}&status={group['status']}"))
    return Section("Chờ Sở xử lý", tuple(lines), f"{total} hồ sơ chờ Sở" if total else "")


def _unanswered(today):
    late = Dossier.objects.filter(turn=Turn.UNIT, due_on__lt=today, submitted_at__isnull=False).count()
    lines = (Line(f"{late} hồ sơ đơn vị chưa gửi lại dù đã quá ngày hẹn.", ""),) if late else ()
    return Section("Bổ sung quá hạn", lines, f"{late} hồ sơ bổ sung quá hạn" if late else "")
