"""Several clerks note the same letter at the same moment: once per duty, and each is told what was theirs."""

import datetime as dt

import pytest

from accounts.roles import Role
from notices.letter_drafts import NO_LONGER, keep_draft, record_draft
from notices.models import LetterDraft, Touch
from notices.touches import About, TouchRefused, record
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
    monkeypatch.setattr("notices.touches._not_yet", lambda about, fields: about)
    later = NOW + dt.timedelta(seconds=1)
    assert record(about=about, kind=Touch.Kind.LETTER, actor=second, now=later, **letter) == 0
    assert AuditEntry.objects.filter(action="chasing.noted").count() == 1


def test_one_page_sent_by_two_hands_at_once_is_one_call(monkeypatch):
    """Reload and double click: the second hand looks before the first has written."""
    (unit,) = make_units(1)
    about, clerk = [About("fake:1", unit, "Báo cáo")], actor(make_specialist(Role.DEPT_CLERK))
    call = {"kind": Touch.Kind.CALL, "note": "Đang chờ ký", "once": "trang-1"}
    assert record(about=about, actor=clerk, now=NOW, **call) == 1
    monkeypatch.setattr("notices.touches._not_yet", lambda about, fields: about)
    assert record(about=about, actor=clerk, now=NOW + dt.timedelta(seconds=1), **call) == 0
    assert Touch.objects.count() == AuditEntry.objects.filter(action="chasing.noted").count() == 1


def test_two_clerks_give_one_draft_its_number_at_once():
    """One number is noted, the other clerk is told; nobody’s half is left behind."""
    about = [About(f"fake:{unit.pk}", unit, "Báo cáo năm 2026") for unit in make_units(UNITS)]
    clerks = [actor(make_specialist(Role.DEPT_CLERK)) for _ in range(CLERKS)]
    draft = keep_draft(page="p", scope="s", title="x", about=about, symbol="SKHCN", actor=clerks[0], now=NOW)
    refused = []

    def give(number, clerk):
        def act():
            try:
                record_draft(draft=draft, about=about, number=number, issued_on=TODAY, actor=clerk, now=NOW)
            except TouchRefused as refusal:
                refused.append(refusal.message)

        return act

    assert at_once(*[give(f"{number}/SKHCN", clerk) for number, clerk in enumerate(clerks)]) == []
    assert refused == [NO_LONGER] * (CLERKS - 1)
    assert {touch.number for touch in Touch.objects.all()} == {LetterDraft.objects.get().number}
    assert Touch.objects.count() == UNITS


def test_one_page_fetched_twice_at_once_keeps_one_draft():
    about = [About(f"fake:{unit.pk}", unit, "Báo cáo năm 2026") for unit in make_units(3)]
    clerk = actor(make_specialist(Role.DEPT_CLERK))

    def fetch():
        keep_draft(page="p", scope="s", title="x", about=about, symbol="SKHCN", actor=clerk, now=NOW)

    assert at_once(*[fetch] * 4) == []
    assert LetterDraft.objects.count() == 1
