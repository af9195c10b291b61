"""Somebody who works for two units can tell the same report of both apart, wherever it is named."""

import datetime as dt

import pytest
from django.core import mail as locmem
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from notices import feed as feeds
from notices.models import InboxItem
from notices.planner import plan
from notices.sender import send
from proposals.duties import ClosingProvider
from proposals.filing import start_proposal
from tests.factories import NOW, TODAY, actor, make_call, make_specialist, make_unit, make_user

pytestmark = pytest.mark.django_db
DUE = TODAY + dt.timedelta(days=1)


@pytest.fixture
def both():
    return make_unit("Xã Ứng Hòa"), make_unit("Phường Hai Bà Trưng")


@pytest.fixture
def person(both):
    user = make_user(Role.UNIT_DRAFTER, unit=both[0])
    Membership.objects.create(user=user, unit=both[1], role=Role.UNIT_DRAFTER, valid_from=TODAY)
    return user


def owe_both(fake, both):
    for number, unit in enumerate(both, 1):
        fake.owe(number, unit=unit, due=DUE, title="Báo cáo năm 2026", subject="gửi Báo cáo năm 2026")


def test_mail_and_inbox_name_the_unit(fake, both, person):
    owe_both(fake, both)
    plan(now=NOW)
    send(now=NOW)
    (message,) = locmem.outbox
    for part in (message.body, message.alternatives[0][0]):
        for unit in both:
            assert f"Báo cáo năm 2026 – {unit.name}" in part
    assert message.subject.startswith("Gửi Báo cáo năm 2026 – ")
    lines = InboxItem.objects.get(person=person).text.splitlines()
    assert {line.split(" – hạn")[0] for line in lines} == {f"Báo cáo năm 2026 – {unit.name}" for unit in both}


def test_with_one_place_the_name_is_left_out_of_mail_and_inbox(fake, both, person):
    fake.owe(1, unit=both[0], due=DUE, title="Báo cáo năm 2026")
    plan(now=NOW)
    send(now=NOW)
    assert "Báo cáo năm 2026 –" not in locmem.outbox[0].body + locmem.outbox[0].subject
    assert InboxItem.objects.get(person=person).text.startswith("Báo cáo năm 2026 – hạn")


def test_the_calendar_names_the_unit_always_and_the_last_day_as_one(fake, both, person):
    fake.owe(1, unit=both[0], due=DUE, title="Đợt đề xuất đang mở", day_title="Hạn gửi: Đợt đề xuất")
    feed = feeds.create_feed(person=person, now=NOW)
    assert [entry.title for entry in feeds.entries(feed, now=NOW)] == ["Hạn gửi: Đợt đề xuất – Xã Ứng Hòa"]


def test_a_closing_call_begins_with_an_action_and_ends_with_its_last_day(both, person):
    call = make_call(title="Đợt đề xuất nhiệm vụ năm 2027", due_on=DUE)
    start_proposal(call=call, actor=actor(person), now=NOW)
    (duty,) = ClosingProvider().open_duties(now=NOW)
    assert duty.subject == "trình ký 1 đề xuất của đợt đề xuất nhiệm vụ năm 2027"
    assert duty.day_title == "Hạn gửi: Đợt đề xuất nhiệm vụ năm 2027"


def test_why_names_the_unit_too(client, fake, both, person, time_machine):
    time_machine.move_to(NOW)
    owe_both(fake, both)
    client.force_login(make_specialist())
    page = client.get(reverse("admin:notices_why_person", args=[person.pk])).text
    for unit in both:
        assert f"Báo cáo năm 2026 – {unit.name}" in page
