"""Writing a report: created when first opened, saved row by row, each row under its own version."""

from __future__ import annotations

import zlib
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from dossiers.content import touch
from dossiers.models import Dossier
from dossiers.refusals import ContentRefused
from records.text import clean_line, clean_text
from reports.figures import earlier
from reports.models import Entry, Indicator, Narrative, Report
from reports.process import KIND, PROCESS

NUMBERS = ("plan", "actual")
ENTRY_FIELDS = ("plan", "actual", "nil", "estimate", "remark")
NARRATIVE_FIELDS = ("text",)


class RowConflict(ContentRefused):
    """Somebody saved this row meanwhile; ``row`` is theirs, what was typed stays with the caller."""

    def __init__(self, row, actor):
        self.row = row
        mine = row.saved_by_id == actor.user.pk
        who = "Ông/bà (ở một thẻ hoặc máy khác)" if mine else str(row.saved_by or "Một người khác")
        super().__init__(
            f"{who} đã lưu phần này lúc {timezone.localtime(row.saved_at):%H:%M}. Nội dung vừa nhập vẫn còn trên "
            "trang, chưa ghi đè lên bản kia: so lại rồi lưu lần nữa."
        )


# --- creating -----------------------------------------------------------------------------------


def report_for(obligation):
    """The obligation's report, or ``None`` where nobody opened it yet."""
    related = ("dossier__unit", "dossier__holder", "dossier__round", "obligation__cycle__programme", "obligation__unit")
    return Report.objects.select_related(*related).filter(obligation=obligation).first()


def start_report(*, obligation, actor, now) -> Report:
    """The report of an obligation, created at first call; two calls at once give the same one.

    Plans of the accepted six-month report of the same year are carried over, so that nobody types them twice.
    Raises ``ContentRefused`` when the person may not write for the responsible unit or the obligation is closed.
    """
    if not actor.can_write_for(obligation.responsible_id):
        raise ContentRefused("Báo cáo này do đơn vị khác chịu trách nhiệm, hoặc vai trò của ông/bà chỉ được xem.")
    known = report_for(obligation)
    if known is None and obligation.closed_at:
        raise ContentRefused(f"Nghĩa vụ báo cáo đã kết thúc: {obligation.closed_reason}.")
    return known or create_report(obligation=obligation, user=actor.user, now=now)


def create_report(*, obligation, user, now) -> Report:
    """Insert dossier and report; where somebody was faster, theirs is returned. The caller has checked the right."""
    try:
        with transaction.atomic():
            dossier = Dossier.objects.create(
                kind=KIND,
                round_id=obligation.cycle_id,
                unit=obligation.unit,
                holder=obligation.responsible,
                title=obligation.cycle.round.title,
                status=PROCESS.initial,
                turn=PROCESS.status(PROCESS.initial).turn,
                turn_since=now,
                created_by=user,
                created_at=now,
                saved_by=user,
                saved_at=now,
            )
            report = Report.objects.create(dossier=dossier, obligation=obligation)
            _carry_plans(report, obligation, user, now)
    except IntegrityError:
        report = report_for(obligation)
        if report is None:
            raise
    return report


def _carry_plans(report, obligation, user, now):
    plans = earlier(obligation).plans
    Entry.objects.bulk_create(
        Entry(report=report, indicator=indicator, plan=Decimal(plans[indicator.code]), saved_by=user, saved_at=now)
        for indicator in obligation.cycle.indicators()
        if plans.get(indicator.code)
    )


# --- tokens: what a page read of a row -----------------------------------------------------------


def fingerprint(values) -> str:
    """Short digest of a row's values, to tell an untouched row of a whole-page save from an edited one."""
    parts = []
    for name, value in sorted(values.items()):
        if name in NUMBERS:
            value = "" if value is None else f"{value:.2f}"
        parts.append(f"{name}={value}")
    return f"{zlib.crc32(chr(31).join(parts).encode()):08x}"


def row_token(row) -> str:
    """Version and fingerprint of a stored (or still empty) row: the hidden ``version`` of the page."""
    return f"{row.version}.{fingerprint(_values_of(row))}"


def read_token(token) -> tuple[int, str]:
    """``(version, fingerprint)``; a token nobody issued gives a version that matches nothing."""
    version, _, print_ = str(token or "").partition(".")
    return (int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1), print_


def _values_of(row) -> dict:
    names = ENTRY_FIELDS if isinstance(row, Entry) else NARRATIVE_FIELDS
    return {name: getattr(row, name) for name in names}


# --- saving -------------------------------------------------------------------------------------


def save_entry(*, report, indicator, data, seen_version, actor, now) -> Entry:
    """Save one row of the grid where ``seen_version`` is still its version; returns the stored row.

    ``data``: plan, actual (``Decimal`` or ``None``), nil, estimate, remark. Raises ``RowConflict`` when somebody
    else was faster, ``ContentRefused`` when the report cannot be edited or the indicator is not of this cycle.
    """
    values = _entry_values(report, indicator, data)
    with transaction.atomic():
        touch(dossier=report.dossier, actor=actor, now=now)
        return _write(Entry, {"report": report, "indicator": indicator}, values, seen_version, actor, now)


def save_narrative(*, report, section, text, seen_version, actor, now) -> Narrative:
    """Save one heading of the outline where ``seen_version`` is still its version. Raises as ``save_entry``."""
    if section not in Narrative.Section.values:
        raise ContentRefused("Mục này không có trong đề cương báo cáo.")
    with transaction.atomic():
        touch(dossier=report.dossier, actor=actor, now=now)
        where = {"report": report, "section": section}
        return _write(Narrative, where, {"text": clean_text(text)}, seen_version, actor, now)


def save_sheet(*, report, entries=(), narratives=(), actor, now) -> dict:
    """Save a whole page in one transaction: rows whose content differs from what the page read.

    ``entries``: (indicator, data, token); ``narratives``: (section, text, token). Returns the conflicts as
    ``{indicator or section: RowConflict}`` – the other rows are kept. Raises ``ContentRefused``.
    """
    jobs = [
        (indicator, Entry, {"report": report, "indicator": indicator}, _entry_values(report, indicator, data), token)
        for indicator, data, token in entries
    ]
    jobs += [
        (section, Narrative, {"report": report, "section": section}, {"text": clean_text(text)}, token)
        for section, text, token in narratives
    ]
    conflicts, saved = {}, 0
    with transaction.atomic():
        touch(dossier=report.dossier, actor=actor, now=now)
        for key, model, where, values, token in jobs:
            version, seen = read_token(token)
            if seen == fingerprint(values):
                continue
            try:
                _write(model, where, values, version, actor, now)
                saved += 1
            except RowConflict as conflict:
                conflicts[key] = conflict
        if not saved:
            transaction.set_rollback(True)
    return conflicts


def unanswered(report) -> list[Indicator]:
    """Active indicators without a number and without “Không phát sinh”."""
    done = report.entries.exclude(actual=None, nil=False).values("indicator_id")
    return list(report.obligation.cycle.indicators().exclude(pk__in=done))


def nil_rest(*, report, actor, now, indicators=None) -> int:
    """“Các ô còn lại: không phát sinh” for the rows that were shown; returns how many were set.

    A row that got a number meanwhile is left alone. Raises ``ContentRefused``.
    """
    wanted = None if indicators is None else {indicator.pk for indicator in indicators}
    with transaction.atomic():
        touch(dossier=report.dossier, actor=actor, now=now)
        blank = [one for one in unanswered(report) if wanted is None or one.pk in wanted]
        Entry.objects.bulk_create([Entry(report=report, indicator=one) for one in blank], ignore_conflicts=True)
        return Entry.objects.filter(report=report, indicator__in=blank, actual=None, nil=False).update(
            nil=True, version=F("version") + 1, saved_by=actor.user, saved_at=now
        )


def _entry_values(report, indicator, data) -> dict:
    if not indicator.active or indicator.programme_id != report.obligation.cycle.programme_id:
        raise ContentRefused("Chỉ tiêu này không thuộc kỳ báo cáo. Tải lại trang để xem danh sách chỉ tiêu hiện hành.")
    values = {"plan": data.get("plan"), "actual": data.get("actual"), "remark": clean_line(data.get("remark"))}
    values |= {"nil": bool(data.get("nil")), "estimate": bool(data.get("estimate"))}
    if values["nil"] and values["actual"] is not None:
        raise ContentRefused("Dòng này vừa có số vừa đánh dấu “Không phát sinh”: xóa số hoặc bỏ đánh dấu.")
    if not report.obligation.cycle.allows_estimates:
        values["estimate"] = False
    return values


def _write(model, where, values, seen_version, actor, now):
    if not model.objects.filter(**where).exists():
        model.objects.bulk_create([model(**where)], ignore_conflicts=True)
    changed = model.objects.filter(**where, version=seen_version).update(
        **values, version=F("version") + 1, saved_by=actor.user, saved_at=now
    )
    row = model.objects.select_related("saved_by").get(**where)
    if not changed and fingerprint(_values_of(row)) != fingerprint(values):
        raise RowConflict(row, actor)  # the same content twice is a repeated request, not a conflict
    return row
