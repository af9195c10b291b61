"""A letter's number, date and signer: one clear form, a second tab that is told, and a slip the unit mends itself."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from time_machine import travel

from dossiers.models import Letter, Round
from notices.models import Mail
from records.models import AuditEntry
from reports.declaring import declare
from tests import factories as make
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(make.NOW, tick=False)


@pytest.fixture
def desk():
    desk = Desk(opens_on=make.TODAY - dt.timedelta(days=20))
    desk.fill()
    return desk


@pytest.fixture
def sent(desk):
    desk.send(now=make.moment(hour=8))
    return desk


def address(desk, name="letter", *more):
    return reverse(f"dossiers:{name}", args=[desk.report.pk, *more])


def typed(number="45/BC-UBND", day=make.TODAY, **changes):
    data = {"number": number, "issued_on": f"{day:%d/%m/%Y}", "signer_text": "Lê Văn Chủ, Chủ tịch"}
    data["upload"] = SimpleUploadedFile("a.pdf", make.pdf_bytes(), "application/pdf")
    return data | changes


def hidden(desk):
    dossier = desk.report.dossier
    return {f"version_{dossier.pk}": dossier.version, f"seq_{dossier.pk}": dossier.content_seq}


def add(desk, number="45/BC-UBND", who=None, **changes):
    return desk.client(who or desk.clerk).post(address(desk), typed(number, **changes) | hidden(desk))


def change(desk, who=None, follow=True, seen=None, **changes):
    there = address(desk, "letter_correct", Letter.objects.get().pk)
    client = desk.client(who or desk.drafter)
    seen = client.get(there).context["seen"] if seen is None else seen
    data = {"number": "54/BC-UBND", "issued_on": "23/11/2026", "signer_text": "Lê Văn Chủ, Chủ tịch"}
    return client.post(there, data | {"reason": "Gõ nhầm số.", "seen": seen} | changes, follow=follow)


def test_a_second_tab_is_told_who_recorded_which_number_and_loses_nothing(sent):
    assert add(sent).status_code == 302
    answer = add(sent, "46/BC-UBND", who=sent.drafter)
    assert answer.status_code == 409
    assert "Phạm Thị Thư đã ghi số 45/BC-UBND, ngày 23/11/2026" in answer.text
    assert "Đã ghi số, ngày và bản ký số." not in answer.text
    assert 'value="46/BC-UBND"' in answer.text
    assert address(sent, "letter_correct", Letter.objects.get().pk) in answer.text
    assert Letter.objects.get().number == "45/BC-UBND"


def test_the_same_letter_sent_twice_is_no_conflict(sent):
    assert [add(sent).status_code, add(sent).status_code] == [302, 302]
    assert Letter.objects.count() == 1


def test_a_recorded_number_is_corrected_with_a_reason_and_nothing_is_forgotten(sent):
    specialist = make.make_specialist()
    sent.report.dossier.__class__.objects.update(assignee=specialist)
    add(sent)
    assert "Sửa số, ngày, người ký" in sent.client().get(reverse("reports:detail", args=[sent.report.pk])).text
    page = change(sent).text
    assert "Số 54/BC-UBND ngày 23/11/2026" in page
    assert "Bổ sung văn bản số 45/BC-UBND ngày 23/11/2026" in page  # as it was recorded then
    assert "Trước: số 45/BC-UBND, ngày 23/11/2026" in page
    assert "Gõ nhầm số." in page
    entry = AuditEntry.objects.get(action="letter.corrected")
    assert (entry.detail["before"]["number"], entry.detail["after"]["number"]) == ("45/BC-UBND", "54/BC-UBND")
    office = sent.client(specialist).get(reverse("admin:reports_report_change", args=[sent.report.pk])).text
    assert "Trước: số 45/BC-UBND" in office
    assert "Trần Thị Soạn" in office
    told = Mail.objects.filter(subject__startswith="Sửa số, ngày, người ký")
    assert {mail.person for mail in told} == {sent.leader, sent.clerk, specialist}


def test_a_correction_needs_a_reason_and_a_change(sent):
    add(sent)
    assert "Lý do" in change(sent, reason="").text
    assert "vẫn như đã ghi" in change(sent, number="45/BC-UBND").text
    assert "ví dụ 45/BC-UBND" in change(sent, number="không số").text
    assert Letter.objects.get().number == "45/BC-UBND"
    assert not AuditEntry.objects.filter(action="letter.corrected").exists()


def test_a_correction_on_an_old_page_is_a_decision_of_its_own(sent):
    add(sent)
    there = address(sent, "letter_correct", Letter.objects.get().pk)
    old = sent.client().get(there).context["seen"]
    change(sent, who=sent.clerk, number="55/BC-UBND")
    answer = change(sent, seen=old)
    assert "Phạm Thị Thư đã sửa thành số 55/BC-UBND" in answer.text
    assert 'value="54/BC-UBND"' in answer.text
    assert Letter.objects.get().number == "55/BC-UBND"
    again = answer.context["form"]["seen"].value()
    change(sent, seen=again)
    assert Letter.objects.get().number == "54/BC-UBND"


def test_readers_and_strangers_correct_nothing(sent):
    add(sent)
    reader = make.make_user(make.Role.UNIT_READER, unit=sent.unit)
    seen = sent.client().get(address(sent, "letter_correct", Letter.objects.get().pk)).context["seen"]
    assert change(sent, who=reader, seen=seen).status_code == 409
    assert change(sent, who=make.make_team(make.make_unit("Xã Khác"))[2], seen=seen).status_code == 404
    assert Letter.objects.get().number == "45/BC-UBND"


def test_where_the_letter_s_day_counts_the_mended_day_counts(desk):
    Round.objects.update(basis=Round.Basis.LETTER)
    due = desk.obligation.due_on
    desk.step("submit_for_signature", desk.drafter)
    late = make.moment(due + dt.timedelta(days=3))
    with travel(late, tick=False):
        desk.client(desk.clerk).post(address(desk, "sign"), typed(day=due + dt.timedelta(days=2)) | hidden(desk))
        desk.obligation.refresh_from_db()
        assert desk.obligation.days_late == 2
        change(desk, issued_on=f"{due:%d/%m/%Y}")
    desk.obligation.refresh_from_db()
    assert (desk.obligation.counted_on, desk.obligation.days_late) == (due, 0)


@pytest.mark.parametrize("name,way", [("letter", "send"), ("sign", "submit")])
def test_what_the_unit_has_declared_stands_in_the_form(desk, name, way):
    day = make.TODAY - dt.timedelta(days=1)
    declare(obligation=desk.obligation, number="45/BC-UBND", issued_on=day, actor=make.actor(desk.clerk), now=make.NOW)
    desk.send() if way == "send" else desk.step("submit_for_signature", desk.drafter)
    page = desk.client(desk.clerk).get(address(desk, name)).text
    assert 'value="45/BC-UBND"' in page
    assert 'value="22/11/2026"' in page
    assert "điền sẵn theo nội dung đơn vị đã báo" in page


def test_one_rule_for_the_signer_and_no_order_for_a_single_report(sent):
    signer = make.make_signer(sent.unit)
    page = sent.client(sent.clerk).get(address(sent)).text
    assert "Thứ tự" not in page
    assert "(không bắt buộc)" not in page
    both = add(sent, signer=signer.pk)
    assert "xóa ô này" in both.text
    assert "Chọn người ký" in add(sent, signer_text="").text
    assert not Letter.objects.exists()
    assert add(sent, signer=signer.pk, signer_text="").status_code == 302
    assert Letter.objects.get().signer_text == "TM. Lê Văn Chủ, Chủ tịch"


def test_a_day_to_come_is_told_once_and_with_the_other_errors(sent):
    page = add(sent, "không số", day=make.TODAY + dt.timedelta(days=1), signer_text="").text
    assert page.count("Ngày ban hành không được sau hôm nay.") == 2  # the summary and the field
    assert "ví dụ 45/BC-UBND" in page
    assert "Chọn người ký" in page


def test_who_comes_to_a_letter_already_there_is_told_where_to_mend_it(sent):
    add(sent)
    page = sent.client(sent.clerk).get(address(sent)).text
    assert "Hồ sơ đã có văn bản số 45/BC-UBND, ngày 23/11/2026" in page
    assert "Sửa số, ngày, người ký" in page
