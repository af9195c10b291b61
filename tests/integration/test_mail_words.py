"""Words an administrator changes: refused when broken, previewed before they are saved, never sent with a hole."""

import datetime as dt

import pytest
from django.core import mail as locmem
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices.ladder import OPENING, rung_words
from notices.mail_texts import SAMPLE, TEXTS, problems, say
from notices.models import Mail, MailText, Reminder, Rung
from notices.planner import plan
from notices.sender import send
from tests.factories import NOW, TODAY, make_specialist, make_unit, make_user, moment

pytestmark = pytest.mark.django_db
LATE = TODAY - dt.timedelta(days=5)  # Wednesday before: three working days overdue


@pytest.fixture(autouse=True)
def clock():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def admin():
    client = Client()
    client.force_login(make_specialist(Role.DEPT_ADMIN))
    return client


def edit(key):
    return reverse("admin:notices_mailtext_edit", args=[key])


@pytest.mark.parametrize("key", TEXTS)
def test_every_built_in_text_is_complete(key):
    assert problems(key, TEXTS[key].default) == []
    assert "{" not in say(key, SAMPLE, {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{viec}, {han}, {mat_khau}", "Không có chỗ điền {mat_khau}"),
        ("{viec}, {han} {0.__class__}", "đứng lẻ"),
        ("{viec}, {han} {", "đứng lẻ"),
        ("Việc gấp", "Cần có {viec}, {han}"),
        ("{viec}: {con_lai}", "Cần có {han} trong nội dung này."),
        ("Kính gửi {ten_nguoi_nhan}: {han} – {viec}", "Tiêu đề bắt đầu bằng {viec} để người nhận thấy ngay việc"),
        ("  ", "Nội dung"),
        ("{viec} {han} " + "a" * 200, "rút xuống"),
    ],
)
def test_a_broken_text_is_refused_and_stays_on_the_page(admin, text, words):
    page = admin.post(edit("digest_subject_one"), {"text": text, "act": "save"})
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not MailText.objects.exists()


def test_preview_save_list_send_and_back(admin, fake, unit):
    make_user(Role.UNIT_DRAFTER, unit=unit)
    key, text = "digest_intro_one", "Đơn vị {don_vi} còn {so_viec} việc <gấp>:"
    shown = admin.post(edit(key), {"text": text, "act": "preview"}).content.decode()
    assert "Đơn vị UBND xã Ứng Hòa còn 1 việc &lt;gấp&gt;:" in shown
    assert not MailText.objects.exists()
    frame = admin.get(reverse("admin:notices_mailtext_html", args=[key]))
    assert "còn 1 việc &lt;gấp&gt;:" in frame.content.decode()
    assert "sandbox" in frame["Content-Security-Policy"]
    admin.post(edit(key), {"text": text, "act": "save"})
    listed = admin.get(reverse("admin:notices_mailtext_changelist")).content.decode()
    assert listed.count("đã sửa") - listed.count("Lời đã sửa") == 1 or "đã sửa" in listed
    fake.owe(unit=unit, due=TODAY)
    plan(now=NOW)
    send(now=NOW)
    assert "Đơn vị UBND xã Ứng Hòa còn 1 việc <gấp>:" in locmem.outbox[0].body
    admin.post(edit(key), {"act": "reset"})
    assert not MailText.objects.exists()


@pytest.mark.parametrize("broken", ["{khong_co} {viec}", "{viec} {don_vi} {"])
def test_a_broken_row_never_leaves(fake, unit, broken, caplog):
    MailText.objects.create(key="digest_subject_one", text=broken)
    make_user(Role.UNIT_DRAFTER, unit=unit)
    fake.owe(unit=unit, due=TODAY)
    plan(now=NOW)
    send(now=NOW)
    assert locmem.outbox[0].subject == "Báo cáo số 1, hạn 23/11/2026: hôm nay là hạn"
    assert "digest_subject_one" in caplog.text


def test_an_empty_placeholder_falls_back_to_the_built_in_words():
    values = {**SAMPLE, "don_vi": ""}
    assert say("digest_intro_one", values, {"digest_intro_one": "Việc của {don_vi}:"}).startswith("Ông/bà có một việc")


def test_only_the_administrator_edits(unit):
    client = Client()
    client.force_login(make_specialist())
    assert client.get(edit("digest_outro")).status_code == 403
    assert client.post(edit("digest_outro"), {"text": "x", "act": "save"}).status_code == 403
    page = client.get(reverse("admin:notices_mailtext_changelist"))
    assert page.status_code == 200
    assert edit("digest_outro") not in page.text  # texts without links to pages that would refuse


def test_the_ladder_in_words(admin):
    assert rung_words(5) == "trước hạn 5 ngày làm việc"
    assert rung_words(0) == "ngày đến hạn"
    assert rung_words(OPENING) == "khi mở việc"
    assert rung_words(-3, True) == "quá hạn 3 ngày làm việc – gửi cả lãnh đạo đơn vị"
    Rung.objects.create(kind="report", offset=-5, tell_department=True)
    page = admin.get(reverse("admin:notices_ladders")).content.decode()
    assert "quá hạn 5 ngày làm việc – báo chuyên viên Sở" in page


def test_two_equal_steps_and_telling_before_the_due_day_are_refused(admin):
    add = reverse("admin:notices_rung_add")
    Rung.objects.create(kind="report", offset=5)
    page = admin.post(add, {"kind": "report", "when": "before", "days": "5", "active": "on"})
    assert "Loại việc này đã có mốc nhắc đó." in page.content.decode()
    page = admin.post(add, {"kind": "report", "when": "before", "days": "1", "tell_department": "on", "active": "on"})
    assert "Chỉ báo chuyên viên Sở ở mốc quá hạn" in page.content.decode()
    assert Rung.objects.count() == 1


class TestEscalation:
    @pytest.fixture(autouse=True)
    def ladder(self):
        for offset in (0, -1):
            Rung.objects.create(kind="fake", offset=offset)
        Rung.objects.create(kind="fake", offset=-3, copy_leader=True, tell_department=True)

    def test_the_overdue_units_stand_once_in_one_digest_of_the_department(self, fake):
        specialist = make_specialist()
        for number in (1, 2):
            fake.owe(number, unit=make_unit(f"Xã Số {number}"), due=LATE, staff_path=f"/quan-tri/{number}/")
        plan(now=NOW)
        send(now=NOW)
        (message,) = locmem.outbox
        assert message.to == [specialist.email]
        for number in (1, 2):
            assert f"Quá hạn 3 ngày làm việc: Xã Số {number}: Báo cáo số {number}" in message.body
            assert f"/quan-tri/{number}/" in message.body
        assert set(Reminder.objects.values_list("escalated", "offset", "state")) == {(True, -3, "sent")}
        for day in (1, 2, 3):
            later = moment(TODAY + dt.timedelta(days=day))
            plan(now=later)
            send(now=later)
        assert len(locmem.outbox) == 1

    def test_the_same_matter_of_many_units_is_one_line(self, fake):
        specialist = make_specialist()
        for number in range(1, 13):
            fake.owe(
                number,
                unit=make_unit(f"Xã Số {number:02d}"),
                due=LATE,
                title="Báo cáo năm 2026",
                staff_path=f"/quan-tri/{number}/",
                staff_list_path="/quan-tri/don-doc/",
            )
        plan(now=NOW)
        send(now=NOW)
        (message,) = locmem.outbox
        assert message.to == [specialist.email]
        assert message.subject.startswith("Để ông/bà biết – 12 đơn vị: Báo cáo năm 2026, hạn 18/11/2026: quá hạn 3")
        assert "Xã Số 10 và 2 đơn vị khác" in message.body
        assert "/quan-tri/don-doc/" in message.body
        assert Reminder.objects.filter(state="sent", escalated=True).count() == 12

    def test_who_is_in_charge_alone_is_told_and_nobody_before_the_rung(self, fake, unit):
        make_specialist()
        mine = make_specialist(full_name="Vũ Thị Phụ Trách")
        fake.owe(unit=unit, due=TODAY - dt.timedelta(days=3), assignee_id=mine.pk)
        plan(now=NOW)
        assert not Reminder.objects.exists()
        plan(now=moment(TODAY + dt.timedelta(days=2)))
        assert list(Reminder.objects.values_list("person", flat=True)) == [mine.pk]

    def test_a_closed_duty_is_not_told(self, fake, unit):
        make_specialist()
        fake.owe(unit=unit, due=LATE)
        plan(now=NOW)
        fake.close("fake:1")
        send(now=NOW)
        assert locmem.outbox == []


class TestBadInput:
    def test_a_deadline_in_the_past_gets_the_most_advanced_rung_only(self, fake, unit):
        make_user(Role.UNIT_DRAFTER, unit=unit)
        fake.owe(unit=unit, due=LATE, opened=TODAY)
        plan(now=NOW)
        send(now=NOW)
        assert len(locmem.outbox) == 1
        assert list(Reminder.objects.filter(state="sent").values_list("offset", flat=True)) == [-3]
        assert set(Reminder.objects.exclude(state="sent").values_list("state", flat=True)) == {"superseded"}

    def test_a_unit_without_people_stops_nobody_else(self, fake, unit):
        make_user(Role.UNIT_DRAFTER, unit=unit)
        fake.owe(1, unit=make_unit("Xã Không Người"), due=TODAY)
        fake.owe(2, unit=unit, due=TODAY)
        assert plan(now=NOW).mails == 1

    def test_a_newline_in_a_name_does_not_reach_a_header(self, fake, unit):
        make_user(Role.UNIT_DRAFTER, unit=unit)
        fake.owe(unit=unit, due=TODAY, title="Báo cáo\r\nBcc: x@example.vn")
        plan(now=NOW)
        send(now=NOW)
        assert "\n" not in locmem.outbox[0].subject
        assert locmem.outbox[0].recipients() == [Mail.objects.get().address]

    def test_an_address_that_does_not_exist_fails_for_good(self, fake, unit, smtp_sink):
        make_user(Role.UNIT_DRAFTER, unit=unit)
        fake.owe(unit=unit, due=TODAY)
        plan(now=NOW)
        smtp_sink.script("RCPT", "550 5.1.1 no such user")
        assert send(now=NOW).failed == 1
        assert "550" in Mail.objects.get().last_error
        assert send(now=moment(hour=17)).sent == 0


def test_a_refused_text_is_not_passed_off_as_previewed(admin):
    said = "Thư mẫu chưa theo lời vừa gõ"
    for act in ("preview", "save"):
        page = admin.post(edit("digest_hello"), {"text": "Kính gửi {khong_co},", "act": act}).text
        assert said in page
        assert "Kính gửi {khong_co}," in page  # kept in its field
    assert said not in admin.post(edit("digest_hello"), {"text": "Kính gửi {ten_nguoi_nhan}:", "act": "preview"}).text
    assert said not in admin.get(edit("digest_hello")).text
