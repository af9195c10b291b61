"""Who is only told of what others owe is not asked to do it: the leader in copy, the Sở that reads of late units."""

import datetime as dt

import pytest
from django.core import mail as locmem
from time_machine import travel

from accounts.roles import Role
from notices.mail_texts import problems
from notices.models import InboxItem, MailText, Rung
from notices.planner import plan
from notices.sender import send
from tests.factories import NOW, TODAY, make_specialist, make_unit, make_user

pytestmark = pytest.mark.django_db
LATE = TODAY - dt.timedelta(days=5)  # Wednesday before: three working days overdue
DUTY = {"title": "Báo cáo năm 2026", "subject": "gửi Báo cáo năm 2026", "action": "Sửa và gửi lại"}


@pytest.fixture(autouse=True)
def clock():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def people(fake, unit):
    Rung.objects.create(kind="fake", offset=-3, copy_leader=True, tell_department=True)
    return make_user(Role.UNIT_DRAFTER, unit=unit), make_user(Role.UNIT_LEADER, unit=unit), make_specialist()


def sent_now():
    plan(now=NOW)
    send(now=NOW)
    return {message.to[0]: message for message in locmem.outbox}


def test_the_copy_of_the_leader_says_that_it_is_one(fake, unit, people):
    drafter, leader, _ = people
    fake.owe(unit=unit, due=LATE, **DUTY)
    sent = sent_now()
    mine, copy = sent[drafter.email], sent[leader.email]
    assert mine.subject == "Gửi Báo cáo năm 2026, hạn 18/11/2026: quá hạn 3 ngày làm việc"
    assert copy.subject == "Để ông/bà biết – Báo cáo năm 2026, hạn 18/11/2026: quá hạn 3 ngày làm việc"
    for part in (mine.body, mine.alternatives[0][0]):
        assert "Ông/bà có một việc cần làm" in part
        assert "Sửa và gửi lại" in part
        assert "trước hạn" not in part
        assert "Có vướng mắc hoặc cần gia hạn, ông/bà gọi số dưới đây." in part
        assert "để ông/bà biết" not in part.lower()
    for part in (copy.body, copy.alternatives[0][0]):
        assert "Để ông/bà biết: đơn vị có việc quá hạn dưới đây." in part
        assert "việc do người được giao thực hiện" in part
        assert "Sửa và gửi lại" not in part
        assert "cần làm" not in part
    assert "Xem: http" in copy.body
    assert InboxItem.objects.get(person=leader).title == "Để ông/bà biết – Báo cáo năm 2026, hạn 18/11/2026"
    assert InboxItem.objects.get(person=drafter).title.startswith("Việc cần làm: Báo cáo năm 2026")


def test_the_department_reads_of_units_as_something_to_know(fake, unit, people):
    fake.owe(unit=unit, due=LATE, staff_path="/quan-tri/1/", **DUTY)
    told = sent_now()[people[2].email]
    assert told.subject.startswith("Để ông/bà biết – Xã Ứng Hòa: Báo cáo năm 2026, hạn 18/11/2026: quá hạn")
    assert "Để ông/bà biết: đơn vị có việc quá hạn dưới đây." in told.body
    assert "cần làm" not in told.body
    assert "Việc quá hạn vẫn thực hiện được" not in told.body


def test_nobody_is_told_of_no_duties(fake, unit, people):
    """An edited text that counts the duties is for who has some; a mail to know of keeps the built-in words."""
    MailText.objects.create(key="digest_hello", text="{ten_nguoi_nhan}, ông/bà có {so_viec} việc cần làm.")
    fake.owe(unit=unit, due=LATE, **DUTY)
    drafter, leader, _ = people
    sent = sent_now()
    assert "ông/bà có 1 việc cần làm" in sent[drafter.email].body
    for part in (sent[leader.email].body, sent[leader.email].alternatives[0][0]):
        assert f"Kính gửi ông/bà {leader.full_name}," in part
        assert "việc cần làm" not in part


def test_the_subject_of_a_mail_to_know_of_cannot_count(settings):
    assert "Không có chỗ điền {so_viec}" in problems("digest_subject_told", "{viec}, {han}: {so_viec}")[0]


def test_own_duties_stand_above_what_one_is_told_of(fake, unit, people):
    leader = people[1]
    fake.owe(1, unit=unit, due=LATE, **DUTY)
    leads = {"roles": frozenset({Role.UNIT_LEADER}), "title": "Ký và gửi: Tờ trình", "action": "Xem và ký"}
    fake.owe(2, unit=unit, due=TODAY, opened=TODAY, **leads)
    Rung.objects.create(kind="fake", offset=0)
    message = sent_now()[leader.email]
    assert message.subject == "Ký và gửi: Tờ trình, hạn 23/11/2026: hôm nay là hạn"
    order = ["Ông/bà có một việc cần làm", "Ký và gửi: Tờ trình", "Để ông/bà biết: đơn vị", "Báo cáo năm 2026"]
    places = [message.body.index(words) for words in order]
    assert places == sorted(places)
    assert "trước hạn" in message.body
    item = InboxItem.objects.get(person=leader)
    assert item.title == "Việc cần làm: Ký và gửi: Tờ trình, hạn 23/11/2026"
    assert "Để ông/bà biết – Báo cáo năm 2026 – hạn" in item.text


def test_a_leader_who_stands_in_owes_it(fake, people):
    alone = make_unit("Xã Chỉ Có Lãnh Đạo")
    leader = make_user(Role.UNIT_LEADER, unit=alone)
    fake.owe(unit=alone, due=LATE, stand_ins=frozenset({Role.UNIT_LEADER}), **DUTY)
    message = sent_now()[leader.email]
    assert message.subject.startswith("Gửi Báo cáo năm 2026, ")
    assert "Ông/bà có một việc cần làm" in message.body


def test_a_copy_before_the_due_day_is_not_called_overdue(fake, unit, people):
    Rung.objects.create(kind="fake", offset=1, copy_leader=True)
    fake.owe(unit=unit, due=TODAY + dt.timedelta(days=1), **DUTY)
    assert "Để ông/bà biết: đơn vị có việc sắp đến hạn dưới đây." in sent_now()[people[1].email].body
