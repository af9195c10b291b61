"""Who has not sent, how late, whom to call, what was tried, what was promised: the rows of “Đôn đốc”."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from accounts.people import people_by_unit, signers_by_unit
from accounts.roles import Role
from districts.former import former_names
from districts.searching import is_found, match_rank
from districts.workdays import load_calendar
from notices.failures import failures_of
from notices.holds import load_holds
from notices.ladder import days_left, words_left
from notices.touches import About, mails_of, touches_of
from records.dates import format_date, short_date
from reports.duties import OWING, ReportProvider, with_progress, work_path
from reports.models import Cycle, Obligation
from reports.opening import open_obligations
from reports.process import PROCESS

CALLED = OWING | {Role.UNIT_LEADER}
KEYS_AT_ONCE = 500
FILTERS = {
    "": "Tất cả",
    "overdue": "Chỉ quá hạn",
    "not_started": "Chưa bắt đầu",
    "nobody": "Chưa có người làm",
    "no_email": "Không có thư điện tử",
    "undelivered": "Thư không đến, chưa rõ",
    "promised": "Đã hứa",
    "extended": "Được gia hạn",
    "declared": "Báo đã gửi qua văn bản",
}


@dataclass
class Row:
    """One unit that has not sent. ``left``: working days (negative: overdue); ``log``: every touch, newest first,
    ``touches``: those not noted by mistake."""

    obligation: Obligation
    unit: object
    left: int
    status: str
    tone: str
    people: list
    owing: list  # those of them who owe it: only their mail reminds
    log: list
    signers: list = field(default_factory=list)
    failures: list = field(default_factory=list)  # (person, failure) of those whom mail does not reach
    mails: int = 0
    last_mail: dt.datetime | None = None
    hold: object = None
    today: dt.date = None
    former: str = ""  # the name of before it was found by
    touches: list = field(init=False)
    promise: object = field(init=False)

    def __post_init__(self):
        self.touches = [touch for touch in self.log if not touch.mistaken_at]
        self.promise = next((touch for touch in self.touches if touch.promised_on), None)

    @property
    def key(self):
        return f"report:{self.obligation.pk}"

    @property
    def started(self):
        return hasattr(self.obligation, "report")

    @property
    def declared(self):
        """Does the unit say that its report has left through the document system?"""
        return self.obligation.declared_at is not None

    @property
    def overdue(self):
        return self.obligation.counted_until < self.today and not self.declared

    @property
    def reachable(self):
        return any(person.email for person in self.owing)

    @property
    def callees(self):
        """People to ring, those with a number first."""
        return sorted(self.people, key=lambda person: not person.phone)

    @property
    def answering(self):
        """Names offered for “Người trả lời”."""
        return list(dict.fromkeys([one.full_name for one in (*self.callees, *self.signers)]))

    @property
    def last_touch(self):
        return self.touches[0] if self.touches else None

    @property
    def broken(self):
        """A promise whose day has passed."""
        return self.promise is not None and self.promise.promised_on < self.today

    @property
    def promised_late(self):
        """A promise that does not keep the deadline; where that has passed already every promise comes after it."""
        last = self.obligation.counted_until
        return self.promise is not None and self.today <= last < self.promise.promised_on

    @property
    def promised_day(self):
        """“25/11”, with its year where that is another one; under a head that says what day it is."""
        if self.promise is None:
            return ""
        after = ", đã qua" if self.broken else ", sau hạn" if self.promised_late else ""
        return short_date(self.promise.promised_on, self.today) + after

    @property
    def promised_words(self):
        return f"hứa gửi {self.promised_day}" if self.promise else ""

    @property
    def words(self):
        last = self.obligation.counted_until
        if self.obligation.due_on < self.today <= last:
            return f"Vẫn tính đúng hạn đến hết {format_date(last)}"
        return words_left(self.left)

    @property
    def progress(self):
        return f"{self.obligation.answered}/{self.obligation.indicators}"

    @property
    def about(self):
        title = self.obligation.cycle.round.title
        return About(self.key, self.unit, title, work_path(self.obligation), opened_day(self.obligation.cycle))


def rows_of(cycle, *, now, ids=None) -> list[Row]:
    """Rows of the cycle's open obligations, the latest first. Number of queries is constant.

    ``ids`` narrows to some obligations and then includes those that have sent meanwhile.
    """
    found = open_obligations().filter(cycle=cycle) if ids is None else _of(cycle, set(ids))
    found = list(with_progress(found).select_related("unit", "responsible", "cycle__round", "report__dossier"))
    if ids is not None:
        wanted = set(ids)
        found = [one for one in found if one.pk in wanted]
    today, calendar = timezone.localtime(now).date(), load_calendar()
    units, keys = {one.responsible_id for one in found}, [f"report:{one.pk}" for one in found]
    people, owing = (people_by_unit(units, roles=roles, today=today) for roles in (CALLED, OWING))
    signers = signers_by_unit(units, today=today)
    failures = failures_of({person.pk for some in people.values() for person in some})
    touches, mails, holds = touches_of(keys), mails_of(keys), load_holds(today)
    provider, rows = ReportProvider(), []
    for one in found:
        key, (tone, status) = f"report:{one.pk}", _status(one)
        (count, last), some = mails.get(key, (0, None)), people.get(one.responsible_id, [])
        rows.append(
            Row(
                obligation=one,
                unit=one.responsible,
                left=days_left(one.due_on, today, calendar),
                status=status,
                tone=tone,
                people=some,
                owing=owing.get(one.responsible_id) or some,  # else the leaders stand in
                log=touches.get(key, []),
                signers=signers.get(one.responsible_id, []),
                failures=[(person, failures[person.pk]) for person in some if person.pk in failures],
                mails=count,
                last_mail=last,
                hold=holds.of(provider.duty_of(one, calendar), today),
                today=today,
            )
        )
    return sorted(rows, key=lambda row: (row.left, row.unit.sort_key, row.obligation.pk))


def _of(cycle, ids):
    """Obligations of the cycle, narrowed in SQL as far as a database takes keys in one question."""
    found = Obligation.objects.filter(cycle=cycle)
    return found.filter(pk__in=ids) if len(ids) <= KEYS_AT_ONCE else found


def _status(obligation):
    if not obligation.is_open:
        return "ok", "Đã gửi hoặc đã kết thúc"
    if obligation.declared_at:
        return "info", said_sent(obligation)
    if not hasattr(obligation, "report"):
        return "idle", "Chưa bắt đầu"
    status = PROCESS.status(obligation.report.dossier.status)
    return status.tone, status.label


def said_sent(obligation, dated=format_date) -> str:
    """“Đơn vị báo đã gửi số 45/BC-UBND, ngày 20/11/2026; đang đối chiếu”; ``dated``: how the day is written."""
    dated = f", ngày {dated(obligation.declared_on)}" if obligation.declared_on else ""
    return f"Đơn vị báo đã gửi số {obligation.declared_number}{dated}; đang đối chiếu"


def narrowed(rows, *, only="", term="", sort="") -> list[Row]:
    """The rows a person asked for: whose name of today is typed before those found by a former name; “promise” sorts
    the nearest promise first, those without one last."""
    tests = {
        "overdue": lambda row: row.overdue,
        "declared": lambda row: row.declared,
        "not_started": lambda row: not row.started,
        "nobody": lambda row: not row.people,
        "no_email": lambda row: bool(row.people) and not row.reachable,  # nobody at all is “nobody”
        "undelivered": lambda row: bool(row.failures),
        "promised": lambda row: row.promise is not None,
        "extended": lambda row: row.obligation.is_extended,
    }
    rows = [row for row in rows if tests.get(only, lambda row: True)(row)]
    if term:
        rows = [row for row in rows if is_found(row.unit, term)]
        rows.sort(key=lambda row: match_rank(row.unit, term))
    if sort == "promise":
        rows.sort(key=lambda row: (row.promise is None, row.promise.promised_on if row.promise else dt.date.max))
    return rows


def say_former(rows, term):
    """Put to each row found by a former name only which one it was: a hit must not look like a mistake."""
    old = former_names([row.unit for row in rows], term)
    for row in rows:
        row.former = old.get(row.unit.pk, "")


def counts(rows) -> dict:
    """How many rows each filter would leave."""
    return {code: len(narrowed(rows, only=code)) for code in FILTERS}


def latest_cycle():
    """The open cycle people chase for: the last one opened that still has somebody to chase."""
    opened = Cycle.objects.exclude(opened_at=None)
    owing = opened.filter(pk__in=open_obligations().values("cycle"))
    return owing.order_by("-cutoff", "-pk").first() or opened.order_by("-cutoff", "-pk").first()


def opened_day(cycle) -> dt.date:
    """The day the cycle opened: nothing was chased before."""
    day = cycle.round.opens_on
    return min(day, timezone.localtime(cycle.opened_at).date()) if cycle.opened_at else day


def chasing_path(cycle) -> str:
    return reverse("admin:reports_chasing", args=[cycle.pk])
