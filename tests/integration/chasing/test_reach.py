"""“Đôn đốc”: whom mail does not reach, who has already said it sent, whom to call where nobody works, what to write."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from docx import Document

from accounts.roles import Role
from notices.models import Mail, Touch
from notices.planner import plan
from notices.sender import send
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_cycle, make_signer, make_specialist, make_user
from tests.support.chasing import keys, names, plain, url

pytestmark = pytest.mark.django_db
LATE = TODAY - dt.timedelta(days=4)
AHEAD = dt.date(2026, 12, 17)
DRAFT = {"contact": "024 1", "symbol": "SKHCN-QLKH", "signature": "deputy"}


@pytest.fixture
def cycle(units):
    return make_cycle(units=units, due_on=AHEAD)


def declare(unit, user):
    values = {"declared_number": "45/BC-UBND", "declared_on": TODAY, "declared_by": user, "declared_at": NOW}
    Obligation.objects.filter(unit=unit).update(**values)


def mail_to(person, state, *, at=NOW, error="", key=""):
    return Mail.objects.create(
        dedupe_key=f"{person.pk}:{at}:{state}{key}",
        kind="digest",
        person=person,
        address=person.email,
        state=state,
        last_error=error,
        not_before=at,
        created_at=at,
        template="digest",
    )


def letter_of(response):
    assert response.status_code == 200, response.text
    document = Document(io.BytesIO(response.content))
    return plain("\n".join(p.text for p in document.paragraphs)), [
        [c.text for c in r.cells] for r in document.tables[-1].rows
    ]


def docx(client, cycle, units, **values):
    return client.post(url("_docx", cycle.pk), {"chon": keys(*units), **DRAFT, "reply_by": "17/12/2026", **values})


# --- mail that does not arrive ---


def test_a_refused_address_is_shown_filtered_and_counted(client, specialist, cycle, units, smtp_sink):
    person = make_user(Role.UNIT_DRAFTER, unit=units[0], full_name="Trần Thị Soạn")
    plan(now=NOW)
    make_user(Role.UNIT_DRAFTER, unit=units[1])
    smtp_sink.script("RCPT", "550 5.1.1 User unknown")
    send(now=NOW)
    mail = Mail.objects.get(person=person)
    page = client.get(url("", cycle.pk), {"only": "undelivered"})
    assert names(page) == ["Xã Ứng Hòa"]
    assert "Thư không đến (địa chỉ không tồn tại)" in page.text
    assert reverse("admin:notices_mail_change", args=[mail.pk]) in page.text
    assert {code: count for code, _, count in page.context["chips"]}["undelivered"] == 1
    call = client.get(url("_call", cycle.pk, Obligation.objects.get(unit=units[0]).pk))
    assert "Thư không đến (địa chỉ không tồn tại)" in call.text


def test_the_newest_word_counts_and_another_address_is_a_new_beginning(client, specialist, cycle, units):
    healed, doubt, moved = (make_user(Role.UNIT_DRAFTER, unit=unit) for unit in units)
    before, later = NOW - dt.timedelta(days=3), NOW - dt.timedelta(days=1)
    mail_to(healed, "failed", at=before, error="550 5.1.1 User unknown")
    mail_to(healed, "sent", at=later)
    mail_to(doubt, "sent", at=before)
    mail_to(doubt, "unknown", at=later)
    mail_to(moved, "failed", at=later, error="552 5.2.2 Mailbox full")
    page = client.get(url("", cycle.pk), {"only": "undelivered"})
    assert set(names(page)) == {units[1].name, units[2].name}
    assert "Chưa rõ thư đã đến" in page.text
    assert "Thư không đến (hộp thư đã đầy)" in page.text
    type(moved).objects.filter(pk=moved.pk).update(email="moi@example.vn")
    assert names(client.get(url("", cycle.pk), {"only": "undelivered"})) == [units[1].name]


def test_who_may_not_read_mails_sees_the_state_without_a_link(client, cycle, units):
    mail = mail_to(make_user(Role.UNIT_DRAFTER, unit=units[0]), "failed", error="550 5.1.1 User unknown")
    client.force_login(make_specialist(Role.DEPT_CLERK))
    page = client.get(url("", cycle.pk)).text
    assert "Thư không đến" in page
    assert reverse("admin:notices_mail_change", args=[mail.pk]) not in page


# --- units that have said “Đã gửi, số …” ---


def test_a_declared_unit_is_left_out_of_the_letter_unless_a_person_wants_it(client, specialist, cycle, units):
    declare(units[0], specialist)
    page = client.get(url("_letter", cycle.pk), {"tat_ca": "1"})
    declared = Obligation.objects.get(unit=units[0])
    assert page.context["out"] == {declared.pk}
    assert "Đánh dấu sẵn vì đang đối chiếu" in page.text
    _, rows = letter_of(docx(client, cycle, units))  # taken in by hand
    (row,) = [row for row in rows if row[1] == "Xã Ứng Hòa"]
    assert row[-1] == "Đơn vị báo đã gửi số 45/BC-UBND, ngày 23/11/2026; đang đối chiếu"


def test_a_message_does_not_ask_again_for_the_number_that_is_known(client, specialist, cycle, units):
    declare(units[0], specialist)
    page = client.get(url("_message", cycle.pk), {"tat_ca": "1"})
    text = {row.unit.name: text for row, text in page.context["lines"]}["Xã Ứng Hòa"]
    assert "đơn vị báo đã gửi số 45/BC-UBND, ngày 23/11/2026; đang đối chiếu" in text
    assert "chưa nhập" not in text
    assert "xin cho biết số" not in text
    assert "Xã Ứng Hòa" not in page.context["group_text"]
    assert "- Xã Vắng" in page.context["group_text"]


# --- the letter's days ---


def test_the_letter_gives_at_least_until_the_deadline(client, specialist, cycle, units):
    page = client.get(url("_letter", cycle.pk), {"tat_ca": "1"})
    assert 'value="17/12/2026"' in page.text
    Obligation.objects.update(due_on=LATE, counted_until=LATE)
    page = client.get(url("_letter", cycle.pk), {"tat_ca": "1"})
    assert 'value="30/11/2026"' in page.text  # five working days from today


def test_a_past_day_is_refused_and_a_day_before_the_deadline_is_asked_about(client, specialist, cycle, units):
    past = docx(client, cycle, units, reply_by="20/11/2026", early="on")
    assert past.status_code == 422
    assert "Ngày 20/11/2026 đã qua" in past.text
    early = docx(client, cycle, units, reply_by="30/11/2026")
    assert early.status_code == 422
    assert "trước hạn gửi 17/12/2026" in early.text
    assert 'name="early"' in early.text
    body, _ = letter_of(docx(client, cycle, units, reply_by="30/11/2026", early="on"))
    assert "trước khi hết ngày 30/11/2026" in body


def test_different_due_days_stand_in_the_annex_and_the_body_says_so(client, specialist, cycle, units):
    Obligation.objects.filter(unit=units[0]).update(due_on=LATE, counted_until=LATE)
    body, rows = letter_of(docx(client, cycle, units, reply_by="30/11/2026"))
    assert "theo hạn của từng đơn vị (từ ngày 19/11/2026 đến ngày 17/12/2026)" in body
    assert "đơn vị có hạn gửi sau ngày này gửi theo hạn ghi tại Phụ lục" in body
    assert {row[1]: row[2:4] for row in rows[1:]} == {
        "Xã Ứng Hòa": ["19/11/2026", "2"],
        "Phường Hai Bà Trưng": ["17/12/2026", "–"],
        "Xã Vắng": ["17/12/2026", "–"],
    }


def test_without_an_overdue_unit_there_is_no_column_for_it(client, specialist, cycle, units):
    body, rows = letter_of(docx(client, cycle, units))
    assert rows[0] == ["STT", "Đơn vị", "Hạn gửi", "Tình trạng trên Cổng"]
    assert "trước khi hết ngày 17/12/2026. Đến" in body


# --- whom to call, and the page itself ---


def test_where_nobody_works_the_unit_itself_is_called(client, specialist, cycle, units):
    type(units[2]).objects.filter(pk=units[2].pk).update(phone="024 3333", email="ubnd@vang.vn")
    make_signer(units[2], full_name="Lê Văn Chủ")
    call = client.get(url("_call", cycle.pk, Obligation.objects.get(unit=units[2]).pk)).text
    for words in (
        "Chưa có người làm",
        'href="tel:0243333"',
        "ubnd@vang.vn",
        "Lê Văn Chủ",
        '<option value="Lê Văn Chủ">',
    ):
        assert words in call
    assert "Lê Văn Chủ" in client.get(url("", cycle.pk), {"q": "vang"}).text
    assert "Lê Văn Chủ" in client.get(url("_phone", cycle.pk)).text
    bare = client.get(url("_call", cycle.pk, Obligation.objects.get(unit=units[1]).pk)).text
    assert reverse("admin:districts_unit_change", args=[units[1].pk]) in bare


def test_who_only_gets_a_copy_makes_no_unit_reachable(client, specialist, cycle, units):
    """The one who owes has no address; where nobody owes it, the leader stands in and is reminded."""
    make_user(Role.UNIT_DRAFTER, unit=units[0], email="")
    for unit in units[:2]:
        make_user(Role.UNIT_LEADER, unit=unit)
    assert set(names(client.get(url("", cycle.pk), {"only": "no_email"}))) == {"Xã Ứng Hòa"}
    make_user(Role.UNIT_CLERK, unit=units[0])
    assert names(client.get(url("", cycle.pk), {"only": "no_email"})) == []


def test_the_filter_is_kept_after_an_act(client, specialist, cycle, units):
    query = "?only=nobody&q=v%E1%BA%AFng"
    page = client.get(url("", cycle.pk) + query)
    call = url("_call", cycle.pk, Obligation.objects.get(unit=units[2]).pk) + query
    assert call.replace("&", "&amp;") in page.text
    assert client.post(call, {"note": "Hẹn gọi lại"}).url == url("", cycle.pk) + query
    message = url("_message", cycle.pk) + f"{query}&chon={keys(units[2])}"
    assert client.post(message, {"chon": keys(units[2])}).url == url("", cycle.pk) + query
    letter = client.get(url("_letter", cycle.pk) + f"{query}&chon={keys(units[2])}").context["letter_url"]
    noted = client.post(letter, {"chon": keys(units[2]), "number": "1/SKHCN", "issued_on": "23/11/2026"})
    assert noted.url == url("", cycle.pk) + query


def test_another_cycle_is_chosen_on_top_and_the_filter_stays(client, specialist, cycle, units):
    other = make_cycle(units=units[:1], year=2025, due_on=LATE)
    page = client.get(url("", cycle.pk))
    assert f'<option value="{other.pk}">{other}</option>' in page.text
    moved = client.get(url("", cycle.pk), {"ky": other.pk, "only": "overdue", "q": "x"})
    assert moved.url == url("", other.pk) + "?only=overdue&q=x"
    assert client.get(url("", cycle.pk), {"ky": "²"}).status_code == 200


def test_nobody_counts_as_written_to_before_a_person_says_so(client, specialist, cycle, units):
    page = client.get(url("_message", cycle.pk), {"tat_ca": "1"})
    assert "checked" not in page.text
    refused = client.post(url("_message", cycle.pk) + "?tat_ca=1", {}, follow=True)
    assert "Chọn ít nhất một đơn vị." in refused.text
    assert not Touch.objects.exists()


def test_a_table_counts_its_rows_in_words_of_its_own(client, specialist, cycle, units):
    client.post(url("_message", cycle.pk) + "?tat_ca=1", {"nhom": keys(*units)})
    assert "3 lượt đôn đốc" in client.get(reverse("admin:notices_touch_changelist")).text
    assert "0 lượt tạm dừng nhắc" in client.get(reverse("admin:notices_hold_changelist")).text


def test_within_the_days_of_grace_the_list_for_the_phone_is_not_red(client, specialist, cycle, units):
    Obligation.objects.update(due_on=LATE, counted_until=TODAY)
    Obligation.objects.filter(unit=units[1]).update(counted_until=LATE)
    page = client.get(url("_phone", cycle.pk)).text
    assert page.count('<td data-label="Thời hạn">Vẫn tính đúng hạn đến hết 23/11/2026</td>') == 2
    assert page.count('<td data-label="Thời hạn" class="text-danger fw-semibold">') == 1
