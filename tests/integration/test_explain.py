"""“Vì sao?”: every reason why somebody got, or did not get, a mail has its own sentence."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.roles import Role
from notices.explain import explain
from notices.models import Hold, Mail, Reminder, Rung
from notices.planner import plan
from notices.sender import message_id, send
from tests.factories import NOW, TODAY, make_specialist, make_unit, make_user, moment
from tests.support.mail import free_port

pytestmark = pytest.mark.django_db
DUE = TODAY + dt.timedelta(days=3)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Soạn", username="soan")


def chain(person, now=NOW, key="fake:1"):
    return {reason.code: reason.text for reason in explain(person=person, duty_key=key, now=now)}


def test_a_mail_that_was_sent_is_shown_with_its_message_id(fake, unit, drafter, smtp_sink):
    fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    send(now=NOW)
    found = chain(drafter)
    mail = Mail.objects.get()
    assert {"open", "owes", "rung", "row-sent", "mail-sent", "verdict-sent"} <= found.keys()
    assert message_id(mail.dedupe_key) in found["mail-sent"]
    assert drafter.email in found["mail-sent"]
    assert "09:00" in found["verdict-sent"]


def test_a_duty_nobody_knows(fake, drafter):
    assert "Không có loại việc" in chain(drafter, key="khac:1")["verdict-no"]


def test_a_duty_that_has_closed(fake, drafter):
    assert "không còn mở" in chain(drafter)["verdict-no"]


def test_a_calm_duty(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE, calm=True)
    assert "không gửi thư" in chain(drafter)["verdict-no"]


def test_a_duty_that_opens_later(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE, opened=TODAY + dt.timedelta(days=1))
    assert "24/11/2026" in chain(drafter)["verdict-no"]


def test_somebody_with_another_role(fake, unit):
    fake.owe(unit=unit, due=DUE)
    clerk = make_user(Role.UNIT_CLERK, unit=unit)
    found = chain(clerk)
    assert "Văn thư đơn vị" in found["other-role"]
    assert "Người soạn thảo" in found["verdict-no"]


def test_somebody_of_another_unit_and_somebody_whose_role_has_ended(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    stranger = make_user(Role.UNIT_DRAFTER, unit=make_unit("Xã Khác"))
    assert "không có vai trò nào" in chain(stranger)["verdict-no"]
    drafter.memberships.update(valid_to=TODAY - dt.timedelta(days=1))
    assert "22/11/2026" in chain(drafter)["no-role"]


def test_the_leader_is_copied_only(fake, unit):
    fake.owe(unit=unit, due=DUE)
    leader = make_user(Role.UNIT_LEADER, unit=unit)
    assert "Gửi cả lãnh đạo" in chain(leader)["copied"]


def test_an_account_that_is_locked(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    drafter.is_active = False
    drafter.save()
    assert "đã khóa" in chain(drafter)["verdict-no"]


def test_somebody_without_address(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    drafter.email = ""
    drafter.save()
    plan(now=NOW)
    found = chain(drafter)
    assert "chưa có địa chỉ e-mail" in found["verdict-no"]
    assert "mail-failed" in found


def test_no_rung_reached_and_no_ladder_at_all(fake, unit, drafter):
    Rung.objects.create(kind="fake", offset=1)
    fake.owe(unit=unit, due=TODAY + dt.timedelta(days=30))
    found = chain(drafter)
    assert "còn 1 ngày làm việc" in found["no-rung"]
    assert "Chưa tới mốc" in found["verdict-no"]
    Rung.objects.update(active=False)
    assert "không có mốc nhắc nào" in chain(drafter)["verdict-no"]


def test_a_hold(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    by = make_specialist()
    Hold.objects.create(unit=unit, title=unit.name, reason="Lũ lụt", since=TODAY, until=TODAY, made_by=by, made_at=NOW)
    assert "Lũ lụt" in chain(drafter)["verdict-no"]


def test_a_mail_the_server_refuses(fake, unit, drafter, smtp_sink):
    fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    smtp_sink.script("RCPT", "550 5.1.1 no such user")
    send(now=NOW)
    assert "550 5.1.1" in chain(drafter)["verdict-no"]


def test_a_mail_that_waits_for_the_server(fake, unit, drafter, smtp_sink, settings):
    fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    settings.EMAIL_PORT = free_port()
    send(now=NOW)
    found = chain(drafter)
    assert "đã thử 1 lần" in found["mail-queued"]
    assert "sẽ đi sau" in found["verdict-later"]


def test_a_due_date_that_was_moved(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    fake.owe(unit=unit, due=DUE + dt.timedelta(days=7))
    assert "Hạn đã đổi thành 03/12/2026" in chain(drafter)["row-planned"]


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (moment(hour=6), "too-early"),
        (moment(hour=18), "too-late"),
        (moment(TODAY + dt.timedelta(days=5)), "day-off"),
    ],
)
def test_the_hours_and_days_of_reminders(fake, unit, drafter, now, code):
    fake.owe(unit=unit, due=TODAY + dt.timedelta(days=7))
    found = chain(drafter, now=now)
    assert code in found
    assert "sẽ đi sau" in found["verdict-later"]


def test_what_the_next_run_will_plan(fake, unit, drafter):
    fake.owe(unit=unit, due=DUE)
    found = chain(drafter)
    assert "no-row" in found
    assert "lần chạy tới" in found["verdict-due"]
    plan(now=NOW)
    assert Reminder.objects.filter(person=drafter, state="planned").exists()


# --- command and page ---------------------------------------------------------------------------


def test_the_command_prints_the_chain(fake, unit, drafter, capsys, time_machine):
    time_machine.move_to(NOW)
    fake.owe(unit=unit, due=DUE)
    call_command("explain", person="soan", duty="fake:1")
    call_command("explain", person=drafter.email.upper(), duty="fake:1", day="2026-11-28")
    printed = capsys.readouterr().out
    assert "[open] Việc đang mở: Báo cáo số 1" in printed
    assert "[day-off]" in printed
    assert "Kết luận:" in printed


@pytest.mark.parametrize("wrong", [{"person": "khong-co"}, {"day": "28/11/2026"}])
def test_the_command_refuses_what_it_cannot_understand(fake, drafter, wrong):
    with pytest.raises(CommandError):
        call_command("explain", **{"person": "soan", "duty": "fake:1"} | wrong)


def test_the_page_leads_from_a_name_to_the_reason(client, fake, unit, drafter, time_machine):
    time_machine.move_to(NOW)
    fake.owe(unit=unit, due=DUE)
    client.force_login(make_specialist())
    found = client.get(reverse("admin:notices_why"), {"q": "tran thi soan"}).content.decode()
    address = reverse("admin:notices_why_person", args=[drafter.pk])
    assert address in found
    assert "?viec=fake%3A1" in client.get(address).content.decode()
    page = client.get(address, {"viec": "fake:1"}).content.decode()
    assert "Kết luận: đến lượt được nhắc" in page
    assert client.get(address, {"viec": "<script>\x00"}).status_code == 200
