"""Mails: closed by hand as not arrived, retried to the same address, gone inside another, and all one person got."""

import pytest
from django.urls import reverse
from time_machine import travel

from notices.models import InboxItem, Mail, Reminder
from notices.riding import arrived
from records.models import AuditEntry
from tests.factories import NOW, TODAY, make_specialist, make_user

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


@pytest.fixture
def lan():
    return make_user(full_name="Trần Thị Lan", email="lan@example.vn")


def a_mail(person, **fields):
    values = {"dedupe_key": f"event:{Mail.objects.count()}", "kind": Mail.STATUS, "subject": "Yêu cầu bổ sung"}
    values |= {"template": "step", "not_before": NOW, "created_at": NOW, "address": person.email, "person": person}
    return Mail.objects.create(**(values | fields))


def act(mail, action):
    return reverse("admin:notices_mail_act", args=[mail.pk, action])


def page_of(mail):
    return reverse("admin:notices_mail_change", args=[mail.pk])


def test_an_unknown_mail_is_closed_as_not_arrived_with_a_reason(client, specialist, lan):
    mail = a_mail(lan, state="unknown", message_id="<m@khcn>")
    row = {"duty_key": "fake:1", "due": TODAY, "offset": 0, "title": "Báo cáo", "planned_at": NOW}
    reminder = Reminder.objects.create(**row, person=lan, mail=mail)
    assert act(mail, "not_arrived") in client.get(page_of(mail)).text
    assert "Không đến, không gửi lại" in client.get(act(mail, "not_arrived")).text
    refused = client.post(act(mail, "not_arrived"), {"note": ""})
    assert refused.context["form"].errors["note"]
    client.post(act(mail, "not_arrived"), {"note": "Bà Lan báo đã đổi địa chỉ"})
    mail.refresh_from_db()
    reminder.refresh_from_db()
    assert (mail.state, mail.sent_at, reminder.state) == ("failed", None, "planned")
    assert AuditEntry.objects.get(action="mail.not_arrived").detail["note"] == "Bà Lan báo đã đổi địa chỉ"
    html = client.get(page_of(mail)).text
    assert "Người của Sở ghi nhận thư không đến: Bà Lan báo đã đổi địa chỉ" in html
    assert act(mail, "retry") in html


def test_a_retry_to_the_same_address_says_so_before(client, specialist, lan):
    mail = a_mail(lan, state="failed", last_error="550 5.1.1 no such user")
    other = make_user(email="moi@example.vn")
    mended = a_mail(other, state="failed", address="cu@example.vn", last_error="550 5.1.1 no such user")
    page = client.get(act(mail, "retry")).text
    assert "Địa chỉ chưa thay đổi" in page
    assert reverse("admin:accounts_user_change", args=[lan.pk]) in page
    assert "Địa chỉ chưa thay đổi" not in client.get(act(mended, "retry")).text
    many = client.post(reverse(LIST), {"action": "retry", "selected": [mail.pk, mended.pk]})
    assert many.context["unchanged"] == [mail]
    assert "1 thư sẽ gửi lại tới đúng địa chỉ" in many.text
    doubt = a_mail(lan, state="unknown", message_id="<m@khcn>")
    assert "Địa chỉ chưa thay đổi" not in client.get(act(doubt, "send_anew")).text


def test_attempts_after_a_retry_say_what_they_count(client, specialist, lan):
    mail = a_mail(lan, state="failed", attempts=3)
    assert "tính từ lần gửi lại" not in client.get(page_of(mail)).text
    client.post(act(mail, "retry"), {"note": ""})
    assert "0, tính từ lần gửi lại gần nhất" in client.get(page_of(mail)).text


def test_a_weekly_letter_that_went_inside_a_digest_has_gone(client, specialist, lan):
    mail = a_mail(lan, kind=Mail.WEEKLY, subject="Thư tuần")
    arrived(mail.pk, subject="Việc cần làm", sent_at=NOW, now=NOW)
    gone = a_mail(lan, state="superseded", subject="Thư thừa")
    page = client.get(reverse(LIST))
    assert "Đã đi cùng thư khác <b>1</b>" in page.text
    assert "Không còn cần <b>1</b>" in page.text
    assert "Tất cả <b>2</b>" in page.text
    assert list(client.get(reverse(LIST), {"state": "rode"}).context["mails"]) == [mail]
    assert list(client.get(reverse(LIST), {"state": "superseded"}).context["mails"]) == [gone]
    html = client.get(page_of(mail)).text
    assert "Đã đi cùng thư khác" in html
    assert "Không còn cần" not in html
    assert "Không còn cần" not in client.get(reverse(LIST), {"state": "rode"}).text.partition("<tbody>")[2]


def test_all_one_person_got_is_within_reach(client, specialist, lan):
    for number in range(60):
        InboxItem.objects.create(key=f"k{number}", person=lan, at=NOW, title=f"Tin {number:02d}")
        row = {"duty_key": f"fake:{number}", "due": TODAY, "offset": 0, "title": f"Mốc {number:02d}"}
        Reminder.objects.create(**row, person=lan, planned_at=NOW)
    address = reverse("admin:notices_mail_person", args=[lan.pk])
    page = client.get(address).text
    assert "50 tin mới nhất." in page
    assert "50 mốc mới nhất." in page
    assert "Hộp thư trên Cổng (60)" in page
    assert page.count("<td>Tin ") == 50
    whole = client.get(address, {"tat_ca": "1"}).text
    assert whole.count("<td>Tin ") == 60
    assert whole.count("<span>Mốc ") == 60
    assert "mới nhất." not in whole
