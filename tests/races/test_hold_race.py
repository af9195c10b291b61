"""Two who hold the same reminders back at the same moment: one hold, and the other is told so."""

import datetime as dt

import pytest

from notices.holds import HoldRefused, make_hold
from notices.models import Hold
from tests.factories import NOW, TODAY, actor, make_specialist, make_unit
from tests.support.at_once import at_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HANDS = 6


@pytest.mark.parametrize("target", ["unit", "duty_key"])
def test_the_same_hold_made_by_many_stands_once(target):
    what = {"unit": make_unit()} if target == "unit" else {"duty_key": "report:17"}
    span = {"since": TODAY, "until": TODAY + dt.timedelta(days=7)}

    def hold(hand):
        return lambda: make_hold(**what, **span, title="Xã Ứng Hòa", reason="Lũ lụt", actor=hand, now=NOW)

    wrong = at_once(*[hold(actor(make_specialist())) for _ in range(HANDS)])
    assert Hold.objects.count() == 1
    assert len(wrong) == HANDS - 1
    assert {type(error) for error in wrong} == {HoldRefused}
    assert "Đã có lần tạm dừng từ ngày 23/11/2026 đến hết ngày 30/11/2026" in str(wrong[0])
