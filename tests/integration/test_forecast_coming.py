"""What nobody owes yet, and will by itself: the forecast counts the cycles that open within its days."""

import datetime as dt

import pytest
from django.core import mail as locmem

from accounts.roles import Role
from notices.forecast import forecast
from notices.planner import plan
from notices.sender import send
from reports.opening import open_cycles
from tests.factories import TODAY, make_cycle, make_unit, make_user, moment

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)


def test_a_cycle_that_opens_by_itself_is_foretold():
    """The largest mailing of the year: nobody has a duty yet, and everybody will be written to."""
    units = [make_unit(name) for name in ("Xã Ba Vì", "Xã Sóc Sơn", "Xã Ứng Hòa")]
    for unit in units:
        make_user(Role.UNIT_DRAFTER, unit=unit)
    make_cycle(opens_on=TODAY + ONE * 2, due_on=TODAY + ONE * 23)
    says = [(letter.day, letter.address) for letter in forecast(now=moment(hour=6)).letters]
    narrow = forecast(now=moment(hour=6), unit_ids=[units[0].pk])
    assert {item.duty.unit_id for letter in narrow.letters for item in letter.items} == {units[0].pk}
    happened = []
    for day in (TODAY + ONE * n for n in range(30)):
        before, at = len(locmem.outbox), moment(day, hour=9)
        open_cycles(now=at)
        plan(now=at)
        send(now=at)
        happened += [(day, mail.to[0]) for mail in locmem.outbox[before:]]
    assert sorted(says) == sorted(happened)
    assert min(day for day, _ in says) == TODAY + ONE * 2
