"""What the weekly mail to the Sở says of reports: how many units are overdue in each cycle."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from notices.weekly import Line, Section
from records.dates import format_date
from reports.opening import open_obligations


def weekly(people, *, now) -> dict:
    """``{person.pk: [Section]}``; one query. Everybody is told the same."""
    today = timezone.localtime(now).date()
    late = (
        open_obligations()
        .filter(due_on__lt=today)
        .order_by()
        .values("cycle__round__title")
        .annotate(number=Count("pk"), first=Min("due_on"))
    )
    path = reverse("admin:reports_obligation_changelist")
    lines = [
        Line(
            f"{row['cycle__round__title']}: {row['number']} đơn vị quá hạn, hạn sớm nhất {format_date(row['first'])}",
            path,
        )
        for row in sorted(late, key=lambda row: row["first"])
    ]
    total = sum(row["number"] for row in late)
    section = Section("Đơn vị quá hạn báo cáo", tuple(lines), f"{total} đơn vị quá hạn" if lines else "")
    return {person.pk: [section] for person in people}
