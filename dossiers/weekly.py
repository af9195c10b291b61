"""What the weekly mail to the Sở says of dossiers: to specialists what they can act on, to heads and leaders what waits
on their decision, then how much waits at the Sở."""

from dataclasses import dataclass

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from districts.workdays import load_calendar, working_days_between
from dossiers import kinds
from dossiers.models import Dossier
from dossiers.process import DEPT_HEADS, Turn
from notices.weekly import Line, Section
from records.dates import format_date

NAMED = 5  # dossiers that are named; the rest is counted


@dataclass(frozen=True)
class _Group:
    """What waits at the Sở in one status; ``free`` of it is nobody's."""

    kind: object
    status: object
    number: int
    days: int
    free: int
    free_days: int

    def line(self, *, free=False):
        number, days = (self.free, self.free_days) if free else (self.number, self.days)
        path = f"{reverse('admin:index')}?kind={self.kind.code}&status={self.status.code}"
        text = f"{self.kind.label} – {self.status.label}: {number} hồ sơ, {_waits('lâu nhất', days)}"
        return Line(text, path + ("&assignee=none" if free else ""))


def weekly(people, *, roles, now) -> dict:
    """``{person.pk: [Section]}``; three queries, however many dossiers and people."""
    today, calendar = timezone.localtime(now).date(), load_calendar()

    def days(since):
        return max(0, working_days_between(timezone.localtime(since).date(), today, calendar)) if since else 0

    groups = _groups(days)
    rows = Dossier.objects.filter(turn=Turn.DEPARTMENT, assignee__in=people).select_related("unit")
    own = {}
    for row in rows.order_by("turn_since", "pk"):
        own.setdefault(row.assignee_id, []).append(row)
    late = _unanswered(today)
    return {
        person.pk: _sections(person, roles[person.pk], groups, own.get(person.pk, []), late, days) for person in people
    }


def _sections(person, mine, groups, own, late, days):
    found = [_assigned([row for row in own if _works_on(row, mine)], days)]
    if Role.DEPT_SPECIALIST in mine:
        found.append(_unassigned([group for group in groups if group.free and _may_move(group, mine)]))
    if mine & DEPT_HEADS:
        decisions = [group for group in groups if _needs_decision(group.kind, group.status.code, mine)]
        others = [group for group in groups if group not in decisions]
        return [_deciding(decisions), *found, _overdue(late, total=True), _waiting(others)]
    if Role.DEPT_SPECIALIST in mine:
        found.append(_overdue([row for row in late if row.assignee_id in (None, person.pk)]))
    return found


def _groups(days):
    free = Q(assignee=None)
    rows = (
        Dossier.objects.filter(turn=Turn.DEPARTMENT)
        .order_by()
        .values("kind", "status")
        .annotate(
            number=Count("pk"),
            oldest=Min("turn_since"),
            free=Count("pk", filter=free),
            oldest_free=Min("turn_since", filter=free),
        )
    )
    found = []
    for row in sorted(rows, key=lambda row: (row["oldest"], row["kind"], row["status"])):
        kind = kinds.get(row["kind"])
        status, free_days = kind.process.status(row["status"]), days(row["oldest_free"])
        found.append(_Group(kind, status, row["number"], days(row["oldest"]), row["free"], free_days))
    return found


def _can_act(kind, status, mine):
    return any(step.roles & mine for step in kind.process.steps_from(status))


def _may_move(group, mine):
    return _can_act(group.kind, group.status.code, mine)


def _needs_decision(kind, status, mine):
    """Is the next step theirs alone – one that no specialist can take?"""
    return _can_act(kind, status, mine & DEPT_HEADS) and not _can_act(kind, status, {Role.DEPT_SPECIALIST})


def _works_on(row, mine):
    """Can the person in charge take a step, other than one told as a decision?"""
    kind = kinds.get(row.kind)
    return _can_act(kind, row.status, mine) and not _needs_decision(kind, row.status, mine)


def _deciding(groups):
    total = sum(group.number for group in groups)
    headline = f"{total} hồ sơ chờ ông/bà quyết định" if total else ""
    return Section("Chờ ông/bà quyết định", tuple(group.line() for group in groups), headline)


def _assigned(rows, days):
    lines = [
        Line(f"{_named(row)} – {_waits('chờ', days(row.turn_since))}", kinds.get(row.kind).admin_path(row))
        for row in rows[:NAMED]
    ]
    if len(rows) > NAMED:
        lines.append(Line(f"và {len(rows) - NAMED} hồ sơ khác", reverse("admin:index") + "?assignee=mine"))
    return Section("Hồ sơ giao cho ông/bà", tuple(lines), f"{len(rows)} hồ sơ của ông/bà" if rows else "")


def _unassigned(groups):
    total = sum(group.free for group in groups)
    lines = tuple(group.line(free=True) for group in groups)
    return Section("Hồ sơ chưa giao ai", lines, f"{total} hồ sơ chưa giao" if total else "")


def _waiting(groups):
    total = sum(group.number for group in groups)
    lines = tuple(group.line() for group in groups)
    return Section("Đang chờ Sở xử lý", lines, f"{total} hồ sơ chờ Sở" if total else "", total=True)


def _unanswered(today):
    rows = Dossier.objects.filter(turn=Turn.UNIT, due_on__lt=today, submitted_at__isnull=False)
    return list(rows.select_related("unit", "holder").order_by("due_on", "pk"))


def _overdue(rows, *, total=False):
    lines = [
        Line(f"{row.holder.name}: {_named(row)}, hẹn {format_date(row.due_on)}", kinds.get(row.kind).admin_path(row))
        for row in rows[:NAMED]
    ]
    if len(rows) > NAMED:
        lines.append(Line(f"và {len(rows) - NAMED} hồ sơ khác", reverse("admin:index")))
    headline = f"{len(rows)} hồ sơ bổ sung quá hạn" if rows else ""
    return Section("Đơn vị chưa gửi lại dù đã quá ngày hẹn", tuple(lines), headline, total=total)


def _waits(word, days):
    return f"{word} {days} ngày làm việc" if days else "mới hôm nay"


def _named(row):
    """“ĐX-2027-0042, “Ứng dụng …””."""
    return f"{row}, “{row.shown_title}”" if row.shown_title else f"{row}, {row.unit.name}"
