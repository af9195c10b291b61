"""Extended in the same second as planner and sender run, or as the report is sent: the old day is never spoken of again,
and the extension holds wholly or not at all."""

import datetime as dt
import time
from functools import partial

import pytest

from dossiers.grounds import Grounds
from notices.models import Reminder
from notices.planner import plan
from notices.sender import send
from reports.extending import extend
from reports.models import Obligation
from tests.factories import NOW, TODAY, actor, make_specialist, moment
from tests.support.at_once import at_once, plan_and_send
from tests.support.report_desk import Desk

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
UNTIL = TODAY + dt.timedelta(days=60)
OLD, NEW = f"{TODAY:%d/%m/%Y}", f"gia hạn đến hết ngày {UNTIL:%d/%m/%Y}"


def grant(obligation, specialist):
    grounds = Grounds(by="phone", dated=TODAY, decided_by="Giám đốc", reason="Mất điện")
    return extend(
        cycle=obligation.cycle,
        obligations=[obligation],
        until=UNTIL,
        grounds=grounds,
        seen={obligation.pk: TODAY},
        actor=actor(specialist),
        now=NOW,
    )


@pytest.mark.parametrize("order", ["extend first", "plan, extend, send", "send first", "at once"])
def test_no_mail_speaks_of_the_old_day_once_it_was_extended(owed, smtp_sink, writings, order):
    obligation, _, specialist = owed
    granted = []

    def stop():
        grant(obligation, specialist)
        granted.append(time.monotonic())

    if order == "extend first":
        stop()
        plan_and_send()
    elif order == "plan, extend, send":
        plan(now=NOW)
        stop()
        send(now=NOW)
    elif order == "send first":
        plan_and_send()
        stop()
    else:
        assert at_once(stop, plan_and_send, plan_and_send) == []
    for began, texts in writings:
        assert began < granted[0] or all(NEW in " ".join(text.split()) for text in texts)
    for day in range(1, 9):
        plan_and_send(moment(TODAY + dt.timedelta(days=day), hour=17))
    rows = Reminder.objects.filter(duty_key=f"report:{obligation.pk}")
    assert not rows.filter(due=TODAY, state="planned").exists()
    sent = list(rows.filter(state="sent").values_list("due", "offset", "person"))
    assert len(sent) == len(set(sent))
    assert {due for due, _, _ in sent} <= {UNTIL} | ({TODAY} if order in ("send first", "at once") else set())


@pytest.mark.parametrize("attempt", range(5))
def test_a_report_sent_in_the_same_second_is_counted_by_one_of_the_two_days(attempt):
    desk, specialist = Desk(due_on=TODAY), make_specialist()
    desk.fill()
    desk.step("submit_for_signature", desk.drafter)
    after, granted = moment(TODAY + dt.timedelta(days=1)), []
    send = partial(desk.step, "approve_and_send", desk.leader, now=after)
    assert at_once(lambda: granted.append(grant(desk.obligation, specialist)), send) == []
    row = Obligation.objects.get()
    assert row.first_sent_at == after
    if granted[0].obligations:
        assert (row.due_on, row.days_late, row.extended_to) == (UNTIL, 0, UNTIL)
    else:
        assert (row.due_on, row.days_late, row.extended_to) == (TODAY, 1, None)
        assert "đã được gửi" in granted[0].left_out[0][1]
