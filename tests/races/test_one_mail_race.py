"""Digest and weekly letter of the same readers, planned and sent by many at once: one mail each, nothing said twice."""

import datetime as dt
from collections import Counter

import pytest

from notices import weekly
from notices.models import Mail, Rung
from notices.planner import plan
from notices.sender import send
from notices.weekly import Line, Section, plan_weekly
from tests.factories import TODAY, make_specialist, make_unit, moment
from tests.support.at_once import at_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SEVEN = moment(hour=7)
WAITS = Section("Chờ Sở xử lý", (Line("Đề xuất: 14 hồ sơ", "/quan-tri/"),), "14 hồ sơ chờ Sở")


@pytest.fixture
def readers(fake, monkeypatch):
    told = {"x": lambda people, *, roles, now: {person.pk: [WAITS] for person in people}}
    monkeypatch.setattr(weekly, "_providers", told)
    Rung.objects.create(kind="fake", offset=-3, tell_department=True)
    fake.owe(unit=make_unit("Xã Muộn"), due=TODAY - dt.timedelta(days=5), staff_path="/quan-tri/1/")
    return [make_specialist() for _ in range(30)]


def got(sink):
    """{reader: how many mails}, and {reader: how often the letter's section was read}."""
    mails, sections = Counter(), Counter()
    for received in sink.messages:
        mails[received.recipients[0]] += 1
        sections[received.recipients[0]] += "Đề xuất: 14 hồ sơ" in received.message.get_body(["plain"]).get_content()
    return mails, sections


def test_two_senders_on_both_kinds_in_the_queue(readers, smtp_sink):
    plan(now=SEVEN)
    plan_weekly(now=SEVEN)
    assert at_once(*[lambda: send(now=SEVEN, limit=1000)] * 2) == []
    each = dict.fromkeys([reader.email for reader in readers], 1)
    assert got(smtp_sink) == (each, each)
    assert set(Mail.objects.filter(kind="weekly").values_list("state", flat=True)) == {"superseded"}


def test_the_digests_are_planned_while_two_senders_take_the_letters(readers, smtp_sink):
    plan_weekly(now=SEVEN)
    send_all = [lambda: send(now=SEVEN, limit=1000)] * 2
    assert at_once(lambda: plan(now=SEVEN), *send_all) == []
    assert at_once(*send_all) == []
    each = dict.fromkeys([reader.email for reader in readers], 1)
    assert got(smtp_sink) == (each, each)
