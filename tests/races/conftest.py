"""A report owed today, and what was written about it when."""

import time

import pytest

from notices import sender
from notices.digest import write_digests
from reports.models import Obligation
from tests.factories import TODAY, make_cycle, make_specialist, make_team, make_unit


@pytest.fixture
def owed():
    unit = make_unit()
    drafter = make_team(unit)[0]
    make_cycle(units=[unit], due_on=TODAY)
    return Obligation.objects.get(), drafter, make_specialist()


@pytest.fixture
def writings(monkeypatch):
    """(when it began, texts) of each writing of digests."""
    seen = []

    def write(mails, *, now):
        began = time.monotonic()
        written = write_digests(mails, now=now)
        seen.append((began, [one.text for one in written.values()]))
        return written

    monkeypatch.setattr(sender, "write_digests", write)
    return seen
