"""Several clerks note the same letter at the same moment: once per duty, and each is told what was theirs."""

import datetime as dt

import pytest

from accounts.roles import Role
from notices.models import Touch
from notices.touches import About, record
from records.models import AuditEntry
from tests.factories import NOW, TODAY, actor, make_specialist, make_units
from tests.support.at_once import at_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CLERKS, UNITS = 6, 20


def test_one_letter_noted_by_many_stands_once():
    about = [About(f"fake:{unit.pk}", unit, "Báo cáo năm 2026") for unit in make_units(UNITS)]
    clerks, counts = [actor(make_specialist(Role.DEPT_CLERK)) for _ in range(CLERKS)], []

    def note(clerk):
        letter = {"number": "12/SKHCN", "issued_on": TODAY}
        return lambda: counts.append(record(about=about, kind=Touch.Kind.LETTER, actor=clerk, now=NOW, **letter))

    assert at_once(*[note(clerk) for clerk in clerks]) == []
    assert len(counts) == CLERKS
    assert sum(counts) == UNITS == Touch.objects.count()
    said = sum(len(entry.detail["units"]) for entry in AuditEntry.objects.filter(action="chasing.noted"))
    assert said == UNITS


def test_a_letter_noted_between_look_and_write_is_no_error(monkeypatch):
    """The same without chance: the second hand looks before the first has written."""
    (unit,) = make_units(1)
    about, letter = [About("fake:1", unit, "Báo cáo")], {"number": "12/SKHCN", "issued_on": TODAY}
    first, second = (actor(make_specialist(Role.DEPT_CLERK)) for _ in range(2))
    assert record(about=about, kind=Touch.Kind.LETTER, actor=first, now=NOW, **letter) == 1
    monkeypatch.setattr("notices.touches._not_yet", lambda about, number, issued_on: about)
    later = NOW + dt.timedelta(seconds=1)
    assert record(about=about, kind=Touch.Kind.LETTER, actor=second, now=later, **letter) == 0
    assert AuditEntry.objects.filter(action="chasing.noted").count() == 1
