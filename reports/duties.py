"""What units owe in the reporting cycles: a first report, or an answer to the Sở's request for more."""

from textwrap import shorten

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from districts.workdays import load_calendar
from dossiers import kinds
from dossiers.duties import WAITING, asked_words, open_requests, request_key, with_request
from dossiers.models import Dossier
from dossiers.moving import moved_words
from notices.duties import COMING, Duty
from records.dates import format_date, format_datetime
from records.text import whole_number
from reports.kind import DECLARE, last_day, locked
from reports.models import Cycle, Entry, Indicator, Obligation
from reports.opening import due_days, open_obligations, units_of
from reports.process import AWAITING, AWAITING_AGAIN, KIND, PROCESS, SUPPLEMENT

NOTE_SHOWN = 200  # characters of the Sở's note where it stands in a line
SENT_AWAY = "Nếu đã gửi bổ sung qua hệ thống văn bản, ông/bà gọi Sở để ghi nhận"
OWING = frozenset({Role.UNIT_DRAFTER, Role.UNIT_CLERK})
STAND_INS = frozenset({Role.UNIT_LEADER})


def with_progress(obligations):
    """Add ``answered`` and ``indicators`` to each obligation, inside the one query."""
    answered = (
        Entry.objects.filter(report__obligation=OuterRef("pk"), indicator__active=True)
        .filter(Q(nil=True) | Q(actual__isnull=False))
        .order_by()
        .values("report")
        .annotate(found=Count("pk"))
        .values("found")
    )
    asked = (
        Indicator.objects.filter(programme=OuterRef("cycle__programme"), active=True)
        .order_by()
        .values("programme")
        .annotate(found=Count("pk"))
        .values("found")
    )
    return obligations.annotate(answered=Coalesce(Subquery(answered), 0), indicators=Coalesce(Subquery(asked), 0))


def work_path(obligation) -> str:
    """Where work on the obligation goes on: the start page, the grid, or the reading page while it is signed."""
    report = getattr(obligation, "report", None)
    if report is None:
        return reverse("reports:open", args=[obligation.pk])
    name = "reports:detail" if report.dossier.status in WAITING else "reports:edit"
    return reverse(name, args=[report.pk])


def declared_words(obligation) -> str:
    """“Đơn vị đã báo gửi số 45/BC-UBND, ngày 23/11/2026; Sở đang đối chiếu”."""
    said = f"số {obligation.declared_number}, ngày {format_date(obligation.declared_on)}"
    return f"Đơn vị đã báo gửi {said}; Sở đang đối chiếu"


def missed_words(obligation) -> str:
    """“ngày 23/11/2026 Sở báo chưa nhận được văn bản số 45/BC-UBND: Không có số này …”, the note on one line."""
    day = format_date(timezone.localtime(obligation.missed_at).date())
    note = shorten(obligation.missed_note, width=NOTE_SHOWN, placeholder=" …").rstrip(".")
    return f"ngày {day} Sở báo chưa nhận được văn bản số {obligation.missed_number}: {note}"


def _sendable(rows, now, calendar=None):
    """The obligations whose cycle is not locked: a locked one is past, not an urgent thing to do for ever."""
    today, calendar = timezone.localtime(now).date(), calendar or load_calendar()
    return [row for row in rows if not locked(row, row.cycle.round, today=today, calendar=calendar)]


class ReportProvider:
    """An open obligation; closed by the first sending, by paper received, with a reason, or by the cycle's lock."""

    prefix = "report"
    kinds = {"report": "Gửi báo cáo"}

    def open_duties(self, *, now, unit_ids=None):
        rows = with_progress(open_obligations()).select_related("cycle__round", "report__dossier")
        if unit_ids is not None:
            rows = rows.filter(responsible_id__in=unit_ids)
        calendar = load_calendar()
        for row in _sendable(rows.order_by("due_on", "pk"), now, calendar):
            yield self.duty_of(row, calendar)

    def duty_of(self, row, calendar):
        """The duty of one obligation that came through ``with_progress``."""
        dossier = row.report.dossier if hasattr(row, "report") else None
        left = row.indicators - row.answered
        detail = f"còn {left}/{row.indicators} chỉ tiêu chưa nhập" if left else "đã nhập đủ chỉ tiêu"
        if dossier and dossier.status == AWAITING:
            detail = "đang chờ ký"
        waiting = detail == "đang chờ ký"
        detail += f"; {row.extended}" if row.is_extended else moved_words(row.cycle.round)
        if row.declared_at:
            detail = declared_words(row)
        elif row.is_missed:
            detail = f"{missed_words(row)}; {detail}"
        return Duty(
            key=f"report:{row.pk}",
            kind="report",
            unit_id=row.responsible_id,
            roles=OWING,
            stand_ins=STAND_INS,
            due=row.due_on,
            grace_until=row.counted_until,
            ends_on=last_day(row, row.cycle.round, calendar),
            title=row.cycle.round.title,
            subject=f"gửi {row.cycle.round.title}",
            detail=detail,
            path=reverse("reports:declare", args=[row.pk]) if row.declared_at else work_path(row),
            action="Xem" if waiting or row.declared_at else "Làm tiếp" if dossier else "Bắt đầu",
            opened=timezone.localtime(row.cycle.opened_at).date() if row.cycle.opened_at else row.cycle.round.opens_on,
            done=row.answered,
            total=row.indicators,
            progress_label=f"đã nhập {row.answered}/{row.indicators} chỉ tiêu",
            staff_path=reverse("admin:reports_obligation_change", args=[row.pk]),
            staff_list_path=reverse("admin:reports_chasing", args=[row.cycle_id]),
            assignee_id=dossier.assignee_id if dossier else None,
            calm=row.declared_at is not None,
            settled=row.declared_at is not None,
            calm_reason=_declared(row),
            day_title=f"Hạn gửi: {row.cycle.round.title}",
            urgent=row.is_missed,
            other_label=DECLARE,
            other_path=reverse("reports:declare", args=[row.pk]),
        )

    def coming(self, *, now, last, unit_ids=None):
        """A report for each unit of every cycle that opens by itself until ``last``; a query a cycle."""
        today, calendar = timezone.localtime(now).date(), load_calendar()
        waiting = Cycle.objects.filter(opened_at=None, round__opens_on__lte=last).select_related("round").order_by("pk")
        for cycle in waiting:
            units = units_of(cycle) if unit_ids is None else units_of(cycle).filter(pk__in=unit_ids)
            days = due_days(cycle, calendar)
            for unit_id in units.values_list("pk", flat=True):
                yield Duty(
                    key=f"{COMING}:{cycle.pk}-{unit_id}",
                    kind="report",
                    unit_id=unit_id,
                    roles=OWING,
                    stand_ins=STAND_INS,
                    due=days["due_on"],
                    grace_until=days["counted_until"],
                    ends_on=cycle.round.last_day(calendar),
                    title=cycle.round.title,
                    path=reverse("reports:list"),
                    staff_path=reverse("admin:reports_cycle_change", args=[cycle.pk]),
                    opened=max(cycle.round.opens_on, today),
                )

    def why_closed(self, key):
        row = Obligation.objects.filter(pk__in=_numbers([key])).select_related("cycle__round").first()
        if row is None:
            return "nghĩa vụ báo cáo này không tồn tại"
        if row.first_sent_at:
            return f"đơn vị đã gửi báo cáo trên Cổng lúc {format_datetime(row.first_sent_at)}"
        if row.paper_on:
            arrived = f"số đến {row.paper_number}, ngày đến {format_date(row.paper_on)}"
            return f"Sở đã nhận báo cáo qua hệ thống văn bản, {arrived}"
        if row.closed_at:
            return f"nghĩa vụ báo cáo đã kết thúc, lý do: {row.closed_reason.rstrip('.')}"
        return "kỳ báo cáo đã khóa, đơn vị chưa gửi"

    def open_keys(self, keys, *, now):
        return set(self.open_dues(keys, now=now))

    def open_dues(self, keys, *, now):
        rows = open_obligations().filter(pk__in=_numbers(keys), declared_at=None).select_related("cycle__round")
        return {f"report:{row.pk}": row.due_on for row in _sendable(rows, now)}


def _declared(row):
    if row.declared_at is None:
        return ""
    dated = f", ngày {format_date(row.declared_on)}" if row.declared_on else ""
    said = f"Đơn vị đã báo gửi qua hệ thống văn bản, số {row.declared_number}{dated}"
    return f"{said} (báo ngày {format_date(timezone.localtime(row.declared_at).date())}); Sở đang đối chiếu nên không nhắc."


def duties_of_cycle(cycle, *, now, ids=None):
    """The open duties “gửi báo cáo” of one cycle, or of its obligations ``ids``."""
    rows = open_obligations().filter(cycle=cycle).values_list("pk", flat=True)
    mine = {f"report:{pk}" for pk in rows if ids is None or pk in ids}
    return [duty for duty in ReportProvider().open_duties(now=now) if duty.key in mine]


class SupplementProvider:
    """The Sở asked for more; the day to answer by stands on the dossier."""

    prefix = "report_supplement"
    kinds = {"report_supplement": "Bổ sung báo cáo"}

    def _rows(self):
        rows = Dossier.objects.filter(kind=KIND, status__in=(SUPPLEMENT, AWAITING_AGAIN), due_on__isnull=False)
        return with_request(rows, PROCESS)

    def open_duties(self, *, now, unit_ids=None):
        rows = self._rows()
        if unit_ids is not None:
            rows = rows.filter(holder_id__in=unit_ids)
        for row in rows.order_by("due_on", "pk"):
            waiting = row.status == AWAITING_AGAIN
            yield Duty(
                key=request_key(self.prefix, row),
                kind="report_supplement",
                unit_id=row.holder_id,
                roles=OWING,
                stand_ins=STAND_INS,
                due=row.due_on,
                title=f"Bổ sung: {row.title}",
                detail="đang chờ ký"
                if waiting
                else f"{asked_words(row)}; kết quả đúng hạn lần đầu được giữ nguyên. {SENT_AWAY}",
                path=reverse("reports:detail" if waiting else "reports:edit", args=[row.pk]),
                staff_path=kinds.get(KIND).staff_path(row),
                action="Xem" if waiting else "Bổ sung",
                urgent=not waiting,
                opened=timezone.localtime(row.turn_since).date(),
            )

    def open_keys(self, keys, *, now):
        return set(self.open_dues(keys, now=now))

    def open_dues(self, keys, *, now):
        return open_requests(self.prefix, keys, self._rows())


def _numbers(keys) -> list[int]:
    tails = (whole_number(key.partition(":")[2]) for key in keys)
    return [tail for tail in tails if tail is not None]
