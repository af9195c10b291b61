"""Who has not sent, how late, whom to call, what was tried, what was promised: the rows of “Đôn đốc”."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.people import people_by_unit
from accounts.roles import Role
from districts.workdays import load_calendar
from notices.holds import load_holds
from notices.ladder import days_left, words_left
from notices.touches import About, mails_of, touches_of
from records.dates import format_date
from records.text import fold
from reports.duties import OWING, ReportProvider, with_progress, work_path
from reports.models import Cycle, Obligation
from reports.opening import open_obligations
from reports.process import PROCESS

CALLED = OWING | {Role.UNIT_LEADER}
FILTERS = {
    "": "Tất cả",
    "overdue": "Chỉ quá hạn",
    "not_started": "Chưa bắt đầu",
    "no_email": "Không có e-mail",
    "promised": "Đã hứa",
    "declared": "Báo đã gửi qua văn bản",
}


@dataclass
class Row:
    """One unit that has not sent. ``left``: working days (negative: overdue)."""

    obligation: Obligation
    unit: object
    left: int
    status: str
    tone: str
    people: list
    touches: list
    mails: int = 0
    last_mail: dt.datetime | None = None
    hold: object = None
    today: dt.date = None
    promise: object = field(init=False)

    def __post_init__(self):
        self.promise = next((touch for touch in self.touches if touch.promised_on), None)

    @property
    def key(self):
        return f"report:{self.obligation.pk}"

    @property
    def started(self):
        return hasattr(self.obligation, "report")

    @property
    def overdue(self):
        return self.obligation.counted_until < self.today and not self.obligation.declared_at

    @property
    def reachable(self):
        return any(person.email for person in self.people)

    @property
    def broken(self):
        """A promise whose day has passed."""
        return self.promise is not None and self.promise.promised_on < self.today

    @property
    def promised_words(self):
        return f"hứa gửi {self.promise.promised_on:%d/%m}" if self.promise else ""

    @property
    def words(self):
        return words_left(self.left)

    @property
    def progress(self):
        return f"{self.obligation.answered}/{self.obligation.indicators}"

    @property
    def about(self):
        title = self.obligation.cycle.round.title
        return About(self.key, self.unit, title, work_path(self.obligation))


def rows_of(cycle, *, now, ids=None) -> list[Row]:
    """Rows of the cycle's open obligations, the latest first. Number of queries is constant.

    ``ids`` narrows to some obligations and then includes those that have sent meanwhile.
    """
    found = open_obligations() if ids is None else Obligation.objects.filter(pk__in=ids)
    found = with_progress(found.filter(cycle=cycle)).select_related("responsible", "cycle__round", "report__dossier")
    found = list(found)
    today, calendar = timezone.localtime(now).date(), load_calendar()
    keys = [f"report:{one.pk}" for one in found]
    people = people_by_unit({one.responsible_id for one in found}, roles=CALLED, today=today)
    touches, mails, holds = touches_of(keys), mails_of(keys), load_holds(today)
    provider, rows = ReportProvider(), []
    for one in found:
        key, (tone, status) = f"report:{one.pk}", _status(one)
        count, last = mails.get(key, (0, None))
        rows.append(
            Row(
                obligation=one,
                unit=one.responsible,
                left=days_left(one.due_on, today, calendar),
                status=status,
                tone=tone,
                people=people.get(one.responsible_id, []),
                touches=touches.get(key, []),
                mails=count,
                last_mail=last,
                hold=holds.of(provider.duty_of(one), today),
                today=today,
            )
        )
    return sorted(rows, key=lambda row: (row.left, row.unit.sort_key, row.obligation.pk))


def _status(obligation):
    if not obligation.is_open:
        return "ok", "Đã gửi hoặc đã kết thúc"
    if obligation.declared_at:
        return "info", f"Đơn vị báo đã gửi, số {obligation.declared_number}"
    if not hasattr(obligation, "report"):
        return "idle", "Chưa bắt đầu"
    status = PROCESS.status(obligation.report.dossier.status)
    return status.tone, status.label


def narrowed(rows, *, only="", term="", sort="") -> list[Row]:
    """The rows a person asked for; “promise” sorts the nearest promise first, those without one last."""
    tests = {
        "overdue": lambda row: row.overdue,
        "declared": lambda row: row.obligation.declared_at is not None,
        "not_started": lambda row: not row.started,
        "no_email": lambda row: not row.reachable,
        "promised": lambda row: row.promise is not None,
    }
    rows = [row for row in rows if tests.get(only, lambda row: True)(row)]
    if words := fold(term):
        rows = [row for row in rows if words in fold(row.unit.name)]
    if sort == "promise":
        rows.sort(key=lambda row: (row.promise is None, row.promise.promised_on if row.promise else dt.date.max))
    return rows


def counts(rows) -> dict:
    """How many rows each filter would leave."""
    return {code: len(narrowed(rows, only=code)) for code in FILTERS}


def message_for(row) -> str:
    """A message for a chat group or person: polite, with counts and the link."""
    title = row.obligation.cycle.round.title
    left = row.obligation.indicators - row.obligation.answered
    state = f"còn {left}/{row.obligation.indicators} chỉ tiêu chưa nhập" if left else "đã nhập đủ chỉ tiêu, chưa gửi"
    if not row.started:
        state = "đơn vị chưa bắt đầu nhập"
    link = settings.SITE_URL + work_path(row.obligation)
    return (
        f"Kính gửi {row.unit.body_name}. Sở KH&CN xin nhắc: {title}, hạn gửi {format_date(row.obligation.due_on)} "
        f"({row.words[0].lower()}{row.words[1:]}), {state}. Đề nghị đơn vị hoàn thành và gửi tại: {link} . "
        f"Nếu đã gửi qua hệ thống văn bản, xin cho biết số, ngày văn bản. Liên hệ: {settings.HOTLINE}. Trân trọng."
    )


def latest_cycle():
    """The open cycle people chase for: the last one opened that still has somebody to chase."""
    opened = Cycle.objects.exclude(opened_at=None)
    owing = opened.filter(pk__in=open_obligations().values("cycle"))
    return owing.order_by("-cutoff", "-pk").first() or opened.order_by("-cutoff", "-pk").first()


def chasing_path(cycle) -> str:
    return reverse("admin:reports_chasing", args=[cycle.pk])
