"""The whole way of one proposal and of one report, with four people in real browsers, a real worker, real SMTP."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import Role
from districts.workdays import load_calendar, next_working_day
from dossiers.models import Dossier
from notices.planner import plan
from notices.sender import send
from reports.models import Obligation
from tests.factories import (
    make_call,
    make_cycle,
    make_programme,
    make_specialist,
    make_theme,
    make_unit,
    make_user,
    moment,
    pdf_bytes,
)
from tests.support.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def four(unit, new_page, live_server):
    """Drafter and leader of a commune, specialist and leader of the Sở, each at a browser."""
    users = (
        make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Lan"),
        make_user(Role.UNIT_LEADER, unit=unit, full_name="Nguyễn Văn Hùng"),
        make_specialist(),
        make_specialist(Role.DEPT_LEADER, full_name="Hoàng Thị Mai"),
    )
    return [Person(new_page(), live_server.url, user) for user in users]


def mail_about(sink, words, person):
    """The mail to ``person`` whose subject holds ``words``: subject, plain text, HTML."""
    for received in sink.messages:
        message = received.message
        if received.recipients == (person.user.email,) and words in message["Subject"]:
            text = message.get_body(("plain",)).get_content()
            return message["Subject"], text, message.get_body(("html",)).get_content()
    raise AssertionError(f"no mail about {words!r} for {person.user}: {[m.message['Subject'] for m in sink.messages]}")


def fill_form(drafter):
    """The seven sections, as an official would, one page after another."""
    page = drafter.page
    drafter.fill(title="Ứng dụng chế phẩm vi sinh xử lý rơm rạ")
    page.select_option("[name=theme]", label="Bảo vệ môi trường")
    page.check("[name=science_fields][value=nong_nghiep]")
    page.check("[name=task_type][value=ung_dung]")
    drafter.press("Lưu và tiếp tục")
    drafter.fill(grounds="Kế hoạch phát triển của xã.", urgency="Rơm rạ bị đốt sau mỗi vụ.")
    drafter.press("Lưu và tiếp tục")
    drafter.fill(general_aim="Giảm đốt rơm rạ.", specific_aims="Giảm việc đốt.", main_contents="Khảo sát; tập huấn.")
    drafter.press("Lưu và tiếp tục")
    drafter.fill(**{"products-0-name": "Quy trình xử lý", "products-0-quantity": "1", "effects": "Bớt ô nhiễm."})
    drafter.press("Lưu và tiếp tục")
    drafter.fill(state_budget="1.234,5", other_budget="150", months="18")
    drafter.press("Lưu và tiếp tục")
    drafter.fill(reception="UBND xã tiếp nhận và sử dụng kết quả.")
    drafter.press("Lưu và tiếp tục")
    drafter.fill(
        contact_organisation="UBND xã Ứng Hòa",
        contact_representative="Nguyễn Văn Hùng",
        contact_phone="024 0000 0000",
        contact_email="xa@example.vn",
        contact_address="Xã Ứng Hòa, Hà Nội",
    )
    drafter.press("Lưu và tiếp tục")


def draft_proposal(drafter):
    """From the list to “Trình ký”; returns the dossier."""
    drafter.go("proposals:list")
    drafter.press("Đề xuất nhiệm vụ mới")
    fill_form(drafter)
    drafter.sees("Phiếu đủ nội dung, trình ký được")
    drafter.sees("1.234,5")
    drafter.press("Trình ký")
    drafter.press("Trình ký")
    return Dossier.objects.get()


def sign_proposal(leader, dossier):
    """The leader finds it among the day's work, reads, sends; the receipt is shown."""
    leader.go("home")
    leader.sees("Ký và gửi: Ứng dụng chế phẩm vi sinh xử lý rơm rạ")
    leader.go("proposals:detail", dossier.pk)
    leader.press("Duyệt và gửi")
    leader.press("Duyệt và gửi")
    dossier.refresh_from_db()
    leader.sees(dossier.code)
    leader.sees("Sở Khoa học và Công nghệ Hà Nội đã nhận dữ liệu lúc")


def ask_for_more(specialist, today):
    """Taken in, then sent back with a point and a day to answer by."""
    specialist.go("admin:index")
    specialist.press("Ứng dụng chế phẩm vi sinh xử lý rơm rạ")
    specialist.decides("Tiếp nhận")
    reply = next_working_day(today + dt.timedelta(days=4), load_calendar())
    specialist.decides(
        "Yêu cầu bổ sung, chỉnh sửa", note="Mục tiêu cần nêu con số đo được.", due_on=f"{reply:%d/%m/%Y}"
    )


def answer_the_request(drafter, leader, dossier):
    """The unit reads the point, changes the text, sends again."""
    drafter.go("proposals:detail", dossier.pk)
    drafter.sees("Mục tiêu cần nêu con số đo được.")
    drafter.go("proposals:section", dossier.pk, "aims")
    drafter.fill(specific_aims="Giảm 60% diện tích đốt tại 5 thôn vào vụ mùa 2027.")
    drafter.press("Lưu và tiếp tục")
    drafter.go("proposals:check", dossier.pk)
    drafter.press("Trình ký gửi lại")
    drafter.press("Trình ký gửi lại")
    leader.go("proposals:detail", dossier.pk)
    leader.press("Duyệt và gửi lại")
    leader.press("Duyệt và gửi lại")


def examine(specialist, dossier, today):
    """The Sở's review up to the council's result."""
    specialist.go("admin:proposals_proposal_change", dossier.pk)
    specialist.decides("Tiếp nhận")
    specialist.decides("Hồ sơ hợp lệ")
    specialist.decides("Đưa vào xem xét")
    specialist.decides(
        "Ghi nhận kết quả Hội đồng",
        note="Nội dung cấp thiết.",
        minutes_number="01/BB-HĐTV",
        minutes_date=f"{today:%d/%m/%Y}",
        recommendation="do",
        council_size="7",
        ballots="7",
        ballots_pass="6",
    )


def decide_at_the_city(dept_leader, dossier, today):
    """Submitted, approved, published."""
    dept_leader.go("admin:proposals_proposal_change", dossier.pk)
    dept_leader.decides("Trình UBND Thành phố", submission_number="9/TTr-SKHCN", submission_date=f"{today:%d/%m/%Y}")
    dept_leader.decides(
        "Ghi nhận phê duyệt",
        decision_number="345/QĐ-UBND",
        decision_date=f"{today:%d/%m/%Y}",
        approved_name="Xử lý rơm rạ bằng chế phẩm vi sinh",
        approved_aim="Giảm 60% diện tích đốt.",
        approved_state_budget="900",
    )
    dept_leader.decides("Công bố")


def read_the_outcome(drafter, dossier):
    """What the unit sees at the end, without the council's votes."""
    drafter.go("proposals:detail", dossier.pk)
    drafter.sees("Đã công bố")
    drafter.sees("Xử lý rơm rạ bằng chế phẩm vi sinh")
    assert "Số phiếu" not in drafter.page.content()


def test_a_proposal_travels_from_draft_to_the_published_list(four, today, worker, smtp_sink):
    drafter, leader, specialist, dept_leader = four
    make_theme()
    make_call(opens_on=today - dt.timedelta(days=5), due_on=today + dt.timedelta(days=20))

    dossier = draft_proposal(drafter)
    sign_proposal(leader, dossier)
    ask_for_more(specialist, today)
    answer_the_request(drafter, leader, dossier)
    examine(specialist, dossier, today)
    decide_at_the_city(dept_leader, dossier, today)
    read_the_outcome(drafter, dossier)
    smtp_sink.wait_for(8)
    subject, text, html = mail_about(smtp_sink, "UBND Thành phố phê duyệt", drafter)
    assert dossier.code in subject and dossier.code in text and dossier.code in html
    _, text, _ = mail_about(smtp_sink, "Sở đề nghị bổ sung", drafter)
    assert "Mục tiêu cần nêu con số đo được." in text
    assert [revision.number for revision in dossier.revisions.order_by("number")] == [1, 2]


def remind_of_report(sink, drafter, obligation, on_the_day):
    """The digest of the due day names the report and leads to it."""
    plan(now=on_the_day)
    send(now=on_the_day)
    sink.wait_for(1)
    subject, text, html = mail_about(sink, "Báo cáo năm 2026", drafter)
    assert f"{obligation.due_on:%d/%m/%Y}" in subject
    assert "/bao-cao/" in text and "/bao-cao/" in html


def fill_report(drafter):
    """Numbers, a nought, “Không phát sinh”, the outline, then to the leader."""
    drafter.go("home")
    drafter.press("Báo cáo năm 2026")
    drafter.press("Bắt đầu báo cáo")
    page = drafter.page
    rows = page.locator("tr[data-row]")
    rows.nth(0).locator("[data-col=plan]").fill("10")
    rows.nth(0).locator("[data-col=actual]").fill("1.234")
    rows.nth(1).locator("[data-col=actual]").fill("0")
    rows.nth(2).get_by_text("Không phát sinh").click()
    for section in ("I", "II", "III", "IV"):
        page.fill(f"[name='n{section}-text']", f"Nội dung mục {section}.")
    drafter.press("Lưu và kiểm tra")
    drafter.press("Trình ký")
    drafter.press("Trình ký")


def issue_report(drafter, dossier, today, folder):
    """“Đã ký ban hành” with the signed copy; the receipt names the letter."""
    (folder / "bc.pdf").write_bytes(pdf_bytes())
    drafter.go("dossiers:sign", dossier.pk)
    drafter.fill(number="45/BC-UBND", issued_on=f"{today:%d/%m/%Y}", signer_text="Nguyễn Văn Hùng, Phó Chủ tịch")
    drafter.page.set_input_files("[name=upload]", folder / "bc.pdf")
    drafter.press("Ghi nhận và gửi")
    dossier.refresh_from_db()
    drafter.sees(dossier.code)
    drafter.sees("Số 45/BC-UBND")


def accept_report(specialist, cycle):
    """The Sở reads it in the queue and takes it in."""
    specialist.go("admin:index")
    specialist.press(cycle.round.title)
    specialist.sees("1.234")
    specialist.decides("Đã tiếp nhận – đạt yêu cầu")


def no_more_reminders(sink, day):
    """The next day nothing more is said of it."""
    before = len(sink.messages)
    plan(now=day)
    send(now=day)
    assert all("quá hạn" not in mail.message["Subject"].lower() for mail in sink.messages[before:])


def test_a_report_is_reminded_filled_sent_and_accepted(four, unit, today, worker, smtp_sink, tmp_path):
    drafter, leader, specialist, _ = four
    due = today + dt.timedelta(days=10)
    cycle = make_cycle(
        programme=make_programme(indicators=3), units=[unit], opens_on=today - dt.timedelta(days=5), due_on=due
    )
    obligation = Obligation.objects.get()
    on_the_day = moment(cycle.round.effective_due(load_calendar()), hour=9)

    remind_of_report(smtp_sink, drafter, obligation, on_the_day)
    fill_report(drafter)
    dossier = Dossier.objects.get()
    issue_report(drafter, dossier, today, tmp_path)
    accept_report(specialist, cycle)

    obligation.refresh_from_db()
    dossier.refresh_from_db()
    assert (dossier.status, obligation.days_late) == ("accepted", 0)
    values = [(entry.actual, entry.nil) for entry in dossier.report.entries.order_by("indicator__order")]
    assert values == [(1234, False), (0, False), (None, True)]
    smtp_sink.wait_for(5)  # digest, for signature, sent, accepted to both
    mail_about(smtp_sink, "Đã tiếp nhận – đạt yêu cầu", drafter)
    mail_about(smtp_sink, "Đã tiếp nhận – đạt yêu cầu", leader)
    no_more_reminders(smtp_sink, on_the_day + dt.timedelta(days=1))
