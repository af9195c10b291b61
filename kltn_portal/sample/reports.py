"""Sample cycles and reports: a finished one, and a live one that falls due soon."""

import datetime as dt
from decimal import Decimal

from accounts.roles import actor_for
from dossiers.door import take_step
from dossiers.grounds import PHONE, Grounds
from dossiers.models import Dossier
from kltn_portal.sample import texts
from kltn_portal.sample.papers import add_sample_letter
from reports.extending import extend
from reports.filing import save_entry, save_narrative, start_report
from reports.loading import load_programmes, make_cycle, window
from reports.models import Cycle, Indicator, Obligation, Programme
from reports.opening import close_obligation, open_cycles, open_obligations

FIRST_HALF, WHOLE_YEAR = Cycle.Kind.HALF, Cycle.Kind.YEAR
_OTHERS = ("phuxuyen", "thanhoai", "myduc")


def make_reports(people, *, now):
    """The cycles of the closed Programme 07 and of the current one, with reports in several places."""
    load_programmes()
    old, current = _programmes()
    districts = make_cycle(programme=old, kind=FIRST_HALF, year=2025, code_stem="07-2025-6T")
    before, live = _periods(now.date())
    past = make_cycle(programme=current, kind=before[0], year=before[1])
    happened = min(now - dt.timedelta(days=20), _noon(past.cutoff + dt.timedelta(days=2), now))
    open_cycles(now=happened)
    for name in ("soanthao.unghoa", *_OTHERS):
        report = _fill(past, people[name], now=happened, share=1)
        _send(report, people, name, happened)
        add_sample_letter(report, people[name], f"{report.pk}/BC-UBND (mẫu)", happened + dt.timedelta(hours=5))
        _step(report, "accept", people["chuyenvien"], happened + dt.timedelta(days=1))
    for cycle in (districts, past):
        _close_the_rest(cycle, people["chuyenvien"], now)
    cycle = make_cycle(
        programme=current,
        kind=live[0],
        year=live[1],
        opens_on=min(now.date() - dt.timedelta(days=10), window(*live)[1] - dt.timedelta(days=30)),
        allows_estimates=live[0] == WHOLE_YEAR,
    )
    open_cycles(now=now - dt.timedelta(days=8))
    _fill(cycle, people["soanthao.unghoa"], now=now - dt.timedelta(days=2), share=0.5, narrative=False)
    report = _fill(cycle, people["phuxuyen"], now=now - dt.timedelta(days=3), share=1)
    _send(report, people, "phuxuyen", now - dt.timedelta(days=2))
    _extend(cycle, people["thanhoai"], people["chuyenvien"], now)


def _extend(cycle, person, specialist, now):
    """A week more for one unit, by phone."""
    (owed,) = cycle.obligations.filter(unit__in=person.memberships.values("unit")).select_related("unit")
    grounds = Grounds(by=PHONE, dated=now.date(), decided_by="Trưởng phòng (mẫu)", reason="Dữ liệu mẫu")
    until, actor = owed.due_on + dt.timedelta(days=7), actor_for(specialist, today=now.date())
    seen = {owed.pk: owed.due_on}
    extend(cycle=cycle, obligations=[owed], until=until, grounds=grounds, seen=seen, actor=actor, now=now)


def _close_the_rest(cycle, specialist, now):
    """Units without sample people owe nothing for the finished cycle."""
    actor = actor_for(specialist, today=now.date())
    for obligation in open_obligations().filter(cycle=cycle):
        close_obligation(obligation=obligation, reason="Dữ liệu mẫu: không tính", actor=actor, now=now)


def _programmes():
    rows = list(Programme.objects.order_by("year_from"))
    return rows[0], rows[-1]


def _periods(today):
    """``((kind, year) of the finished cycle, the same of the live one)`` around ``today``."""
    if today <= dt.date(today.year, 6, 17):
        return (WHOLE_YEAR, today.year - 1), (FIRST_HALF, today.year)
    return (FIRST_HALF, today.year), (WHOLE_YEAR, today.year)


def _noon(day, now):
    return dt.datetime.combine(day, dt.time(11), tzinfo=now.tzinfo)


def _fill(cycle, person, *, now, share, narrative=True):
    actor = actor_for(person, today=now.date())
    obligation = Obligation.objects.get(cycle=cycle, responsible=actor.unit)
    report = start_report(obligation=obligation, actor=actor, now=now)
    indicators = list(cycle.indicators())
    seen = dict(report.entries.values_list("indicator_id", "version"))
    for number, indicator in enumerate(indicators[: int(len(indicators) * share)], start=1):
        data = {"plan": Decimal(number * 10), "actual": Decimal(number * 9), "nil": False, "estimate": False}
        if indicator.measure == Indicator.Measure.PERCENT:
            data |= {"plan": Decimal(85), "actual": Decimal("71.4")}
        if number % 5 == 0:
            data |= {"actual": None, "nil": True}
        save_entry(
            report=report,
            indicator=indicator,
            data=data | {"remark": ""},
            seen_version=seen.get(indicator.pk, 0),
            actor=actor,
            now=now,
        )
    for section, text in (texts.NARRATIVE if narrative else {"I": texts.NARRATIVE["I"]}).items():
        save_narrative(report=report, section=section, text=text, seen_version=0, actor=actor, now=now)
    return Dossier.objects.get(pk=report.pk)


def _send(dossier, people, name, now):
    leader = people["lanhdao.unghoa" if name == "soanthao.unghoa" else name]
    _step(dossier, "submit_for_signature", people[name], now + dt.timedelta(hours=1))
    _step(dossier, "approve_and_send", leader, now + dt.timedelta(hours=3))


def _step(dossier, action, who, now):
    dossier.refresh_from_db()
    actor = actor_for(who, today=now.date())
    take_step(dossier=dossier, action=action, actor=actor, version=dossier.version, now=now)
