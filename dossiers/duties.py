"""Duties every kind of dossier brings: a paper to sign, a number to add."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from districts.workdays import add_working_days, load_calendar
from dossiers import kinds
from dossiers.models import Dossier, Event
from dossiers.signing import AWAITING, AWAITING_AGAIN
from notices.duties import Duty

LETTER_DAYS = 3  # working days after sending in which the clerk adds number, date and signed copy
SIGNING_DAYS = 2  # working days a dossier may wait for its leader before it counts as due

WAITING = (AWAITING, AWAITING_AGAIN)


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
        calendar = load_calendar()
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
            )

    def open_keys(self, keys, *, now):
        wanted = dict(key.split(":")[1:] for key in keys)
        rows = Dossier.objects.filter(pk__in=wanted, status__in=WAITING).values_list("pk", "version")
        return {f"signature:{pk}:{version}" for pk, version in rows if wanted[str(pk)] == str(version)}
