"""Days of grace: the due day stays the day said, nothing is overdue before what counts as on time has passed."""

import datetime as dt

import pytest
from django.core import mail as locmem
from django.test import Client
from django.urls import reverse
from time_machine import travel

from dossiers.models import Dossier
from notices.forecast import forecast
from notices.models import Reminder
from notices.planner import plan
from notices.sender import send
from reports.chasing import rows_of
from reports.models import Obligation
from tests.factories import TODAY, make_call, make_specialist, make_team, moment
from tests.support.report_desk import Desk
from tests.support.ways import complete_proposal

pytestmark = pytest.mark.django_db
DUE = TODAY + dt.timedelta(days=4)  # Friday
LAST = TODAY + dt.timedelta(days=9)  # Wednesday


def at(n, hour=9):
    """The n-th day after the due day."""
    return moment(DUE + dt.timedelta(days=n), hour=hour)


@pytest.fixture
def desk():
    with travel(at(-4), tick=False):
        made = Desk(due_on=DUE, grace_until=LAST)
        Obligation.objects.update(counted_until=LAST)
        yield made


def run(day):
    locmem.outbox.clear()
    plan(now=day)
    send(now=day)
    return {mail.to[0]: mail.subject for mail in locmem.outbox}


def test_no_overdue_step_and_no_leader_in_copy_within_the_days_of_grace(desk):
    specialist = make_specialist()
    told = run(at(0))
    assert set(told) == {desk.drafter.email, desk.clerk.email}
    assert "hạn 27/11/2026: hôm nay là hạn" in told[desk.drafter.email]
    for n in (3, 4, 5):  # Monday to Wednesday
        assert run(at(n)) == {}
    told = run(at(6))
    assert set(told) == {desk.drafter.email, desk.clerk.email, desk.leader.email}
    assert told[desk.leader.email].endswith("hạn 27/11/2026: quá hạn 4 ngày làm việc")
    assert specialist.email not in told
    assert set(run(at(10))) == {desk.drafter.email, desk.clerk.email, desk.leader.email, specialist.email}


def test_a_mail_that_leaves_within_them_says_what_counts(desk):
    told = run(at(4))  # the first run since the cycle opened
    assert told[desk.drafter.email] == ("Gửi Báo cáo năm 2026, hạn 27/11/2026: vẫn tính đúng hạn đến hết 02/12/2026")
    assert desk.leader.email not in told
    assert "quá hạn" not in locmem.outbox[0].body.lower()


def test_the_forecast_knows_the_days_of_grace(desk):
    run(at(0))
    ahead = {letter.day: [item.rung for item in letter.items] for letter in forecast(now=at(0, hour=15)).letters}
    assert min(ahead) == LAST + dt.timedelta(days=1)
    assert ahead[min(ahead)] == [-1]


def test_an_overdue_reminder_in_the_queue_is_dropped_when_grace_is_granted(desk):
    Obligation.objects.update(counted_until=DUE)
    plan(now=at(3, hour=6))
    assert Reminder.objects.filter(offset=-1, state="planned", person=desk.leader).exists()
    Obligation.objects.update(counted_until=LAST)
    send(now=at(3))
    assert locmem.outbox == []
    assert not Reminder.objects.filter(offset=-1, state="planned").exists()


def test_the_pages_say_what_counts(desk):
    with travel(at(4), tick=False):
        client = Client()
        client.force_login(desk.drafter)
        home = client.get("/").text
        listed = client.get(reverse("reports:list")).text
        opened = client.get(reverse("reports:open", args=[desk.obligation.pk])).text
    for page in (home, listed):
        assert "vẫn tính đúng hạn đến hết thứ Tư, 02/12/2026" in page
        assert "ngày làm việc còn tính đúng hạn" in page
        assert "ngày làm việc quá hạn" not in page
    assert "Cần xử lý ngay" in home
    assert "vẫn tính đúng hạn đến hết 02/12/2026" in opened
    assert "quá hạn, vẫn gửi được" not in opened
    (row,) = rows_of(desk.cycle, now=at(4))
    assert row.words == "Vẫn tính đúng hạn đến hết 02/12/2026"
    assert not row.overdue


def test_the_leader_is_not_told_that_the_signature_is_overdue(desk):
    desk.fill()
    desk.step("submit_for_signature", desk.drafter, now=at(0, hour=8))
    assert desk.leader.email in run(at(0))
    for n in (3, 4, 5):
        assert run(at(n)) == {}
    assert "quá hạn" in run(at(6))[desk.leader.email]


def test_a_call_with_days_of_grace(desk):
    drafter = make_team(desk.unit)[0]
    call = make_call(due_on=DUE, grace_until=LAST, locks_on=LAST)
    complete_proposal(call, drafter, now=at(-4))
    assert Dossier.objects.get().status == "draft"
    Obligation.objects.update(closed_at=at(-1), closed_reason="x")
    assert "hạn 27/11/2026: hôm nay là hạn" in run(at(0))[drafter.email]
    assert all(run(at(n)) == {} for n in (3, 4, 5))
