"""Duties every kind of dossier brings: a paper to sign, a number to add."""

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from districts.workdays import add_working_days, load_calendar
from dossiers import kinds
from dossiers.models import Dossier, Event
from dossiers.process import UNIT_ISSUING, Turn
from dossiers.signing import AWAITING, AWAITING_AGAIN, AWAITING_PAPER, DRAFT
from notices.duties import Duty
from records.text import whole_number

LETTER_DAYS = 3  # working days after sending in which the clerk adds number, date and signed copy
SIGNING_DAYS = 2  # working days a dossier may wait for its leader before it counts as due

WAITING = (AWAITING, AWAITING_PAPER, AWAITING_AGAIN)


def with_request(dossiers, process):
    """Add ``asked_version``, the version at which the Sở last asked for a supplement: a second request is another
    duty, with reminders of its own, even when it names the same day."""
    asking = [step.action for step in process.steps if step.reply_date]
    last = Event.objects.filter(dossier=OuterRef("pk"), action__in=asking).order_by("-version")
    return dossiers.annotate(asked_version=Coalesce(Subquery(last.values("version")[:1]), 0))


def request_key(prefix, dossier) -> str:
    """``proposal:17:v5`` of a dossier that came through ``with_request``."""
    return f"{prefix}:{dossier.pk}:v{dossier.asked_version}"


def open_request_keys(prefix, keys, rows) -> set[str]:
    """Which of the keys are requests still open among ``rows`` (through ``with_request``)."""
    numbers = {whole_number(key.partition(":")[2].partition(":")[0]) for key in keys} - {None}
    return set(keys) & {request_key(prefix, row) for row in rows.filter(pk__in=numbers)}


class LetterProvider:
    """The leader sent with “Duyệt và gửi”: the clerk owes number, date and signed copy (practice.md 1)."""

    prefix = "letter"
    kinds = {"letter": "Bổ sung số, ngày, bản ký số"}

    def open_duties(self, *, now, unit_ids=None):
        rows = Dossier.objects.filter(needs_letter=True, submitted_at__isnull=False).select_related("holder")
        if unit_ids is not None:
            rows = rows.filter(holder_id__in=unit_ids)
        calendar = load_calendar()
        for row in rows:
            sent_on = timezone.localtime(row.submitted_at).date()
            yield Duty(
                key=f"letter:{row.pk}",
                kind="letter",
                unit_id=row.holder_id,
                roles=frozenset({Role.UNIT_CLERK}),
                stand_ins=frozenset({Role.UNIT_DRAFTER}),
                due=add_working_days(sent_on, LETTER_DAYS, calendar),
                title=f"Bổ sung số, ngày, bản ký số: {kinds.get(row.kind).label.lower()} {row.code}",
                detail=f"“{row.title}”" if row.title else "",
                path=reverse("dossiers:letter", args=[row.pk]),
                action="Bổ sung",
                opened=sent_on,
            )

    def open_keys(self, keys, *, now):
        ids = [int(key.partition(":")[2]) for key in keys]
        return {
            f"letter:{pk}" for pk in Dossier.objects.filter(pk__in=ids, needs_letter=True).values_list("pk", flat=True)
        }


class ReworkProvider:
    """The unit's leader gave a draft back to its drafter, with a reason."""

    prefix = "rework"
    kinds = {"rework": "Lãnh đạo đơn vị trả lại bản nháp"}

    def open_duties(self, *, now, unit_ids=None):
        rows = _given_back().select_related("round")
        if unit_ids is not None:
            rows = rows.filter(holder_id__in=unit_ids)
        calendar = load_calendar()
        for row in rows:
            opened = timezone.localtime(row.given_back_at).date()
            yield Duty(
                key=f"rework:{row.pk}:{row.version}",
                kind="rework",
                unit_id=row.holder_id,
                roles=UNIT_ISSUING,
                due=max(opened, row.round.effective_due(calendar)),
                title=f"Lãnh đạo trả lại: {row.title or kinds.get(row.kind).label}",
                detail=row.given_back_note[:200],
                path=kinds.get(row.kind).path(row),
                action="Xem và sửa",
                opened=opened,
                urgent=True,
                calm=True,  # the step's own mail has told of it; the deadline has reminders of its own
            )

    def open_keys(self, keys, *, now):
        return set()


def _given_back():
    last = Event.objects.filter(dossier=OuterRef("pk")).order_by("-version")
    return (
        Dossier.objects.filter(status=DRAFT, turn=Turn.UNIT, version__gt=0)
        .annotate(
            last_action=Subquery(last.values("action")[:1]),
            given_back_at=Subquery(last.values("at")[:1]),
            given_back_note=Subquery(last.values("note")[:1]),
        )
        .filter(last_action="return_to_drafter")
        .order_by("pk")
    )


class SignatureProvider:
    """A dossier waits for the unit's leader."""

    prefix = "signature"
    kinds = {"signature": "Hồ sơ chờ ký"}

    def open_duties(self, *, now, unit_ids=None):
        rows = Dossier.objects.filter(status__in=WAITING).select_related("holder", "round")
        if unit_ids is not None:
            rows = rows.filter(holder_id__in=unit_ids)
        rows = list(rows)
        since = dict(
            Event.objects.filter(dossier__in=rows, after__in=WAITING)
            .filter(~Exists(Event.objects.filter(dossier=OuterRef("dossier"), version__gt=OuterRef("version"))))
            .values_list("dossier_id", "at")
        )
        today, calendar = timezone.localtime(now).date(), load_calendar()
        for row in rows:
            asked_on = timezone.localtime(since.get(row.pk, row.turn_since)).date()
            deadline = row.due_on or row.round.effective_due(calendar)
            yield Duty(
                key=f"signature:{row.pk}:{row.version}",
                kind="signature",
                unit_id=row.holder_id,
                roles=frozenset({Role.UNIT_LEADER}),
                due=max(asked_on, min(deadline, add_working_days(asked_on, SIGNING_DAYS, calendar))),
                title=f"Ký và gửi: {row.title or kinds.get(row.kind).label}",
                detail=f"Hạn gửi {deadline:%d/%m/%Y}",
                path=kinds.get(row.kind).path(row),
                action="Xem và ký",
                opened=asked_on,
                late_works=row.first_submitted_at is not None or row.round.is_open(today=today, calendar=calendar),
            )

    def open_keys(self, keys, *, now):
        wanted = dict(key.split(":")[1:] for key in keys)
        rows = Dossier.objects.filter(pk__in=wanted, status__in=WAITING).values_list("pk", "version")
        return {f"signature:{pk}:{version}" for pk, version in rows if wanted[str(pk)] == str(version)}
