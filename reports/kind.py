"""What the floor of dossiers asks of a report."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from districts.workdays import load_calendar, working_days_between
from dossiers.door import take_step
from dossiers.kinds import DossierKind, Extension
from dossiers.models import Dossier, Round
from dossiers.refusals import StepRefused
from records.audit import audit
from records.dates import format_date
from reports import content
from reports.declared_lines import lines_of
from reports.filing import create_report, report_for
from reports.models import Obligation
from reports.opening import NOT_OPEN, open_obligations
from reports.process import KIND, PROCESS

CORRECTED = "correct_paper"
DECLARE = "Nếu đã gửi qua hệ thống văn bản, chọn “Đã gửi, số …”"  # a way out of mails and pages
PAPER_LINES = ("record_on_paper", CORRECTED)  # events that say what was received through the document system

_SENT_UNNUMBERED = {"action": "approve_and_send"}  # counted by the day of sending: the letter came later


class ReportKind(DossierKind):
    code = KIND
    label = PROCESS.label
    process = PROCESS
    reading_template = "reports/_reading.html"
    paper_template = "reports/paper.html"

    def snapshot(self, dossier):
        return content.snapshot(dossier)

    def problems(self, dossier):
        return content.problems(dossier)

    def refusal(self, dossier, step, *, now):
        """A first sending after the lock day, or for an ended obligation, is refused; sending again is not. Paper
        counts once, and only while the obligation is open."""
        if step.action == "record_on_paper":
            return "" if _obligation(dossier).is_open else NOT_OPEN
        if not step.sends or dossier.first_submitted_at:
            return ""
        obligation = _obligation(dossier)
        if obligation.closed_at:
            return f"Nghĩa vụ báo cáo của đơn vị đã kết thúc: {obligation.closed_reason}."
        return lock_sentence(obligation, dossier.round, today=timezone.localtime(now).date())

    def clean_step(self, dossier, step, data):
        if data.get("arrival_date"):
            obligation = Obligation.objects.select_related("cycle__round").get(report__dossier_id=dossier.pk)
            if wrong := arrival_refusal(obligation, data["arrival_date"], today=timezone.localdate()):
                raise ValidationError({"arrival_date": wrong})
        return data

    def new_code(self, dossier):
        obligation = Obligation.objects.select_related("cycle", "unit").get(report__dossier=dossier)
        stem, unit = obligation.cycle.code_stem, obligation.unit.code
        code = f"BC-{stem}-{unit}"
        # A unit code may live on with another meaning: the second of the same cycle gets a letter.
        taken = Dossier.objects.filter(code__startswith=code).count()
        return code if not taken else f"{code}{chr(ord('A') + taken)}"

    def after_step(self, *, dossier, step, event, data, now):
        if step.sends:
            _count_sending(dossier, data, now)
            if not step.letter:  # “Duyệt và gửi”: number, date and signed copy follow by the clerk (practice.md 1)
                Dossier.objects.filter(pk=dossier.pk).update(needs_letter=True)
        if step.action == "record_on_paper":
            _count_paper(dossier, data, now)
        dossier.refresh_from_db()

    def after_handover(self, *, dossier, event, now):
        Obligation.objects.filter(report__dossier=dossier).update(responsible=dossier.holder_id)

    def after_letter_corrected(self, *, dossier, letter):
        """Where the letter's day was counted at the first sending, the mended day counts."""
        first = letter.items.filter(dossier=dossier, revision_number=1).exists()
        if dossier.round.basis != Round.Basis.LETTER or not first or dossier.events.filter(**_SENT_UNNUMBERED).exists():
            return
        obligation = _obligation(dossier)
        if obligation.paper_on is None:
            Obligation.objects.filter(pk=obligation.pk).update(
                counted_on=letter.issued_on, days_late=late_days(obligation, letter.issued_on)
            )

    def said_sent(self, dossiers):
        own = open_obligations().filter(report__dossier__in=dossiers, declared_at__isnull=False)
        rows = own.values_list("report__dossier_id", "declared_number", "declared_on")
        return {pk: f"số {number}, ngày {format_date(day)}" for pk, number, day in rows}

    def quiet(self):
        """The unit says it has sent through the document system: the paper in the portal may be signed all the same."""
        return Q(report__obligation__in=open_obligations().filter(declared_at__isnull=False))

    def more_lines(self, dossier, *, actor):
        related = Obligation.objects.select_related("responsible")
        return lines_of(related.get(report__dossier_id=dossier.pk), actor=actor)

    def known_letter(self, dossier):
        obligation = _obligation(dossier)
        return obligation.declared_number, obligation.declared_on

    def told(self, event):
        return paper_facts(_obligation(event.dossier)) if event.action in PAPER_LINES else []

    def on_time(self, dossier):
        return on_time_words(_obligation(dossier))

    def extensions(self, dossiers):
        own = Obligation.objects.filter(report__dossier__in=dossiers, extended_to=F("due_on"))
        rows = own.values_list("report__dossier_id", "due_on", "counted_until", "extended")
        return {pk: Extension(*values) for pk, *values in rows}

    def other_ways(self, dossiers):
        own = open_obligations().filter(report__dossier__in=dossiers, declared_at=None, first_sent_at=None)
        rows = own.values_list("report__dossier_id", "pk")
        return {dossier: (DECLARE, reverse("reports:declare", args=[pk])) for dossier, pk in rows}

    def awaited(self):
        """Not while the unit says it has sent through the document system, and not once the obligation has ended;
        what was sent or received on paper goes on in its own steps."""
        come = Q(report__obligation__first_sent_at__isnull=False) | Q(report__obligation__paper_on__isnull=False)
        return come | Q(report__obligation__closed_at=None, report__obligation__declared_at=None)

    def path(self, dossier):
        return reverse("reports:detail", args=[dossier.pk])

    def edit_path(self, dossier):
        return reverse("reports:edit", args=[dossier.pk])

    def admin_path(self, dossier):
        return reverse("admin:reports_report_change", args=[dossier.pk])

    def round_admin_path(self, round_id):
        return reverse("admin:reports_chasing", args=[round_id])


def arrival_refusal(obligation, day, *, today, declared=True) -> str:
    """Why a letter about this obligation cannot have arrived on ``day``; empty where it can.

    ``declared`` False: the day of the unit's own letter is not held against it.
    """
    cycle = obligation.cycle
    opened = min([cycle.round.opens_on, *([timezone.localtime(cycle.opened_at).date()] if cycle.opened_at else [])])
    if day > today:
        return "Ngày đến không được sau hôm nay."
    if day < opened:
        return (
            f"Ngày đến {format_date(day)} trước ngày mở kỳ báo cáo ({format_date(opened)}). "
            "Kiểm tra lại ngày, tháng, nhất là năm, theo sổ văn bản đến."
        )
    if declared and obligation.declared_on and day < obligation.declared_on:
        said = f"số {obligation.declared_number}, ngày {format_date(obligation.declared_on)}"
        return (
            f"Ngày đến {format_date(day)} trước ngày của văn bản đơn vị đã báo ({said}). Kiểm tra lại ngày đến; nếu "
            "đơn vị báo nhầm ngày, đề nghị đơn vị chọn “Sửa số, ngày” rồi ghi nhận."
        )
    return ""


def paper_facts(obligation) -> list:
    """[[label, value]]: number and day of arrival, and whether that day counts as on time."""
    return [
        ["Số đến", obligation.paper_number],
        ["Ngày đến", format_date(obligation.paper_on)],
        ["Kết quả", on_time_words(obligation)],
    ]


def _obligation(dossier):
    return Obligation.objects.get(report__dossier_id=dossier.pk)


def last_day(obligation, round, calendar):
    """The last day of a first sending, an extension included; ``None`` where the cycle never locks."""
    return None if round.locks_on is None else max(round.last_day(calendar), obligation.counted_until)


def locked(obligation, round, *, today, calendar) -> bool:
    """Is a first sending closed by the cycle's lock?"""
    last = last_day(obligation, round, calendar)
    return last is not None and last < today


def lock_sentence(obligation, round, *, today, calendar=None) -> str:
    """Why sending is closed by the cycle's lock; empty while open. An extension moves ``counted_until``."""
    last = last_day(obligation, round, calendar or load_calendar())
    if last is None or today <= last:
        return ""
    return (
        f"Kỳ báo cáo đã khóa từ hết ngày {format_date(last)}; chỉ gửi được khi Sở gia hạn. "
        f"Nội dung đã nhập vẫn giữ nguyên. Liên hệ: {settings.HOTLINE}."
    )


def late_days(obligation, counted_on) -> int:
    """Calendar days after the due day that counts; sending within the grace days is not late (reporting.md 2.3)."""
    if counted_on <= obligation.counted_until:
        return 0
    return (counted_on - obligation.due_on).days


def on_time_words(obligation, calendar=None) -> str:
    """“Đúng hạn – sớm 3 ngày làm việc”, “Trễ 2 ngày”; empty before anything was sent or received."""
    if obligation.counted_on is None:
        return ""
    if obligation.days_late:
        return f"Trễ {obligation.days_late} ngày"
    if obligation.counted_on > obligation.due_on:
        return "Đúng hạn – trong thời gian châm chước"
    early = working_days_between(obligation.counted_on, obligation.due_on, calendar or load_calendar())
    return f"Đúng hạn – sớm {early} ngày làm việc" if early > 0 else "Đúng hạn"


def _count_sending(dossier, data, now):
    """First sending, written once. By the letter's date where the round says so and the date is known."""
    day = timezone.localtime(now).date()
    if dossier.round.basis == Round.Basis.LETTER and data.get("letter_date"):
        day = data["letter_date"]
    Obligation.objects.filter(report__dossier_id=dossier.pk, first_sent_at=None).update(first_sent_at=now)
    _count(dossier, day)


def _count_paper(dossier, data, now):
    """Received through the document system: that copy counts from its day of arrival (practice.md 3)."""
    changed = open_obligations().filter(pk=_obligation(dossier).pk)
    if changed.update(paper_number=data["arrival_number"], paper_on=data["arrival_date"]) != 1:
        raise StepRefused(NOT_OPEN)  # ended by somebody else at this moment; everything is rolled back
    Dossier.objects.filter(pk=dossier.pk, on_paper_at=None).update(on_paper_at=now)
    _count(dossier, data["arrival_date"])


def _count(dossier, day):
    obligation = _obligation(dossier)
    Obligation.objects.filter(pk=obligation.pk, counted_on=None).update(
        counted_on=day, days_late=late_days(obligation, day)
    )


def record_paper(*, obligation, arrival_number, arrival_date, note="", actor, now):
    """“Đã nhận qua hệ thống văn bản”, also for a unit that never opened its report; returns the event.

    Creates the report where there is none, goes through the door and writes the audit trail, all or nothing. Raises
    ``StepRefused``, also where the obligation has ended or the report was sent.
    """
    if not open_obligations().filter(pk=obligation.pk).exists():
        raise StepRefused(NOT_OPEN)
    with transaction.atomic():
        report = report_for(obligation) or create_report(obligation=obligation, user=actor.user, now=now)
        event = take_step(
            dossier=report.dossier,
            action="record_on_paper",
            actor=actor,
            version=report.dossier.version,
            now=now,
            note=note,
            data={"arrival_number": arrival_number, "arrival_date": arrival_date},
        )
        kept = _obligation(report.dossier)
        detail = {**paper_detail(kept), "note": note}
        path = reverse("admin:reports_obligation_change", args=[kept.pk])
        audit(action="obligation.paper", actor=actor.user, now=now, label=str(obligation), path=path, detail=detail)
        return event


def paper_detail(obligation) -> dict:
    """What the audit trail keeps of a letter received."""
    return {
        "number": obligation.paper_number,
        "arrived_on": obligation.paper_on.isoformat(),
        "counted_on": obligation.counted_on.isoformat(),
        "days_late": obligation.days_late,
    }
