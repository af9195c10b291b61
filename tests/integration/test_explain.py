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
from tests.support.mail import NOBODY

pytestmark = pytest.mark.django_db
DUE = TODAY + dt.timedelta(days=3)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Soạn", username="soan")


def chain(person, now=NOW, key="fake:1"):
    said = explain(person=person, duty_key=key, now=now)
    return {reason.code: reason.text for reason in (said.verdict, *said.reasons)}


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
    assert "chưa có địa chỉ thư điện tử" in found["verdict-no"]
    assert "mail-failed" in found


def test_no_rung_reached_and_no_ladder_at_all(fake, unit, drafter):
    Rung.objects.create(kind="fake", offset=1)
    fake.owe(unit=unit, due=TODAY + dt.timedelta(days=30))
    found = chain(drafter)
    assert "trước hạn 1 ngày làm việc" in found["no-rung"]
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
    said = chain(drafter)["verdict-no"]
    assert "không có hộp thư này" in said
    assert said.index("không có hộp thư này") < said.index("550 5.1.1")  # the raw words behind the sentence


def test_a_mail_that_waits_for_the_server(fake, unit, drafter, smtp_sink, settings):
    fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    settings.EMAIL_PORT = NOBODY
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
    for day in ("2026-11-28", "28/11/2026"):
        call_command("explain", person=drafter.email.upper(), duty="fake:1", day=day)
    printed = capsys.readouterr().out
    first, verdict, reason = printed.splitlines()[:3]
    assert first == "Trần Thị Soạn – Báo cáo số 1 – Xã Ứng Hòa"
    assert verdict.startswith("Kết luận: Đến lượt được nhắc")
    assert reason == "  đạt: Việc đang mở: Báo cáo số 1 – hạn 26/11/2026 (còn 3 ngày làm việc)."
    assert printed.count("Hỏi cho trưa 28/11/2026") == 2
    assert "là ngày nghỉ" in printed
    assert "[" not in printed  # no codes


@pytest.mark.parametrize("wrong", [{"person": "khong-co"}, {"duty": "khac:1"}, {"day": "28/13/2026"}, {"day": "mai"}])
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
    assert "Vì sao? Báo cáo số 1 – Xã Ứng Hòa" in page
    assert page.index("Đến lượt được nhắc") < page.index("Việc đang mở")  # the answer first
    assert client.get(address, {"viec": "<script>\x00"}).status_code == 200


def test_the_department_is_told_from_its_rung_on(fake, unit):
    specialist, late = make_specialist(), TODAY - dt.timedelta(days=5)  # three working days
    fake.owe(unit=unit, due=late)
    assert "quá hạn 3 ngày làm việc" in chain(specialist)["told"]
    assert {"told", "rung", "verdict-due"} <= chain(specialist).keys()
    fake.owe(unit=unit, due=TODAY)
    assert "Chưa tới mốc nào gửi cho người này" in chain(specialist)["verdict-no"]
    fake.owe(unit=unit, due=late, assignee_id=make_specialist().pk)
    assert "người phụ trách hồ sơ được báo" in chain(specialist)["verdict-no"]
    Rung.objects.create(kind="fake", offset=-1)
    assert "không có mốc nào" in chain(specialist)["verdict-no"]


def test_a_leader_in_copy_waits_for_the_marked_rung(fake, unit, drafter):
    leader = make_user(Role.UNIT_LEADER, unit=unit)
    fake.owe(unit=unit, due=TODAY)
    assert "Chưa tới mốc nào gửi cho người này" in chain(leader)["verdict-no"]
    assert "Các mốc của người này: quá hạn 1 ngày làm việc, quá hạn 3 ngày làm việc." in chain(leader)["verdict-no"]
    fake.owe(unit=unit, due=TODAY - dt.timedelta(days=3))
    assert "verdict-due" in chain(leader)


def test_what_is_said_is_what_the_planner_does(fake, unit, drafter):
    """Whoever the answer says is up next gets a line in the ledger of the next run, and nobody else does."""
    people = [
        drafter,
        make_user(Role.UNIT_LEADER, unit=unit),
        make_user(Role.UNIT_CLERK, unit=unit),
        make_specialist(),
        make_specialist(Role.DEPT_HEAD),
        make_specialist(Role.DEPT_CLERK),
    ]
    for days in (9, 1, 0, -1, -3, -8):
        fake.owe(
            100 + days, unit=unit, due=TODAY + dt.timedelta(days=days), assignee_id=None if days % 2 else people[3].pk
        )
    promised = {(person.pk, key) for person in people for key in fake.open if "verdict-due" in chain(person, key=key)}
    plan(now=NOW)
    waiting = Reminder.objects.filter(state="planned")
    assert promised == set(waiting.values_list("person_id", "duty_key"))
    assert {person_id for person_id, _ in promised} >= {drafter.pk, people[1].pk, people[3].pk}


def test_the_newest_rung_is_judged_not_one_that_was_sent_before(fake, unit, drafter, smtp_sink):
    fake.owe(unit=unit, due=TODAY + dt.timedelta(days=1))
    plan(now=NOW - dt.timedelta(days=4))  # Thursday: the rung of five days
    send(now=NOW - dt.timedelta(days=4))
    drafter.email = ""
    drafter.save()
    plan(now=NOW)  # Monday: the rung of one day
    found = chain(drafter)
    assert "verdict-sent" not in found
    assert "“trước hạn 1 ngày làm việc”, vì: Người này chưa có địa chỉ" in found["verdict-no"]
    assert "Thư gần nhất về việc này đã đi lúc 09:00 19/11/2026" in found["verdict-no"]
    assert "chưa nhắc được: người nhận không có địa chỉ" in found["row-planned"]
    moments = [reason.text[:16] for reason in explain(person=drafter, duty_key="fake:1", now=NOW).reasons]
    lines = [text for text in moments if text[2:3] == ":"]
    assert lines == sorted(lines, key=lambda text: (text[12:16], text[9:11], text[6:8], text[:5]))
    assert len(lines) == 5  # three rungs, the first two jumped or sent, and two mails


def test_a_rung_dropped_while_its_duty_was_closed_is_said_to_come_as_the_planner_lets_it(
    fake, unit, drafter, smtp_sink
):
    early = moment(hour=6)
    fake.owe(unit=unit, due=DUE)
    plan(now=early)
    duty = fake.open.pop("fake:1")
    send(now=NOW)  # nothing left to say
    assert "row-dropped" in chain(drafter)
    fake.open[duty.key] = duty
    found = chain(drafter)
    assert "verdict-no" not in found
    assert "Đến lượt được nhắc" in found["verdict-due"]
    assert "chờ đến 07:00" in chain(drafter, now=moment(hour=19))["verdict-later"]
    plan(now=NOW)
    send(now=NOW)
    assert "verdict-sent" in chain(drafter)


def test_a_reminder_once_sent_stays_the_answer_when_the_duty_falls_silent(fake, unit, drafter, smtp_sink):
    fake.owe(unit=unit, due=DUE)
    plan(now=NOW)
    send(now=NOW)
    fake.owe(unit=unit, due=DUE, calm=True, calm_reason="Đơn vị đã báo gửi, số 45.")
    assert "Nay không nhắc thêm: Đơn vị đã báo gửi, số 45." in chain(drafter)["verdict-sent"]
    fake.owe(unit=unit, due=TODAY, calm=True, calm_reason="Đơn vị đã báo gửi, số 45.")
    assert chain(drafter)["verdict-no"].startswith("Không có thư ở mốc “ngày đến hạn”, vì: Đơn vị đã báo gửi, số 45.")
