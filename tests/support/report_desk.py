"""A unit at its desk with one open reporting cycle, and the posts its pages send."""

from decimal import Decimal

from django.test import Client
from django.urls import reverse

from dossiers.door import take_step
from dossiers.models import Dossier
from reports.filing import nil_rest, row_token, save_entry, save_narrative, start_report
from reports.models import Entry, Narrative
from tests import factories as make


class Desk:
    """A unit with its people and one open cycle."""

    def __init__(self, **cycle):
        self.unit = make.make_unit()
        self.drafter, self.leader, self.clerk = make.make_team(self.unit)
        self.cycle = make.make_cycle(units=[self.unit], **cycle)
        self.obligation = self.cycle.obligations.get()

    @property
    def report(self):
        return start_report(obligation=self.obligation, actor=make.actor(self.drafter), now=make.NOW)

    def client(self, user=None):
        client = Client()
        client.force_login(user or self.drafter)
        return client

    def fill(self, values=None):
        """Everything the check demands."""
        report, actor = self.report, make.actor(self.drafter)
        for code, actual in (values or {}).items():
            indicator = self.cycle.programme.indicators.get(code=code)
            row = report.entries.filter(indicator=indicator).first() or Entry()
            data = {"plan": Decimal(10), "actual": Decimal(actual)}
            save_entry(
                report=report, indicator=indicator, data=data, seen_version=row.version, actor=actor, now=make.NOW
            )
        nil_rest(report=report, actor=actor, now=make.NOW)
        for section in ("I", "II", "III", "IV"):
            narrative = {"section": section, "text": f"Nội dung mục {section}", "seen_version": 0}
            save_narrative(report=report, **narrative, actor=actor, now=make.NOW)
        return report

    def step(self, action, user, now=make.NOW, **more):
        dossier = Dossier.objects.get(report__obligation=self.obligation)
        take_step(dossier=dossier, action=action, actor=make.actor(user), version=dossier.version, now=now, **more)
        dossier.refresh_from_db()
        return dossier

    def send(self, now=make.NOW):
        self.step("submit_for_signature", self.drafter, now=now)
        return self.step("approve_and_send", self.leader, now=now)


def first(desk):
    return desk.cycle.programme.indicators.order_by("order").first()


def row_post(indicator, entry=None, **typed):
    names = {"version": row_token(entry or Entry()), **typed}
    return {f"e{indicator.pk}-{name}": value for name, value in names.items()}


def save_url(report, indicator):
    return reverse("reports:save_entry", args=[report.pk, indicator.pk])


def page_data(desk, report, **typed):
    """All hidden versions of the page as it is now, with typed values."""
    data = {}
    for indicator in desk.cycle.programme.indicators.all():
        entry = report.entries.filter(indicator=indicator).first() or Entry()
        data |= row_post(indicator, entry, actual="" if entry.actual is None else str(entry.actual.normalize()))
    for section in Narrative.Section.values:
        narrative = report.narratives.filter(section=section).first() or Narrative()
        data |= {f"n{section}-version": row_token(narrative), f"n{section}-text": narrative.text}
    return data | typed
