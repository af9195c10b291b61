"""Duties every kind of dossier brings: a paper to sign, a number to add."""

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.people import people_by_unit
from accounts.roles import Role
from districts.workdays import add_working_days, load_calendar
from dossiers import kinds
from dossiers.models import Dossier, Event
from dossiers.moving import moved_words
from dossiers.process import UNIT_ISSUING, UNIT_LEADING, Turn
from dossiers.signing import AWAITING_PAPER, DRAFT, WAITING_FOR_LEADER
from notices.duties import Duty
from records.dates import format_date
from records.text import whole_number

LETTER_DAYS = 3  # working days after sending in which the clerk adds number, date and signed copy
PAPER_DAYS = 2  # working days after which the portal's copy of what came on paper stands among what is due

COME_ON_PAPER = "Sở đã nhận qua hệ thống văn bản; đơn vị ký bản trên Cổng khi thuận tiện nên không nhắc."

WAITING = WAITING_FOR_LEADER


def with_request(dossiers, process):
    """Add ``asked_version``, the version at which the Sở last asked for a supplement, and ``asked_note``: a second request is another
    duty, with reminders of its own, even when it names the same day."""
    asking = [step.action for step in process.steps if step.reply_date]
    last = Event.objects.filter(dossier=OuterRef("pk"), action__in=asking).order_by("-version")
    return dossiers.annotate(
        asked_version=Coalesce(Subquery(last.values("version")[:1]), 0),
        asked_note=Subquery(last.values("note")[:1]),
    )


def points_of(note) -> list[str]:
    """What the Sở asks for, one point a line."""
    return [line.strip() for line in note.splitlines() if line.strip()]


def asked_words(dossier) -> str:
    """“Sở đề nghị bổ sung 3 nội dung” of a dossier that came through ``with_request``."""
    number = len(points_of(dossier.asked_note or ""))
    return f"Sở đề nghị bổ sung {number} nội dung" if number else "Sở đề nghị bổ sung"


def request_key(prefix, dossier) -> str:
    """``proposal:17:v5`` of a dossier that came through ``with_request``."""
    return f"{prefix}:{dossier.pk}:v{dossier.asked_version}"


def open_requests(prefix, keys, rows) -> dict:
    """``{key: day to answer by}`` of the requests still open among ``rows`` (through ``with_request``)."""
    there = {request_key(prefix, row): row.due_on for row in rows.filter(pk__in=_numbers(keys))}
    return {key: there[key] for key in keys if key in there}


def _numbers(keys) -> set[int]:
    """The dossiers the keys name; what is no number is passed over."""
    return {whole_number(key.partition(":")[2].partition(":")[0]) for key in keys} - {None}


def letter_day(dossier, calendar=None):
    """By when number, date and signed copy are added."""
    sent_on = timezone.localtime(dossier.submitted_at).date()
    return add_working_days(sent_on, LETTER_DAYS, calendar or load_calendar())


def sending_day(dossier, kind):
    """By when a dossier that waits for its signature must be sent, an extension included."""
    return _deadline(dossier, kind.extensions([dossier]).get(dossier.pk), load_calendar())[0]


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
                due=letter_day(row, calendar),
                title=f"Bổ sung số, ngày, bản ký số: {kinds.get(row.kind).label.lower()} {row.code}",
                detail=f"“{row.title}”" if row.title else "",
                path=reverse("dossiers:letter", args=[row.pk]),
                staff_path=kinds.get(row.kind).staff_path(row),
                action="Bổ sung",
                opened=sent_on,
            )

    def open_keys(self, keys, *, now):
        rows = Dossier.objects.filter(pk__in=_numbers(keys), needs_letter=True).values_list("pk", flat=True)
        return set(keys) & {f"letter:{pk}" for pk in rows}


def awaited(rows, *, quiet=False):
    """Those of the dossiers that are still waited for, as each kind says; with ``quiet`` also those that may still be
    signed. Adds no query."""
    wanted = Q()
    for kind in kinds.all_kinds():
        wanted |= Q(kind=kind.code) & kind.awaited()
        if quiet:  # not kind.awaited() | kind.quiet(): an empty Q, “all”, would vanish in it
            wanted |= Q(kind=kind.code) & kind.quiet()
    return rows.filter(wanted)


class ReworkProvider:
    """The unit's leader gave a draft back to its drafter, with a reason."""

    prefix = "rework"
    kinds = {"rework": "Lãnh đạo đơn vị trả lại bản nháp"}

    def open_duties(self, *, now, unit_ids=None):
        rows = awaited(_given_back()).select_related("round")
        if unit_ids is not None:
            rows = rows.filter(holder_id__in=unit_ids)
        calendar = load_calendar()
        for row, own, ends_on in _with_end(rows, now, calendar):
            opened = timezone.localtime(row.given_back_at).date()
            yield Duty(
                key=f"rework:{row.pk}:{row.version}",
                kind="rework",
                unit_id=row.holder_id,
                roles=UNIT_ISSUING,
                due=max(opened, own.due if own else row.round.effective_due(calendar)),
                ends_on=ends_on,
                title=f"Lãnh đạo trả lại: {row.title or kinds.get(row.kind).label}",
                detail=row.given_back_note[:200],
                path=kinds.get(row.kind).path(row),
                staff_path=kinds.get(row.kind).staff_path(row),
                action="Xem và sửa",
                opened=opened,
                urgent=True,
                calm=True,  # the step's own mail has told of it; the deadline has reminders of its own
                calm_reason=f"Thư về bước trả lại đã báo việc này ngày {format_date(opened)}; hạn gửi có mốc nhắc riêng.",
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
        rows = awaited(Dossier.objects.filter(status__in=WAITING), quiet=True)
        if unit_ids is not None:
            rows = rows.filter(holder_id__in=unit_ids)
        return self.duties_of(rows, now=now)

    def duties_of(self, rows, *, now):
        """The duties of these dossiers, all of them waiting."""
        rows = list(rows.select_related("holder", "round"))
        since = dict(
            Event.objects.filter(dossier__in=rows, after__in=WAITING)
            .filter(~Exists(Event.objects.filter(dossier=OuterRef("dossier"), version__gt=OuterRef("version"))))
            .values_list("dossier_id", "at")
        )
        calendar, ways, said = load_calendar(), _by_kind(rows, "other_ways"), _by_kind(rows, "said_sent")
        holders, today = {row.holder_id for row in rows}, timezone.localtime(now).date()
        led = people_by_unit(holders, roles=UNIT_LEADING, today=today) if rows else {}
        for row, own, ends_on in _with_end(rows, now, calendar):
            asked_on = timezone.localtime(since.get(row.pk, row.turn_since)).date()
            other_label, other_path = ways.get(row.pk, ("", ""))
            yield Duty(
                key=f"signature:{row.pk}:{row.version}",
                kind="signature",
                unit_id=row.holder_id,
                **_whose(row, row.holder_id in led),
                **_when(row, own, asked_on, calendar, said.get(row.pk)),
                **_calm(row, said.get(row.pk)),
                path=kinds.get(row.kind).path(row),
                staff_path=kinds.get(row.kind).staff_path(row),
                opened=asked_on,
                ends_on=ends_on,
                other_label=other_label,
                other_path=other_path,
            )

    def open_dues(self, keys, *, now):
        rows = awaited(Dossier.objects.filter(pk__in=_numbers(keys), status__in=WAITING)).exclude(status=AWAITING_PAPER)
        calendar = load_calendar()
        there = {  # a dossier may be asked for twice
            f"signature:{row.pk}:{row.version}": _deadline(row, own, calendar)[0]
            for row, own, _ in _with_end(rows.select_related("round"), now, calendar)
        }
        return {key: there[key] for key in keys if key in there}

    def open_keys(self, keys, *, now):
        return set(self.open_dues(keys, now=now))


def _by_kind(rows, question):
    """What each kind answers about its dossiers, ``{pk: answer}``; one query a kind that has an answer."""
    found = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row.pk)
    return {pk: own for code, pks in found.items() for pk, own in getattr(kinds.get(code), question)(pks).items()}


def _with_end(rows, now, calendar):
    """``(dossier, its Extension or None, last day of a first sending or None)`` of those not shut out by a lock:
    nobody is asked to sign, or to mend, what can no longer be sent. An extension lets it in until its own day."""
    today, rows = timezone.localtime(now).date(), list(rows)
    extensions = _by_kind(rows, "extensions")
    for row in rows:
        own, last = extensions.get(row.pk), row.round.last_day(calendar)
        if row.first_submitted_at is not None:
            last = None
        elif own and last:
            last = max(last, own.counted_until)
        if last is None or today <= last:
            yield row, own, last


def _whose(row, led):
    """Who owes the signature; where the unit has no leader on the portal, who can record that it was signed."""
    name = row.title or kinds.get(row.kind).label
    if led:
        return {"roles": UNIT_LEADING, "title": f"Ký và gửi: {name}", "action": "Xem và ký"}
    return {"roles": UNIT_ISSUING, "title": f"Chờ ký, đơn vị chưa có lãnh đạo trên Cổng: {name}", "action": "Xem"}


def _calm(row, said):
    """No reminder of what the Sở has on paper, or looks for there."""
    if said:
        return {
            "calm": True,
            "calm_reason": f"Đơn vị đã báo gửi qua hệ thống văn bản, {said}; Sở đang đối chiếu nên không nhắc ký.",
        }
    on_paper = row.status == AWAITING_PAPER
    return {"calm": on_paper, "calm_reason": COME_ON_PAPER if on_paper else ""}


def _when(row, own, asked_on, calendar, said=None):
    """When it must be signed: by the day it must be sent, nobody sets an earlier one; what came on paper has none."""
    if row.status == AWAITING_PAPER:
        return {"due": add_working_days(asked_on, PAPER_DAYS, calendar), "detail": "Sở đã nhận qua hệ thống văn bản"}
    due, grace_until, words = _deadline(row, own, calendar)
    detail = f"trình ký ngày {format_date(asked_on)}{words}"
    if said:
        detail += f"; đơn vị đã báo gửi qua hệ thống văn bản, {said}: nếu văn bản đã gửi, không cần ký ở đây"
    return {"due": due, "grace_until": grace_until, "detail": detail}


def _deadline(row, own, calendar):
    """(due day, what still counts as on time, words): of the Sở's request, of an extension, or of the round."""
    if row.due_on:
        return row.due_on, None, ""
    if own:
        return own.due, own.counted_until, f"; {own.words}"
    return row.round.effective_due(calendar), row.round.grace_until, moved_words(row.round)


def signatures_of(round, *, now) -> list[Duty]:
    """The signatures one round waits for: they are due no later than the round."""
    waiting = awaited(Dossier.objects.filter(status__in=WAITING, round=round))
    return list(SignatureProvider().duties_of(waiting, now=now))
