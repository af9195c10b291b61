"""The outbox in the admin: every mail, its state, its text, and the ways out of failure and doubt."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices.models import InboxItem, Mail, Reminder
from notices.sender import message_id
from records.models import AuditEntry
from tests.factories import NOW, TODAY, make_specialist, make_unit, make_user

pytestmark = pytest.mark.django_db
LIST = "admin:notices_mail_changelist"


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def specialist(client):
    user = make_specialist()
    client.force_login(user)
    return user


def a_mail(number=1, *, person=None, **fields):
    values = {
        "dedupe_key": f"event:{number}",
        "kind": Mail.STATUS,
        "person": person or make_user(full_name="Trần Thị Lan"),
        "address": "lan@example.vn",
        "subject": f"Yêu cầu bổ sung: Đề xuất số {number}",
        "text": "Kính gửi bà Lan,\nSở đề nghị bổ sung.",
        "html": "<script>alert(1)</script><p style='color:red'>Sở đề nghị bổ sung.</p>",
        "template": "step",
        "not_before": NOW,
        "created_at": NOW,
    }
    return Mail.objects.create(**(values | fields))


def act(mail, action):
    return reverse("admin:notices_mail_act", args=[mail.pk, action])


def page_of(mail):
    return reverse("admin:notices_mail_change", args=[mail.pk])


def test_the_list_counts_every_state_and_narrows(client, specialist):
    for number, state in enumerate(["queued", "sending", "sent", "sent", "failed", "unknown", "superseded"]):
        a_mail(number, state=state)
    html = client.get(reverse(LIST)).text
    for label, count in {"Chờ gửi": 1, "Đang gửi": 1, "Đã gửi": 2, "Không gửi được": 1, "Chưa rõ": 1}.items():
        assert f"{label} <b>{count}</b>" in html
    only = client.get(reverse(LIST), {"state": "failed"})
    assert [mail.state for mail in only.context["mails"]] == ["failed"]
    assert [action for action, _ in only.context["acts"]] == ["retry"]


@pytest.mark.parametrize("term", ["tran thi lan", "số 7", message_id("event:7"), message_id("event:7").strip("<>")])
def test_a_mail_is_found_by_person_subject_or_message_id(client, specialist, term):
    wanted = a_mail(7, message_id=message_id("event:7"))
    a_mail(8, person=make_user(full_name="Lê Văn Khác"), message_id=message_id("event:8"))
    assert list(client.get(reverse(LIST), {"q": term}).context["mails"]) == [wanted]


def test_one_mail_shows_what_was_sent_and_what_it_carried(client, specialist):
    mail = a_mail(state="failed", attempts=2, last_error="550 5.1.1 no such user", message_id="<m@khcn>")
    Reminder.objects.create(
        duty_key="fake:1", due=TODAY, offset=0, person=mail.person, title="Báo cáo năm 2026", mail=mail, planned_at=NOW
    )
    html = client.get(page_of(mail)).text
    for words in (
        "Không gửi được",
        "550 5.1.1 no such user",
        "&lt;m@khcn&gt;",
        "Sở đề nghị bổ sung.",
        "lan@example.vn",
    ):
        assert words in html
    assert "Báo cáo năm 2026" in html
    frame = reverse("admin:notices_mail_html", args=[mail.pk])
    assert f'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" src="{frame}"' in html
    assert html.index("Phần HTML") < html.index("Phần văn bản")
    assert "Chưa nhắc được: thư không gửi được" in html
    assert "Chờ gửi" not in html
    assert "Máy chủ thư không có hộp thư này" in html
    assert act(mail, "retry") in html
    assert act(mail, "arrived") not in html
    assert "<script>alert" not in html


def test_the_html_part_stands_alone_under_a_policy_that_runs_nothing(client, specialist):
    response = client.get(reverse("admin:notices_mail_html", args=[a_mail().pk]))
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script>" in response.text  # as sent; the policy keeps it still


def test_doubt_is_settled_with_a_reason_and_kept_in_the_trail(client, specialist):
    mail = a_mail(state="unknown", message_id="<m@khcn>")
    assert "Căn cứ" in client.get(act(mail, "arrived")).text
    refused = client.post(act(mail, "arrived"), {"note": ""})
    assert refused.status_code == 200
    assert refused.context["form"].errors
    client.post(act(mail, "arrived"), {"note": "Bà Lan xác nhận qua điện thoại"})
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at) == ("sent", NOW)
    html = client.get(page_of(mail)).text
    assert "Bà Lan xác nhận qua điện thoại" in html
    assert specialist.full_name in html


def test_an_action_that_no_longer_fits_says_so(client, specialist):
    mail = a_mail(state="sent")
    response = client.post(act(mail, "retry"), {"note": ""}, follow=True)
    assert "Thư đã gửi, không gửi lần hai." in response.text
    assert client.get(act(mail, "retry")).status_code == 302
    assert client.get(act(mail, "bounced")).status_code == 404
    assert client.get(act(mail, "khong-co")).status_code == 404


def test_many_at_once_after_a_confirmation(client, specialist):
    failed, sent = [a_mail(number, state="failed") for number in (1, 2)], a_mail(3, state="sent")
    chosen = {"action": "retry", "selected": [mail.pk for mail in [*failed, sent]]}
    confirm = client.post(reverse(LIST), chosen)
    assert "2 trong 3 thư" in confirm.text
    assert Mail.objects.filter(state="queued").count() == 0
    done = client.post(reverse(LIST), {**chosen, "confirmed": "1", "note": ""}, follow=True)
    assert "Gửi lại: 2 thư." in done.text
    assert "1 thư giữ nguyên." in done.text
    assert AuditEntry.objects.filter(action="mail.retry").count() == 2
    assert "Chọn một việc" in client.post(reverse(LIST), {"action": "retry"}, follow=True).text
    assert "Chọn một việc" in client.post(reverse(LIST), {"action": "x", "selected": "1"}, follow=True).text


def test_the_relays_log_is_read_from_a_file_or_pasted(client, specialist):
    url = reverse("admin:notices_mail_log")
    one, two = (a_mail(number, state="unknown", message_id=f"<{number}@khcn>") for number in (1, 2))
    lines = [
        f"Nov 23 07:00:02 relay postfix/cleanup[1]: AAAAA{number}: message-id=<{number}@khcn>\n"
        f"Nov 23 07:00:03 relay postfix/smtp[2]: AAAAA{number}: to=<lan@example.vn>, status=sent (250 OK)\n"
        for number in (1, 2)
    ]
    assert "Chưa có nhật ký." in client.post(url, {}).text
    assert "1 thư đã đến" in client.post(url, {"lines": lines[0]}, follow=True).text
    upload = SimpleUploadedFile("mail.log", b"\xff\xfe rac\n" + lines[1].encode(), "text/plain")
    assert "1 thư đã đến" in client.post(url, {"log": upload}, follow=True).text
    assert {mail.state for mail in Mail.objects.filter(pk__in=[one.pk, two.pk])} == {"sent"}


def test_everything_one_person_got(client, specialist):
    person = make_user(full_name="Trần Thị Lan", email="")
    mail = a_mail(person=person, state="failed", address="")
    Reminder.objects.create(
        duty_key="fake:1", due=TODAY, offset=0, person=person, title="Báo cáo năm 2026", mail=mail, planned_at=NOW
    )
    InboxItem.objects.create(key="k", person=person, at=NOW, title="Hồ sơ đã tiếp nhận")
    a_mail(2, person=make_user(), subject="Thư của người khác")
    html = client.get(reverse("admin:notices_mail_person", args=[person.pk])).text
    for words in ("Trần Thị Lan", mail.subject, "Báo cáo năm 2026", "Hồ sơ đã tiếp nhận", "Chưa có thư điện tử"):
        assert words in html
    assert "Thư của người khác" not in html
    assert client.get(reverse("admin:notices_mail_person", args=[999999])).status_code == 404


def test_a_leader_reads_and_settles_nothing(client):
    mail = a_mail(state="failed")
    client.force_login(make_specialist(Role.DEPT_LEADER))
    page = client.get(page_of(mail))
    assert page.status_code == 200
    assert act(mail, "retry") not in page.text
    assert "Đọc nhật ký" not in client.get(reverse(LIST)).text
    assert client.post(act(mail, "retry"), {"note": "x"}).status_code == 403
    assert client.get(reverse("admin:notices_mail_log")).status_code == 403
    chosen = {"action": "retry", "selected": [mail.pk], "confirmed": "1", "note": "x"}
    assert client.post(reverse(LIST), chosen).status_code == 403
    mail.refresh_from_db()
    assert mail.state == "failed"


@pytest.mark.parametrize("role", [Role.DEPT_READER, Role.DEPT_CLERK])
def test_mails_are_read_by_those_who_handle_dossiers_only(client, role):
    mail = a_mail(state="failed")
    client.force_login(make_specialist(role))
    person = reverse("admin:notices_mail_person", args=[mail.person_id])
    html = reverse("admin:notices_mail_html", args=[mail.pk])
    for url in (reverse(LIST), page_of(mail), person, html, act(mail, "retry"), reverse("admin:notices_mail_log")):
        assert client.get(url).status_code == 403


def test_a_unit_sees_nothing_of_it(client):
    mail = a_mail()
    client.force_login(make_user(Role.UNIT_LEADER, unit=make_unit()))
    for url in (reverse(LIST), page_of(mail), reverse("admin:notices_mail_html", args=[mail.pk])):
        assert client.get(url).status_code in (302, 403)


def test_pages_cost_the_same_for_few_and_many(client, specialist):
    person = make_user()

    def cost():
        urls = [reverse(LIST), reverse("admin:notices_mail_person", args=[person.pk])]
        with CaptureQueriesContext(connection) as asked:
            for url in urls:
                assert client.get(url).status_code == 200
        return len(asked)

    def grow(first, last):
        for number in range(first, last):
            mail = a_mail(number, person=person, state="sent")
            a_mail(number + 1000, state="failed")
            Reminder.objects.create(
                duty_key=f"fake:{number}", due=TODAY, offset=0, person=person, title="Việc", mail=mail, planned_at=NOW
            )

    grow(0, 2)
    cost()
    few = cost()
    grow(2, 30)
    assert cost() == few


@pytest.mark.parametrize(
    ("state", "address", "words"),
    [
        ("failed", "lan@example.vn", "Chưa nhắc được: thư không gửi được"),
        ("failed", "", "Chưa nhắc được: người nhận không có địa chỉ"),
        ("unknown", "lan@example.vn", "Chưa rõ đã đến hay chưa"),
        ("queued", "lan@example.vn", "Chờ gửi"),
    ],
)
def test_a_reminder_is_said_to_be_what_its_mail_is(client, specialist, state, address, words):
    mail = a_mail(state=state, address=address)
    Reminder.objects.create(
        duty_key="fake:1", due=TODAY, offset=0, person=mail.person, title="Báo cáo", mail=mail, planned_at=NOW
    )
    person = reverse("admin:notices_mail_person", args=[mail.person_id])
    for url in (page_of(mail), person, reverse("admin:notices_reminder_changelist")):
        html = client.get(url).text
        assert words in html
        assert bool(re.search(r"Chờ gửi</(td|small)>", html)) == (state == "queued")
    assert "ngày đến hạn" in client.get(reverse("admin:notices_reminder_changelist")).text


def test_technical_errors_have_a_sentence_in_front(client, specialist):
    mail = a_mail(state="queued", last_error="ConnectionRefusedError: [Errno 111] Connection refused")
    for url in (reverse(LIST), page_of(mail)):
        assert "Không kết nối được máy chủ thư: máy chủ từ chối kết nối. Nguyên văn: Conn" in client.get(url).text


def test_a_log_that_knows_nothing_is_no_success(client, specialist):
    mail, url = a_mail(state="unknown", message_id="<1@khcn>"), reverse("admin:notices_mail_log")
    page = client.post(url, {"lines": "hôm nay trời đẹp"}, follow=True)
    assert "Không tìm thấy Message-ID nào" in page.text
    assert "Đã đọc nhật ký" not in page.text
    assert "hôm nay trời đẹp" in page.text  # what was pasted stays
    mail.refresh_from_db()
    assert mail.state == "unknown"


@pytest.mark.parametrize(
    ("offset", "rung"), [(999, "khi mở việc"), (0, "ngày đến hạn"), (-3, "quá hạn 3 ngày làm việc")]
)
def test_an_entry_of_the_ledger_is_named_in_words(client, specialist, offset, rung):
    mail = a_mail()
    row = Reminder.objects.create(
        duty_key="report:274",
        due=TODAY,
        offset=offset,
        person=mail.person,
        title="Báo cáo năm 2026",
        mail=mail,
        planned_at=NOW,
    )
    html = client.get(reverse("admin:notices_reminder_change", args=[row.pk])).text
    assert f"Báo cáo năm 2026 ({rung})" in html
    assert f"({offset})" not in html
    assert "Mail:" not in html
    assert "Việc:" not in html
    assert re.search(r"Mã việc:?\s*</label>", html)
    assert f'<a href="{page_of(mail)}">{mail.subject}</a>' in html
