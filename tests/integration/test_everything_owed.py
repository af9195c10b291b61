"""A mail that leaves names everything its reader owes by now, what presses most first, and what is still true."""

import datetime as dt

import pytest
from django.core import mail as locmem

from accounts.roles import Role
from notices import claims, fresh_texts
from notices.line import Line
from notices.models import InboxItem, Mail, Reminder, Rung
from notices.planner import plan
from notices.sender import _Clock, send
from notices.settling import settle_by_hand
from notices.states import ARRIVED
from tests.factories import NOW, TODAY, make_specialist, make_unit, make_units, make_user, moment
from tests.support.mail import LOSE_REPLY

pytestmark = pytest.mark.django_db


def day(n):
    return TODAY + dt.timedelta(days=n)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit, email="lan@example.vn")


def run(at):
    """What planner and sender make of one moment: the mails of it."""
    before = len(locmem.outbox)
    plan(now=at)
    send(now=at)
    return locmem.outbox[before:]


def test_what_was_reminded_of_before_is_named_again_when_a_mail_leaves_anyway(fake, unit, drafter):
    fake.owe(1, unit=unit, due=day(-1), title="Báo cáo quá hạn")
    (first,) = run(NOW)
    assert "Quá hạn 1 ngày làm việc: Báo cáo quá hạn" in first.body
    fake.owe(2, unit=unit, due=day(2), title="Bổ sung đề xuất")
    fake.owe(3, unit=unit, due=day(40), title="Việc còn xa")  # its opening is told today, no day of it has come
    (second,) = run(moment(day(1)))
    assert second.subject.startswith("Báo cáo quá hạn, hạn 22/11/2026: quá hạn 2 ngày làm việc; và 2 việc khác")
    assert "Ông/bà có 3 việc cần làm" in second.body
    at = [second.body.index(title) for title in ("Báo cáo quá hạn", "Bổ sung đề xuất", "Việc còn xa")]
    assert at == sorted(at)
    assert (
        Reminder.objects.filter(duty_key="fake:1", state="sent").count() == 1
    )  # no rung of its own: no row of its own
    fake.owe(4, unit=unit, due=day(3), title="Việc mới")
    (third,) = run(moment(day(2)))
    assert "Việc còn xa" not in third.body  # forty days off, told once
    assert [item.text.count(" – hạn ") for item in InboxItem.objects.order_by("at")] == [1, 3, 3]


def test_nothing_is_sent_only_because_something_is_still_owed(fake, unit, drafter):
    fake.owe(1, unit=unit, due=day(-1))
    assert len(run(NOW)) == 1
    assert run(moment(day(1))) == []


def test_what_presses_first_counts_days_of_grace(fake, unit, drafter):
    at = moment(day(1))
    fake.owe(1, unit=unit, due=day(0), grace_until=day(7), title="Việc được châm chước")
    fake.owe(2, unit=unit, due=day(1), title="Việc của hôm nay")
    (mail,) = run(at)
    assert mail.subject.startswith("Việc của hôm nay, hạn 24/11/2026: hôm nay là hạn")
    assert mail.body.index("Việc của hôm nay") < mail.body.index("Việc được châm chước")
    item = InboxItem.objects.get()
    assert "gấp nhất: Việc của hôm nay, hạn 24/11/2026" in item.title


def test_an_overdue_duty_says_until_when_the_portal_takes_it(fake, unit, drafter):
    fake.owe(1, unit=unit, due=day(-1), ends_on=day(4))
    (mail,) = run(NOW)
    assert "Hạn Chủ nhật, 22/11/2026; Cổng nhận đến hết thứ Sáu, 27/11/2026" in mail.body
    assert "Cổng nhận đến hết thứ Sáu, 27/11/2026" in mail.alternatives[0].content


def test_a_copy_names_who_does_it(fake, unit, drafter):
    leader = make_user(Role.UNIT_LEADER, unit=unit, email="truong@example.vn")
    fake.owe(1, unit=unit, due=day(-1), detail="còn 5/14 chỉ tiêu chưa nhập")
    copy = next(mail for mail in run(NOW) if mail.to == [leader.email])
    assert f"còn 5/14 chỉ tiêu chưa nhập; người được giao: {drafter.get_full_name()}" in copy.body


def test_heads_of_the_department_are_told_with_the_specialists(fake, unit, drafter):
    specialist, head = make_specialist(), make_specialist(Role.DEPT_HEAD)
    fake.owe(1, unit=unit, due=day(-5))
    told = {mail.to[0] for mail in run(NOW)}
    assert {specialist.email, head.email} <= told


def test_who_to_call_stands_in_both_parts(fake, unit, drafter, settings):
    settings.HOTLINE = "Phòng thử: 024 1234"
    fake.owe(1, unit=unit, due=day(0))
    (mail,) = run(NOW)
    assert settings.HOTLINE in mail.body
    assert settings.HOTLINE in mail.alternatives[0].content


def test_a_rung_switched_off_before_its_mail_left_is_not_said(fake, unit, drafter):
    Rung.objects.create(kind="fake", offset=1)
    rung = Rung.objects.create(kind="fake", offset=5)
    fake.owe(1, unit=unit, due=day(4))
    plan(now=moment(hour=6))
    rung.active = False
    rung.save()
    send(now=NOW)
    assert locmem.outbox == []
    assert Reminder.objects.get().state == "dropped"
    rung.active = True
    rung.save()
    assert len(run(moment(hour=10))) == 1


def test_what_closes_between_two_mails_is_not_in_the_second(fake, smtp_sink, monkeypatch):
    """No matter how short the time: each duty is asked again as its mail leaves."""
    monkeypatch.setattr(fresh_texts, "FRESH", 3600)  # only that question can notice
    units = make_units(12)
    for number, unit in enumerate(units):
        make_user(Role.UNIT_DRAFTER, unit=unit)
        fake.owe(number, unit=unit, due=TODAY)
    plan(now=NOW)
    plain, left = Line.hand_over, []

    def hand_over(line, message, **rest):
        answer = plain(line, message, **rest)
        left.append(message)
        if len(left) == 5:
            for key in list(fake.open)[:-1]:
                fake.close(key)
            fake.owe(11, unit=units[11], due=day(3))  # the last one is moved
        return answer

    monkeypatch.setattr(Line, "hand_over", hand_over)
    assert send(now=NOW).sent == 5
    assert len(smtp_sink.messages) == 5
    assert Mail.objects.filter(state="superseded").count() == 7


def test_what_may_have_been_said_is_not_replaced_before_its_fate_is_known(fake, unit, drafter, smtp_sink):
    fake.owe(1, unit=unit, due=day(1))
    plan(now=NOW)
    smtp_sink.script("DATA", LOSE_REPLY)
    assert send(now=NOW).unknown == 1
    at = moment(day(1))
    plan(now=at)
    send(now=at)
    early = Reminder.objects.get(offset=1)
    assert (early.state, early.mail.state) == ("planned", "unknown")
    settle_by_hand(mail_id=early.mail_id, action=ARRIVED, user=make_specialist(), now=at)
    assert list(Reminder.objects.filter(state="sent").order_by("offset").values_list("offset", flat=True)) == [0, 1]


def test_the_lease_is_renewed_as_each_mail_begins(fake, smtp_sink, monkeypatch):
    for number, unit in enumerate(make_units(3)):
        make_user(Role.UNIT_DRAFTER, unit=unit)
        fake.owe(number, unit=unit, due=TODAY)
    plan(now=NOW)
    passed = iter(range(100_000))  # each look at the clock is a second later
    monkeypatch.setattr(_Clock, "spent", lambda clock: float(next(passed)))
    seen, plain = [], claims.begin

    def begin(mail, *, now, **content):
        done = plain(mail, now=now, **content)
        seen.append(Mail.objects.get(pk=mail.pk).lease_until - now)
        return done

    monkeypatch.setattr(claims, "begin", begin)
    send(now=NOW)
    assert seen and set(seen) == {claims.LEASE}


def test_what_closes_while_the_line_is_opened_is_not_said(fake, unit, drafter, smtp_sink, monkeypatch):
    fake.owe(1, unit=unit, due=TODAY)
    plan(now=NOW)
    plain = Line.open

    def slow(line):
        opened = plain(line)
        fake.open.clear()
        return opened

    monkeypatch.setattr(Line, "open", slow)
    assert send(now=NOW).superseded == 1
    assert smtp_sink.messages == []
