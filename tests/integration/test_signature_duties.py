"""Who is asked to sign, by when: nobody sets a day before the sending's own, and a unit without a leader is asked too."""

import datetime as dt

import pytest
from django.core import mail as locmem
from time_machine import travel

from accounts.models import Membership
from accounts.roles import Role
from dossiers.duties import SignatureProvider
from notices.planner import plan
from notices.sender import send
from proposals.duties import ClosingProvider
from tests.factories import NOW, TODAY, make_call, make_team, make_unit, moment
from tests.support.report_desk import Desk
from tests.support.ways import complete_proposal, step

pytestmark = pytest.mark.django_db


def day(n):
    return TODAY + dt.timedelta(days=n)


def run(n):
    """The mails planner and sender make of the n-th day from now."""
    before, at = len(locmem.outbox), moment(day(n))
    with travel(at, tick=False):
        plan(now=at)
        send(now=at)
    return locmem.outbox[before:]


def test_a_leader_is_not_chased_before_the_day_of_sending_comes_near():
    desk = Desk(due_on=day(28))
    desk.fill()
    desk.step("submit_for_signature", desk.drafter)
    send(now=NOW)
    step_mail, told = len(locmem.outbox), {}
    for n in range(30):
        for mail in run(n):
            if mail.to == [desk.leader.email]:
                told[n] = mail
    assert step_mail == 1
    assert sorted(told) == [25, 28, 29]  # Friday before, the Monday it is due, the day after
    subject = told[25].subject
    assert subject.startswith("Ký và gửi: Báo cáo năm 2026, hạn 21/12/2026: còn 1 ngày làm việc")
    assert "Hạn thứ Hai, 21/12/2026" in told[25].body
    assert "trình ký ngày 23/11/2026" in told[25].body


def test_the_mail_to_sign_a_report_offers_that_it_was_sent_another_way():
    desk = Desk(due_on=day(0))
    desk.fill()
    desk.step("submit_for_signature", desk.drafter)
    mail = next(mail for mail in run(0) if mail.to == [desk.leader.email] and "Ký và gửi" in mail.subject)
    assert f"/bao-cao/nghia-vu/{desk.obligation.pk}/da-gui/" in mail.body
    assert f"/bao-cao/nghia-vu/{desk.obligation.pk}/da-gui/" in mail.alternatives[0].content


def test_a_unit_without_a_leader_is_reminded_of_what_waits_for_one():
    drafter, leader, clerk = make_team(make_unit())
    call = make_call(due_on=day(4))
    dossier = complete_proposal(call, drafter)
    Membership.objects.filter(user=leader).delete()
    step(dossier, "submit_for_signature", drafter)
    (duty,) = SignatureProvider().open_duties(now=NOW)
    assert duty.roles == {Role.UNIT_DRAFTER, Role.UNIT_CLERK}
    assert duty.title.startswith("Chờ ký, đơn vị chưa có lãnh đạo trên Cổng: ")
    told = {mail.to[0] for n in range(5) for mail in run(n) if "chưa có lãnh đạo" in mail.body}
    assert told == {drafter.email, clerk.email}


def test_the_day_of_the_signature_is_asked_again_as_its_mail_leaves():
    desk = Desk(due_on=day(28))
    desk.fill()
    desk.step("submit_for_signature", desk.drafter)
    (duty,) = SignatureProvider().open_duties(now=NOW)
    assert SignatureProvider().open_dues([duty.key, "signature:99:1"], now=NOW) == {duty.key: day(28)}


def test_a_call_says_how_far_it_has_come():
    drafter, _, _ = make_team(make_unit())
    call = make_call(due_on=day(2), locks_on=day(20))
    complete_proposal(call, drafter)
    titles = [next(iter(ClosingProvider().open_duties(now=moment(day(n))))).title for n in (0, 2, 3)]
    assert [title.removeprefix(call.round.title).strip() for title in titles] == [
        "sắp đóng",
        "sắp đóng",
        "đã qua hạn, Sở còn nhận hồ sơ",
    ]
