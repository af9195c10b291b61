"""Several clicks on “Đề xuất nhiệm vụ mới” at the same moment, on PostgreSQL: one draft."""

import threading

import pytest
from django.db import connections

from accounts.roles import Role
from proposals.filing import draft_for
from proposals.models import Proposal
from tests.factories import NOW, actor, make_call, make_unit, make_user

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CLICKS = 6


def _click(call, who, barrier, found):
    try:
        mine = actor(who)
        barrier.wait()
        found.append(draft_for(call=call, actor=mine, now=NOW).pk)
    finally:
        connections["default"].close()


def test_clicks_at_the_same_moment_make_one_draft():
    who = make_user(Role.UNIT_DRAFTER, unit=make_unit())
    for year in range(2027, 2035):
        call = make_call(plan_year=year)
        barrier, found = threading.Barrier(CLICKS), []
        threads = [threading.Thread(target=_click, args=(call, who, barrier, found)) for _ in range(CLICKS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(found) == CLICKS and len(set(found)) == 1
        assert Proposal.objects.filter(call=call).count() == 1
