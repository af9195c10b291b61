"""A source of duties a test fills by hand."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import Role
from notices import duties
from notices.duties import Duty


class FakeProvider:
    """``owe(...)`` opens a duty, ``close(key)`` ends it. Registered for the length of a test."""

    prefix = "fake"
    kinds = {"fake": "Việc thử"}

    def __init__(self):
        self.open = {}

    def owe(self, number=1, *, unit, due, **fields):
        """Open (or change) the duty ``fake:<number>``."""
        from tests.factories import TODAY  # models, loaded once Django is set up

        values = {
            "kind": "fake",
            "roles": frozenset({Role.UNIT_DRAFTER}),
            "title": f"Báo cáo số {number}",
            "path": f"/bao-cao/{number}/",
            "opened": TODAY - dt.timedelta(days=30),
            "action": "Làm tiếp",
        }
        duty = Duty(key=f"fake:{number}", unit_id=unit.pk, due=due, **(values | fields))
        self.open[duty.key] = duty
        return duty

    def close(self, key):
        del self.open[key]

    def open_duties(self, *, now, unit_ids=None):
        mine = [duty for duty in self.open.values() if unit_ids is None or duty.unit_id in unit_ids]
        return [duty for duty in mine if not duty.over(timezone.localtime(now).date())]

    def open_keys(self, keys, *, now):
        return set(self.open_dues(keys, now=now))

    def open_dues(self, keys, *, now):
        return {duty.key: duty.due for duty in self.open_duties(now=now) if duty.key in keys}


@pytest.fixture
def fake():
    """The FakeProvider, alone: what the portal's own apps register stays away from the test."""
    others = dict(duties._providers)
    duties._providers.clear()
    provider = FakeProvider()
    duties.register(provider)
    yield provider
    duties._providers.clear()
    duties._providers.update(others)
