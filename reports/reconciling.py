"""What the Sở owes once units have declared: find their letters among those received, or say that they are not there.

One duty a cycle, due with the declaration that has waited longest: a hundred units declare in the same two days.
"""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from accounts.people import people_of
from accounts.roles import Role
from districts.workdays import add_working_days, load_calendar
from notices import inbox
from notices.duties import Duty
from records.dates import format_date
from records.text import whole_number
from reports.opening import open_obligations

LOOKED_AT_WITHIN = 3  # working days after the declaration; our own figure, no regulation names one
INTAKE = frozenset({Role.DEPT_CLERK, Role.DEPT_SPECIALIST})  # the clerk keeps the register of letters received
STAND_INS = frozenset({Role.DEPT_HEAD, Role.DEPT_LEADER})
NAMED = 20  # units named in an item of the inbox
TURN = "declared"  # the tab of “Chờ xử lý”


def declared():
    """Obligations whose declaration nobody at the Sở has answered, the longest waiting first."""
    return open_obligations().filter(declared_at__isnull=False).order_by("declared_at", "pk")


def list_path() -> str:
    """Where the Sở finds them all."""
    return f"{reverse('admin:index')}?turn={TURN}"


def look_by(declared_at, calendar):
    """The day by which a declaration should be answered."""
    return add_working_days(timezone.localtime(declared_at).date(), LOOKED_AT_WITHIN, calendar)


def waiting_by_cycle():
    """One row a cycle: ``cycle_id``, title, number of declarations and the oldest of them; one query."""
    rows = declared().order_by().values("cycle_id", "cycle__round__title")
    return rows.annotate(number=Count("pk"), oldest=Min("declared_at")).order_by("oldest", "cycle_id")


class ReconcileProvider:
    """The declarations of one cycle; closed when each is confirmed, refused, withdrawn or sent on the portal."""

    prefix = "reconcile"
    kinds = {"reconcile": "Đối chiếu văn bản đơn vị báo đã gửi"}
    of_department = True

    def open_duties(self, *, now, unit_ids=None):
        if unit_ids is not None:  # nothing of any unit's
            return
        calendar = load_calendar()
        for row in waiting_by_cycle():
            since, title = timezone.localtime(row["oldest"]).date(), row["cycle__round__title"]
            yield Duty(
                key=f"reconcile:{row['cycle_id']}",
                kind="reconcile",
                unit_id=None,
                roles=INTAKE,
                stand_ins=STAND_INS,
                due=look_by(row["oldest"], calendar),
                title=f"Đối chiếu văn bản đơn vị báo đã gửi: {title}",
                detail=f"{row['number']} đơn vị, báo sớm nhất ngày {format_date(since)}",
                path=list_path(),
                staff_path=list_path(),
                action="Đối chiếu",
                opened=since,
                late_works=False,  # the sentence about what is late speaks to units
            )

    def open_keys(self, keys, *, now):
        numbers = {whole_number(key.partition(":")[2]) for key in keys} - {None}
        some = declared().order_by().filter(cycle__in=numbers).values_list("cycle_id", flat=True).distinct()
        return {f"reconcile:{pk}" for pk in some}


def tell_intake(cycle, *, now) -> None:
    """One item a day and cycle in the inbox of those who handle intake, renewed with every declaration."""
    today = timezone.localtime(now).date()
    people = people_of(None, roles=INTAKE, today=today) or people_of(None, roles=STAND_INS, today=today)
    rows = list(declared().filter(cycle=cycle).select_related("unit").order_by("-declared_at", "-pk"))
    title, path = cycle.round.title, list_path()
    head = f"{len(rows)} đơn vị báo đã gửi qua hệ thống văn bản: {title}"
    if len(rows) == 1:
        head = f"{rows[0].unit.name} báo đã gửi qua hệ thống văn bản, số {rows[0].declared_number}: {title}"
        path = reverse("admin:reports_obligation_change", args=[rows[0].pk])
    lines = [f"{row.unit.name}: số {row.declared_number}, ngày {format_date(row.declared_on)}" for row in rows[:NAMED]]
    if len(rows) > NAMED:
        lines.append(f"và {len(rows) - NAMED} đơn vị khác")
    key = f"reconcile:{cycle.pk}:{today.isoformat()}"
    inbox.renew(key=key, people=people, title=head, text="\n".join(lines), path=path, now=now)
