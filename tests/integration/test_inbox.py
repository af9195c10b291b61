"""The inbox on the portal: what mails say stands there too, for people without e-mail as well."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from notices.models import InboxItem, Mail
from notices.outbox import queue_mail
from notices.planner import plan
from tests.factories import NOW, TODAY, make_call, make_specialist, make_unit, make_user, moment
from tests.support.ways import sent_proposal, step

pytestmark = pytest.mark.django_db
SOON = TODAY + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit)


def item(person, number=1, **fields):
    values = {"key": f"k{number}", "at": NOW, "title": f"Tin số {number}", "path": "/huong-dan/"}
    return InboxItem.objects.create(person=person, **(values | fields))


def test_a_step_told_by_mail_stands_in_the_inbox_with_the_same_link(unit, drafter):
    leader = make_user(Role.UNIT_LEADER, unit=unit, email="")
    dossier = sent_proposal(make_call(), drafter, leader)
    InboxItem.objects.all().delete()
    due = TODAY + dt.timedelta(days=10)
    step(dossier, "receive", make_specialist())
    step(dossier, "request_supplement", make_specialist(), note="Mục tiêu cần nêu con số.", due_on=due)
    mails = Mail.objects.filter(dedupe_key__in=InboxItem.objects.values("key"))
    assert InboxItem.objects.filter(person=drafter).exists()
    assert mails.count() == InboxItem.objects.count()
    told = InboxItem.objects.filter(person=leader).latest("pk")  # has no e-mail, is told all the same
    assert "Mục tiêu cần nêu con số." in told.text
    assert told.path == f"/de-xuat/{dossier.pk}/"
    assert Mail.objects.get(dedupe_key=told.key).state == "failed"


def test_an_item_shows_its_whole_text(client, drafter):
    item(drafter, text="\n".join(f"Việc số {number} – hạn thứ Năm, 17/12/2026" for number in range(1, 21)))
    client.force_login(drafter)
    page = client.get(reverse("inbox")).text
    assert "Việc số 20 – hạn" in page


def test_the_same_key_makes_one_item(drafter):
    for _ in range(2):
        queue_mail(
            person=drafter,
            kind="status",
            dedupe_key="event:1",
            subject="Đã tiếp nhận:\nĐề xuất",
            template="step",
            context={"title": "Tên", "path": "/de-xuat/1/"},
            now=NOW,
        )
    assert InboxItem.objects.get().title == "Đã tiếp nhận: Đề xuất"


def test_a_digest_is_one_item_and_grows_when_more_comes_into_it(fake, unit, drafter):
    fake.owe(1, unit=unit, due=SOON)
    plan(now=moment(hour=5))
    first = InboxItem.objects.get(person=drafter)
    assert "Việc cần làm: Báo cáo số 1, hạn 24/11/2026" in first.title
    InboxItem.objects.update(read_at=NOW)
    plan(now=moment(hour=5, minute=10))
    first.refresh_from_db()
    assert first.read_at == NOW  # nothing new: stays read
    fake.owe(2, unit=unit, due=TODAY)
    plan(now=moment(hour=6))
    only = InboxItem.objects.get(person=drafter)
    assert only.title == "2 việc cần làm, gấp nhất: Báo cáo số 2, hạn 23/11/2026"
    assert only.text.count("\n") == 1
    assert only.read_at is None


def test_somebody_without_an_address_finds_the_reminder_in_the_inbox(fake, unit):
    person = make_user(Role.UNIT_DRAFTER, unit=unit, email="")
    fake.owe(unit=unit, due=SOON)
    assert plan(now=NOW).unreachable == 1
    assert InboxItem.objects.get(person=person).read_at is None


def test_telling_digests_costs_the_same_for_one_unit_and_twenty(fake):
    def cost(numbers, day):
        for number in numbers:
            place = make_unit(f"Xã Số {number}")
            make_user(Role.UNIT_DRAFTER, unit=place)
            fake.owe(number, unit=place, due=day)
        with CaptureQueriesContext(connection) as asked:
            plan(now=NOW)
        return len(asked)

    few = cost(range(1, 3), SOON)
    assert cost(range(3, 23), SOON) == few


# --- the page -------------------------------------------------------------------------------------


def test_newest_first_unread_marked_and_paged(client, drafter):
    client.force_login(drafter)
    assert "Chưa có tin nào" in client.get(reverse("inbox")).text
    for number in range(30):
        item(drafter, number, at=NOW + dt.timedelta(minutes=number), read_at=NOW if number < 20 else None)
    item(make_user(), 99, title="Tin của người khác")
    first = client.get(reverse("inbox"))
    assert [one.title for one in first.context["items"]][:2] == ["Tin số 29", "Tin số 28"]
    assert first.text.count('class="unread"') == 10
    assert "Tin của người khác" not in first.text
    assert len(client.get(reverse("inbox"), {"page": 2}).context["items"]) == 5


def test_opening_marks_read_and_leads_on_by_post_only(client, drafter):
    client.force_login(drafter)
    one = item(drafter)
    url = reverse("inbox-open", args=[one.pk])
    assert client.get(url).url == reverse("inbox")
    response = client.post(url)
    assert response["Location"] == "/huong-dan/"
    one.refresh_from_db()
    assert one.read_at == NOW
    away = item(drafter, 2, path="//ke.gian.vn/")
    assert client.post(reverse("inbox-open", args=[away.pk]))["Location"] == "/"


def test_somebody_elses_item_does_not_exist(client, drafter):
    other = item(make_user())
    client.force_login(drafter)
    assert client.post(reverse("inbox-open", args=[other.pk])).status_code == 404
    client.post(reverse("inbox-read-all"))
    other.refresh_from_db()
    assert other.read_at is None


def test_everything_read_at_once(client, drafter):
    client.force_login(drafter)
    for number in range(3):
        item(drafter, number)
    assert "Đã đánh dấu 3 tin là đã đọc." in client.post(reverse("inbox-read-all"), follow=True).text
    assert "Không còn tin nào chưa đọc." in client.post(reverse("inbox-read-all"), follow=True).text
    assert client.get(reverse("inbox-read-all")).url == reverse("inbox")


@pytest.mark.parametrize("count", [0, 1, 120])
def test_the_badge_beside_the_name_is_one_query(client, drafter, count):
    client.force_login(drafter)
    InboxItem.objects.bulk_create(
        InboxItem(key=f"k{number}", person=drafter, at=NOW, title="Tin") for number in range(count)
    )
    with CaptureQueriesContext(connection) as asked:
        html = client.get(reverse("help")).text
    assert sum("notices_inboxitem" in query["sql"] for query in asked) == 1
    assert ("tin chưa đọc" in html) == bool(count)
    assert ("99+" in html) == (count > 99)


def test_people_of_the_department_have_one_too(client):
    user = make_specialist()
    item(user)
    client.force_login(user)
    assert "Tin số 1" in client.get(reverse("inbox")).text
    assert "tin chưa đọc" in client.get(reverse("admin:index")).text
    assert "tin chưa đọc" in client.get(reverse("admin:notices_reminder_changelist")).text


def test_visitors_sign_in_first(client):
    assert client.get(reverse("inbox"))["Location"].startswith(reverse("accounts:login"))
    assert "inbox-link" not in client.get(reverse("help")).text
