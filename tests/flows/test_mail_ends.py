"""Mails that ended, in a browser: one refused for good is sent again, the weekly letter is read and switched off."""

import datetime as dt

import pytest

from accounts.roles import Role
from notices.models import Mail
from notices.runs import run_weekly
from notices.sender import send
from tests.factories import NOW, TODAY, make_call, make_specialist, make_team, make_unit, make_user, moment
from tests.integration.test_sender import queued
from tests.support.people import Person
from tests.support.ways import complete_proposal, step

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_refused_mail_is_sent_again_to_the_corrected_address(new_page, live_server, smtp_sink):
    reader = make_user(Role.UNIT_DRAFTER, unit=make_unit(), email="dung@example.vn")
    words = "550 5.1.1 no such user"
    mail = queued(1, person=reader, address="sai@example.vn", state="failed", last_error=words, ended_at=NOW)
    admin = Person(new_page(), live_server.url, make_specialist(Role.DEPT_ADMIN))
    admin.go("admin:notices_mail_change", mail.pk)
    admin.sees("550 5.1.1")
    admin.press("Gửi lại")
    admin.sees("dung@example.vn")
    admin.press("Gửi lại")
    admin.sees("Chờ gửi")
    assert send(now=moment(hour=10)).sent == 1
    assert [received.recipients for received in smtp_sink.messages] == [("dung@example.vn",)]
    admin.go("admin:notices_mail_change", mail.pk)
    admin.sees("Đã gửi")
    assert admin.page.locator("main a, main button").filter(has_text="Gửi lại").count() == 0  # from final failure only


def test_the_weekly_letter_leads_to_the_queue_and_can_be_switched_off(new_page, live_server, smtp_sink):
    specialist = make_specialist()
    drafter, leader, _ = make_team(make_unit("Xã Sóc Sơn"))
    dossier = step(complete_proposal(make_call(), drafter), "submit_for_signature", drafter)
    step(dossier, "approve_and_send", leader)
    run_weekly(now=NOW)
    send(now=NOW)
    letter = next(one.message for one in smtp_sink.messages if one.recipients == (specialist.email,))
    reader = Person(new_page(), live_server.url, specialist)
    reader.go("admin:index")
    assert "Việc chờ xử lý" in letter["Subject"]
    reader.sees(dossier.title)
    reader.go("accounts:profile")
    reader.page.get_by_label("Nhận thư tuần").uncheck()
    reader.press("Lưu thông tin")
    run_weekly(now=moment(TODAY + dt.timedelta(days=7)))
    assert Mail.objects.filter(kind=Mail.WEEKLY, person=specialist).count() == 1
