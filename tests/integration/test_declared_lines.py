"""A declaration leaves its trace where unit and Sở read; a waiting signature of a declared report stays in sight."""

import datetime as dt

import pytest
from django.urls import reverse
from time_machine import travel

from notices.models import InboxItem, Mail
from notices.planner import plan
from reports.declaring import declare, not_arrived, withdraw
from tests import factories as make
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with travel(make.NOW, tick=False):
        yield


@pytest.fixture
def desk():
    desk = Desk(due_on=make.TODAY + dt.timedelta(days=1))
    desk.fill()
    return desk


@pytest.fixture
def office():
    return make.make_specialist()


def say(desk, number="45/BC-UBND", hour=9):
    obligation = desk.obligation.__class__.objects.get(pk=desk.obligation.pk)
    actor, seen = make.actor(desk.clerk), obligation.declared_at
    now = make.moment(hour=hour)
    declare(obligation=obligation, number=number, issued_on=make.TODAY, actor=actor, now=now, seen=seen)
    return obligation


def test_every_turn_of_a_declaration_stands_in_the_history(desk, office):
    obligation = say(desk)
    not_arrived(obligation=obligation, note="Không có số này.", actor=make.actor(office), now=make.moment(hour=10))
    say(desk, "46/BC-UBND", 11)
    obligation = say(desk, "47/BC-UBND", 12)
    withdraw(obligation=obligation, seen=obligation.declared_at, actor=make.actor(desk.clerk), now=make.moment(hour=13))
    sentences = [
        "Rút lại số văn bản đã báo: số 47/BC-UBND, ngày 23/11/2026",
        "Sửa số, ngày văn bản đã báo: số 47/BC-UBND, ngày 23/11/2026",
        "Trước: số 46/BC-UBND, ngày 23/11/2026.",
        "Báo đã gửi qua hệ thống văn bản: số 46/BC-UBND",
        "Sở báo chưa nhận được văn bản: số 45/BC-UBND",
        "Báo đã gửi qua hệ thống văn bản: số 45/BC-UBND",
    ]
    pages = [
        desk.client().get(reverse("reports:detail", args=[desk.report.pk])).text,
        desk.client().get(reverse("reports:declare", args=[obligation.pk])).text,
        desk.client(office).get(reverse("admin:reports_obligation_change", args=[obligation.pk])).text,
    ]
    for page in pages:
        places = [page.index(sentence) for sentence in sentences]
        assert places == sorted(places)
    assert [office.get_full_name() in page.partition("Lịch sử")[2] for page in pages[:2]] == [False, False]
    assert office.get_full_name() in pages[2].partition("Lịch sử báo gửi")[2]


def test_a_declared_report_in_signature_is_calm_on_the_leader_s_page(desk):
    obligation = say(desk)
    asked = desk.client().get(reverse("dossiers:step", args=[desk.report.pk, "submit_for_signature"])).text
    assert "Văn bản số 45/BC-UBND, ngày 23/11/2026; Sở đang đối chiếu." in asked
    desk.step("submit_for_signature", desk.drafter)
    Mail.objects.all().delete()
    page = desk.client(desk.leader).get("/")
    assert "Ký và gửi: Báo cáo năm 2026" in page.text
    assert "nếu văn bản đã gửi, không cần ký ở đây" in page.text
    assert "Ký và gửi" not in str(dict(page.context["groups"]).get("Cần xử lý ngay"))
    plan(now=make.moment(make.TODAY + dt.timedelta(days=1)))
    assert not Mail.objects.filter(person=desk.leader).exists()
    withdraw(obligation=obligation, seen=obligation.declared_at, actor=make.actor(desk.clerk), now=make.NOW)
    plan(now=make.moment(make.TODAY + dt.timedelta(days=1)))
    assert Mail.objects.filter(person=desk.leader).exists()


def test_recent_dossiers_say_declared_not_draft(desk):
    recent = desk.client().get("/").text.partition("Hồ sơ gần đây")[2]
    assert "Bản nháp" in recent
    say(desk)
    recent = desk.client().get("/").text.partition("Hồ sơ gần đây")[2]
    assert "Đã báo gửi" in recent
    assert "Bản nháp" not in recent


def test_the_steps_are_one_jump_from_the_head_of_a_long_page(desk):
    desk.step("submit_for_signature", desk.drafter)
    page = desk.client(desk.leader).get(reverse("reports:detail", args=[desk.report.pk])).text
    assert (
        page.index('href="#viec-tiep-theo"') < page.index("Nội dung báo cáo</h2>") < page.index('id="viec-tiep-theo"')
    )


def test_after_trinh_ky_the_page_says_who_knows_and_what_to_do_on_paper(desk):
    there = reverse("dossiers:step", args=[desk.report.pk, "submit_for_signature"])
    data = {"version": desk.report.dossier.version, "content_seq": desk.report.dossier.content_seq}
    page = desk.client().post(there, data, follow=True).text
    assert "Đã báo lãnh đạo đơn vị: Lê Văn Chủ." in page
    assert "ký và ban hành như thường lệ, rồi văn thư hoặc người soạn thảo chọn “Đã ký ban hành”" in page
    assert 'aria-disabled="true"' not in page


def test_the_mail_to_the_leader_names_the_deadline(desk):
    desk.step("submit_for_signature", desk.drafter)
    mail = Mail.objects.get(person=desk.leader)
    assert "Hạn gửi: hết thứ Ba, 24/11/2026" in mail.text


def test_what_is_left_after_sending_has_its_day_and_its_form(desk):
    desk.send()
    mail = Mail.objects.get(person=desk.clerk, kind="status")
    assert "Bổ sung số, ngày, bản ký số: hết thứ Năm, 26/11/2026" in mail.text
    assert reverse("dossiers:letter", args=[desk.report.pk]) in mail.text
    assert reverse("dossiers:letter", args=[desk.report.pk]) in mail.html


def test_who_has_sent_finds_code_and_receipt_in_the_inbox(desk):
    dossier = desk.send()
    item = InboxItem.objects.get(person=desk.leader, title__startswith="Đã gửi Sở")
    assert dossier.code in item.title
    assert dossier.code in item.text
    assert item.path == reverse("dossiers:receipt", args=[dossier.code, 1])
    assert not Mail.objects.filter(person=desk.leader, subject__startswith="Đã gửi Sở").exists()
