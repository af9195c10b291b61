"""“Gửi lại”: what would leave, when, and what of it is no longer so, is read before it is pressed."""

import datetime as dt

import pytest
from django.core import mail as locmem
from django.urls import reverse

from accounts.roles import Role
from districts.models import Holiday
from notices.explain import explain
from notices.models import Mail, Reminder, Rung
from notices.planner import plan
from notices.sender import send
from tests.factories import NOW, TODAY, make_specialist, make_unit, make_user, moment

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)
DUE = dt.date(2026, 11, 30)  # five working days left
NIGHT = moment(TODAY + ONE, hour=0, minute=39)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit)


@pytest.fixture
def admin(client, time_machine):
    client.user = make_specialist(Role.DEPT_ADMIN)
    go(client, time_machine, NOW)
    return client


def go(client, time_machine, now):
    """Signed in at this moment: an older session would be over."""
    time_machine.move_to(now, tick=False)
    client.force_login(client.user)


@pytest.fixture
def failed(fake, unit, drafter, smtp_sink):
    """A digest of two duties that the server refused."""
    fake.owe(1, unit=unit, due=DUE, title="Báo cáo thứ nhất")
    fake.owe(2, unit=unit, due=DUE, title="Báo cáo thứ hai")
    smtp_sink.script("RCPT", "550 5.1.1 no such user")
    plan(now=NOW)
    assert send(now=NOW).failed == 1
    return Mail.objects.get()


def act(mail, action="retry"):
    return reverse("admin:notices_mail_act", args=[mail.pk, action])


def page_of(mail):
    return reverse("admin:notices_mail_change", args=[mail.pk])


def test_the_page_shows_the_text_that_would_leave_and_writes_nothing(admin, failed):
    page = admin.get(act(failed)).text
    assert "Thư sẽ đi" in page
    assert "1. Còn 5 ngày làm việc: Báo cáo thứ hai" in page
    assert "viết lại lúc gửi" in page
    assert "Nội dung đã đổi" not in page
    assert set(Reminder.objects.exclude(mail=None).values_list("state", flat=True)) == {"planned"}


def test_what_moved_or_closed_is_named_and_does_not_leave(admin, failed, fake, unit, smtp_sink):
    fake.owe(1, unit=unit, due=DUE + 7 * ONE, title="Báo cáo thứ nhất")
    page = admin.get(act(failed)).text
    assert "Nội dung đã đổi" in page
    assert "Báo cáo thứ nhất, hạn 30/11/2026: hạn đã dời sang 07/12/2026" in page
    assert page.count("Báo cáo thứ nhất") == 1  # not in the text
    fake.close("fake:2")
    page = admin.get(act(failed)).text
    assert "Thư này không còn gì để gửi" in page
    assert "Báo cáo thứ hai, hạn 30/11/2026: việc không còn mở" in page
    assert "Thư sẽ đi" not in page
    assert "Gửi sớm nhất" not in page
    assert set(Reminder.objects.exclude(mail=None).values_list("state", flat=True)) == {
        "planned"
    }  # looking settles nothing
    admin.post(act(failed), {"note": ""})
    assert send(now=NOW).superseded == 1  # as the page has said
    assert smtp_sink.messages == []


def test_what_a_later_rung_took_over_is_named(admin, failed, time_machine):
    Rung.objects.create(kind="fake", offset=5)
    Rung.objects.create(kind="fake", offset=4)
    go(admin, time_machine, moment(TODAY + ONE))
    plan(now=moment(TODAY + ONE))
    page = admin.get(act(failed)).text
    assert "đã đến mốc sau, nhắc ở mốc đó" in page
    assert "Thư này không còn gì để gửi" in page


def test_after_a_retry_on_a_holiday_night_the_ledger_says_when_it_leaves(admin, failed, time_machine):
    Holiday.objects.create(day=TODAY + ONE, name="Nghỉ bù")
    go(admin, time_machine, NIGHT)
    assert "07:00 25/11/2026" in admin.get(act(failed)).text
    admin.post(act(failed), {"note": "đã sửa địa chỉ"})
    page = admin.get(page_of(failed)).text
    assert "Gửi sớm nhất lúc" in page
    assert "07:00 25/11/2026" in page
    chain = explain(person=failed.person, duty_key="fake:1", now=NIGHT).reasons
    assert any("Không gửi trước 07:00 25/11/2026" in reason.text for reason in chain)


def test_the_error_of_before_stands_with_the_retry_not_as_the_last_one(admin, failed):
    admin.post(act(failed), {"note": "đã sửa địa chỉ"})
    page = admin.get(page_of(failed)).text
    assert "Lỗi gần nhất" not in page
    assert "đã sửa địa chỉ Lỗi trước khi gửi lại: Máy chủ thư không có hộp thư này" in page
    failed.refresh_from_db()
    assert failed.last_error == ""


def test_what_is_due_on_a_day_off_leaves_that_day(admin, fake, unit, drafter, smtp_sink, time_machine):
    sunday = TODAY + 6 * ONE
    fake.owe(unit=unit, due=sunday)
    smtp_sink.script("RCPT", "550 5.1.1 no such user")
    plan(now=moment(sunday))
    assert send(now=moment(sunday)).failed == 1
    go(admin, time_machine, moment(sunday, hour=10))
    assert "10:00 29/11/2026" in admin.get(act(Mail.objects.get())).text


def test_one_a_day_holds_for_what_is_sent_again(admin, failed, drafter, smtp_sink):
    sent = Mail(dedupe_key="digest:x", kind="digest", person=drafter, template="digest", state="sent")
    sent.not_before, sent.sent_at, sent.created_at = NOW, NOW, NOW
    sent.save()
    assert "07:00 24/11/2026" in admin.get(act(failed)).text


def test_a_mail_about_a_step_leaves_as_it_was_written(admin, drafter, time_machine):
    mail = Mail.objects.create(
        dedupe_key="event:1", kind="status", person=drafter, address="a@example.vn", subject="Đã gửi: Đề xuất",
        text="Sở đã nhận hồ sơ.", html="<p>Sở đã nhận hồ sơ.</p>", template="step", state="failed",
        not_before=NOW, created_at=NOW,
    )  # fmt: skip
    page = admin.get(act(mail)).text
    assert "Sở đã nhận hồ sơ." in page
    assert "đúng nội dung đã lập" in page
    assert "Nội dung đã đổi" not in page
    late = moment(TODAY + 3 * ONE, hour=22)
    go(admin, time_machine, late)
    page = admin.get(act(mail)).text
    assert "Thư lập ngày 23/11/2026: từ đó hồ sơ có thể đã qua bước khác." in page
    assert "22:00 26/11/2026" in page  # at any hour
    admin.post(act(mail), {"note": ""})
    assert send(now=late).sent == 1
    assert "Sở đã nhận hồ sơ." in locmem.outbox[-1].body


def test_a_reader_who_is_gone_gets_nothing_and_the_page_says_so(admin, failed, drafter):
    Mail.objects.filter(pk=failed.pk).update(kind="status", text="Sở đã nhận hồ sơ.")
    drafter.is_active = False
    drafter.save()
    page = admin.get(act(failed)).text
    assert "Tài khoản của người nhận đã khóa." in page
    assert "Thư này không còn gì để gửi" in page
