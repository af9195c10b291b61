"""“Vì sao?” about today: one mail a day, and an address that has gone since the last mail."""

import datetime as dt

import pytest

from accounts.roles import Role
from notices.explain import explain
from notices.planner import plan
from notices.reasons import NO, YES
from notices.sender import send
from tests.factories import TODAY, make_unit, make_user, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit)


def run(at, clock):
    clock.move_to(at, tick=False)
    plan(now=at)
    send(now=at)


def test_who_has_had_a_mail_today_is_not_promised_another(fake, unit, drafter, time_machine):
    fake.owe(1, unit=unit, due=TODAY)
    run(moment(hour=9), time_machine)
    fake.owe(2, unit=unit, due=TODAY + dt.timedelta(days=1))
    at = moment(hour=10)
    time_machine.move_to(at, tick=False)
    said = explain(person=drafter, duty_key="fake:2", now=at)
    assert "Hôm nay người này đã có một thư" in said.verdict.text
    assert "lần chạy tới" not in said.verdict.text
    run(at, time_machine)  # as said: nothing more today, and tomorrow it comes
    assert "mỗi người một thư một ngày" in explain(person=drafter, duty_key="fake:2", now=at).verdict.text
    later = moment(TODAY + dt.timedelta(days=1))
    run(later, time_machine)
    assert "Đã có thư nhắc" in explain(person=drafter, duty_key="fake:2", now=later).verdict.text


def test_an_address_that_is_gone_is_no_good_news(fake, unit, drafter, time_machine):
    fake.owe(1, unit=unit, due=TODAY)
    run(moment(hour=9), time_machine)
    assert explain(person=drafter, duty_key="fake:1", now=moment(hour=9)).verdict.tone == YES
    drafter.email = ""
    drafter.save()
    said = explain(person=drafter, duty_key="fake:1", now=moment(hour=9))
    assert said.verdict.tone == NO
    assert "chưa có địa chỉ thư điện tử" in said.verdict.text
