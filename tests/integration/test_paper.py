"""“Đã nhận qua hệ thống văn bản”: which day can be right, what is written, how a slip is mended, what the unit is told."""

import datetime as dt
import re

import pytest
from django.core import mail as locmem
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from dossiers.models import Event
from notices.explain import explain
from notices.sender import send
from records.models import AuditEntry
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_specialist, moment
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db
DUE = TODAY - dt.timedelta(days=3)  # 20/11/2026


@pytest.fixture(autouse=True)
def clock():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return Desk(due_on=DUE)


@pytest.fixture
def office(desk):
    return desk.client(make_specialist(Role.DEPT_CLERK, full_name="Đỗ Thị Văn"))


def act(desk, name="van-ban"):
    return reverse("admin:reports_obligation_act", args=[desk.obligation.pk, name])


def arrived(day="23/11/2026", number="812"):
    return {"arrival_number": number, "arrival_date": day}


def stands():
    row = Obligation.objects.get()
    return row.paper_number, row.paper_on, row.counted_on, row.days_late


def seen_on(page):
    return re.search(r'name="seen" value="([^"]*)"', page.text)[1]


def declared(desk, day):
    typed = {"number": "45/BC-UBND", "issued_on": day}
    assert desk.client().post(reverse("reports:declare", args=[desk.obligation.pk]), typed).status_code == 302


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("01/01/2025", "trước ngày mở kỳ báo cáo (03/11/2026). Kiểm tra lại ngày, tháng, nhất là năm"),
        ("02/11/2026", "trước ngày mở kỳ báo cáo"),
        ("18/11/2026", "trước ngày của văn bản đơn vị đã báo (số 45/BC-UBND, ngày 19/11/2026)"),
        ("23/11/2062", "Ngày đến không được sau hôm nay."),
    ],
)
def test_a_day_that_cannot_be_right_is_refused_at_its_field(desk, office, day, sentence):
    declared(desk, "19/11/2026")
    answer = office.post(act(desk), arrived(day) | {"note": "Theo sổ đến"})
    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors["arrival_date"][0]
    assert 'value="812"' in answer.text
    assert "Theo sổ đến" in answer.text
    assert Obligation.objects.get().is_open
    assert office.post(act(desk), arrived("19/11/2026")).status_code == 302


def test_the_first_day_of_the_cycle_is_taken_and_the_trail_keeps_it(desk, office):
    assert office.post(act(desk), arrived("03/11/2026")).status_code == 302
    entry = AuditEntry.objects.get(action="obligation.paper")
    assert (entry.actor_name, entry.detail["number"], entry.detail["arrived_on"]) == ("Đỗ Thị Văn", "812", "2026-11-03")
    assert entry.action_label == "Ghi nhận đã nhận qua hệ thống văn bản"
    assert entry.object_path == reverse("admin:reports_obligation_change", args=[desk.obligation.pk])


def test_the_mail_names_number_day_and_outcome(desk, office):
    office.post(act(desk), arrived())
    send(now=NOW)
    assert len(locmem.outbox) == 3
    mail = locmem.outbox[0]
    for part in (mail.body, mail.alternatives[0][0]):
        words = " ".join(re.sub(r"<[^>]+>", " ", part).split())
        assert re.search(r"Số đến ?: 812 Ngày đến ?: 23/11/2026 Kết quả ?: Trễ 3 ngày", words), words
        assert "Sở đã nhận báo cáo dưới đây của UBND xã Ứng Hòa qua hệ thống văn bản" in words
        assert "Sở đã nhận qua hệ thống văn bản: Báo cáo năm 2026" in words
        assert "“Báo cáo năm 2026”" not in words  # once is enough


def test_a_slip_is_mended_and_history_keeps_both(desk, office):
    office.post(act(desk), arrived(number="81"))
    assert stands() == ("81", TODAY, TODAY, 3)
    form = office.get(act(desk, "sua-van-ban"))
    assert 'value="81"' in form.text
    assert 'value="23/11/2026"' in form.text
    typed = arrived("20/11/2026") | {"seen": seen_on(form)}
    assert office.post(act(desk, "sua-van-ban"), typed).status_code == 422  # a reason is needed
    send(now=NOW)
    locmem.outbox.clear()
    with travel(moment(hour=10), tick=False):
        answer = office.post(act(desk, "sua-van-ban"), typed | {"reason": "Ghi nhầm dòng trong sổ đến."}, follow=True)
        send(now=moment(hour=10))
    assert stands() == ("812", DUE, DUE, 0)

    both = "Trước: số đến 81, ngày đến 23/11/2026 (Trễ 3 ngày)", "số đến 812, ngày đến 20/11/2026 (Đúng hạn)"
    assert [event.action for event in Event.objects.order_by("version")] == ["record_on_paper", "correct_paper"]
    first, line = Event.objects.order_by("version")
    assert first.data["arrival_number"] == "81"  # the first line stays as it was
    assert (line.before, line.after) == ("on_paper", "on_paper")
    entry = AuditEntry.objects.get(action="obligation.paper_corrected")
    assert (entry.detail["before"]["number"], entry.detail["after"]["number"]) == ("81", "812")
    assert entry.detail["reason"] == "Ghi nhầm dòng trong sổ đến."
    dossier = line.dossier_id
    own = desk.client().get(reverse("reports:detail", args=[dossier])).text
    theirs = office.get(reverse("admin:reports_report_change", args=[dossier])).text
    for page in (answer.text, own, theirs, locmem.outbox[-1].body):
        assert all(part in page for part in both)
        assert "Ghi nhầm dòng trong sổ đến." in page
    assert "Đỗ Thị Văn" not in own
    assert {mail.subject for mail in locmem.outbox} == {"Sở sửa số đến, ngày đến: Báo cáo năm 2026"}
    assert len(locmem.outbox) == 3
    assert "Đúng hạn" in desk.client().get(reverse("reports:list")).text


def test_an_old_page_does_not_overwrite_a_newer_correction(desk, office):
    office.post(act(desk), arrived(number="81"))
    other = desk.client(make_specialist(full_name="Nguyễn Minh Anh"))
    old = seen_on(office.get(act(desk, "sua-van-ban")))
    with travel(moment(hour=10), tick=False):
        newer = arrived(number="812") | {"seen": old, "reason": "Nhầm số"}
        assert other.post(act(desk, "sua-van-ban"), newer).status_code == 302
        assert other.post(act(desk, "sua-van-ban"), newer).status_code == 302  # the same click twice
        assert AuditEntry.objects.filter(action="obligation.paper_corrected").count() == 1
        late = arrived(number="813") | {"seen": old, "reason": "Theo sổ"}
        refused = office.post(act(desk, "sua-van-ban"), late)
        assert refused.status_code == 422
        assert "Nguyễn Minh Anh đã sửa thành số đến 812, ngày đến 23/11/2026 lúc 10:00" in refused.text
        assert 'value="813"' in refused.text
        assert stands()[0] == "812"
        late["seen"] = seen_on(refused)  # now knowingly
        assert office.post(act(desk, "sua-van-ban"), late).status_code == 302
    assert stands()[0] == "813"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"arrival_date": "01/01/2025"}, "trước ngày mở kỳ báo cáo"),
        ({"arrival_date": "24/11/2026"}, "không được sau hôm nay"),
        ({"reason": " "}, "Chưa nhập nội dung ô này"),
        ({}, "vẫn như đã ghi"),
    ],
)
def test_a_wrong_correction_changes_nothing(desk, office, typed, sentence):
    office.post(act(desk), arrived())
    seen = seen_on(office.get(act(desk, "sua-van-ban")))
    answer = office.post(act(desk, "sua-van-ban"), arrived() | {"reason": "Nhầm", "seen": seen} | typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert stands() == ("812", TODAY, TODAY, 3)


def test_who_does_not_take_letters_in_may_not_correct_and_sees_no_link(desk, office):
    office.post(act(desk), arrived())
    page = reverse("admin:reports_obligation_change", args=[desk.obligation.pk])
    assert act(desk, "sua-van-ban") in office.get(page).text
    administrator = desk.client(make_specialist(Role.DEPT_ADMIN))
    assert act(desk, "sua-van-ban") not in administrator.get(page).text
    seen = seen_on(office.get(act(desk, "sua-van-ban")))
    typed = arrived(number="9") | {"reason": "x", "seen": seen}
    assert "do văn thư hoặc chuyên viên" in administrator.post(act(desk, "sua-van-ban"), typed).text
    assert stands()[0] == "812"


def test_a_correction_while_the_copy_is_being_signed_leaves_the_status(desk, office):
    desk.fill()
    office.post(act(desk), arrived())
    desk.step("submit_paper_copy", desk.drafter)
    seen = seen_on(office.get(act(desk, "sua-van-ban")))
    office.post(act(desk, "sua-van-ban"), arrived("20/11/2026") | {"reason": "Nhầm ngày", "seen": seen})
    assert stands()[1] == DUE
    assert desk.step("approve_and_send", desk.leader).status == "sent"
    assert stands()[2:] == (DUE, 0)


def test_nothing_to_correct_goes_back_with_a_sentence(desk, office):
    answer = office.get(act(desk, "sua-van-ban"), follow=True)
    assert answer.redirect_chain
    assert "chưa được ghi nhận qua hệ thống văn bản" in answer.text
    answer = office.post(act(desk, "sua-van-ban"), arrived() | {"reason": "x", "seen": ""})
    assert "chưa được ghi nhận qua hệ thống văn bản" in answer.text


def test_the_forms_say_what_follows_and_the_way_to_them_names_the_unit(desk, office):
    page = office.get(act(desk))
    assert "thư nhắc dừng" in page.text
    assert "nhận thư báo số đến, ngày đến" in " ".join(page.text.split())
    back = reverse("admin:reports_obligation_change", args=[desk.obligation.pk])
    assert re.search(rf'class="crumbs".*<a href="{back}">Xã Ứng Hòa</a>.*aria-current', page.text)
    declared(desk, "19/11/2026")
    missing = office.get(act(desk, "chua-nhan")).text
    assert "việc nhắc tiếp tục theo mốc" in missing
    assert "nhận thư kèm ghi chú" in " ".join(missing.split())


def test_not_arrived_is_not_for_a_unit_that_has_said_nothing(desk, office):
    answer = office.get(act(desk, "chua-nhan"), follow=True)
    assert answer.redirect_chain
    assert "Đơn vị chưa báo “Đã gửi, số …”" in answer.text


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("paper", "Sở đã nhận báo cáo qua hệ thống văn bản, số đến 812, ngày đến 23/11/2026."),
        ("sent", "đơn vị đã gửi báo cáo trên Cổng lúc 09:00 23/11/2026."),
        ("closed", "nghĩa vụ báo cáo đã kết thúc, lý do: NQ số 1."),
        ("gone", "nghĩa vụ báo cáo này không tồn tại."),
    ],
)
def test_why_no_mail_says_what_became_of_the_report(desk, office, way, words):
    if way == "sent":
        desk.fill()
        desk.send()
    elif way == "paper":
        office.post(act(desk), arrived())
    elif way == "closed":
        desk.client(make_specialist()).post(act(desk, "ket-thuc"), {"reason": "NQ số 1"})
    key = "report:999999" if way == "gone" else f"report:{desk.obligation.pk}"
    said = explain(person=desk.drafter, duty_key=key, now=NOW)
    assert f"Việc không còn mở: {words}" in said.verdict.text
    assert "được miễn" not in said.verdict.text
