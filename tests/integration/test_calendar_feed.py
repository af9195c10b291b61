"""The private calendar: read back with another library than the one that wrote it, and by the letter of RFC 5545."""

import datetime as dt
import re

import pytest
import vobject
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.models import Membership
from accounts.roles import Role
from notices import feed as feeds
from notices.models import FeedEntry, FeedToken
from records.models import AuditEntry
from tests.factories import NOW, TODAY, make_specialist, make_unit, make_user, moment

pytestmark = pytest.mark.django_db
DUE = TODAY + dt.timedelta(days=7)
TITLE = "Gửi báo cáo; số liệu, nhận xét \\ của xã Ứng Hòa về kết quả ứng dụng khoa học và công nghệ năm 2026"


@pytest.fixture(autouse=True)
def clock():
    with travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Lan")


@pytest.fixture
def feed(drafter):
    return feeds.create_feed(person=drafter, now=NOW)


def path_of(feed):
    return "/" + feeds.address(feed).split("/", 3)[3]


def events(client, feed):
    calendar = vobject.readOne(client.get(path_of(feed)).content.decode())
    return {event.uid.value: event for event in getattr(calendar, "vevent_list", [])}


def test_another_library_reads_what_was_written(client, fake, unit, feed, settings):
    settings.SITE_URL = "https://khcn.hanoi.gov.vn"
    fake.owe(1, unit=unit, due=DUE, title=TITLE, path="/bao-cao/1/")
    response = client.get(path_of(feed))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = vobject.readOne(response.content.decode())
    calendar.validate(raiseException=True)
    assert calendar.method.value == "PUBLISH"
    assert calendar.contents["x-wr-calname"][0].value.startswith("Việc cần làm")
    assert calendar.contents["refresh-interval"][0].value == "PT4H"
    (event,) = calendar.vevent_list
    assert event.summary.value == f"{TITLE} – Xã Ứng Hòa"
    assert event.dtstart.value == DUE  # a date, not a moment: an all-day event
    assert event.dtend.value == DUE + dt.timedelta(days=1)
    assert event.url.value == "https://khcn.hanoi.gov.vn/bao-cao/1/"
    assert event.uid.value == f"fake-1-{feed.person_id}@{settings.MAIL_DOMAIN}"
    assert event.sequence.value == "0"
    assert event.last_modified.value == NOW
    alarms = [alarm.trigger.value for alarm in event.valarm_list]
    assert alarms == [
        dt.timedelta(days=-3, hours=9),
        dt.timedelta(hours=8),
    ]  # due on a Monday: Friday morning, that day


def test_lines_end_and_fold_as_the_standard_says(client, fake, unit, feed):
    fake.owe(1, unit=unit, due=DUE, title=TITLE)
    body = client.get(path_of(feed)).content
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert not re.search(rb"(?<!\r)\n", body)
    assert max(map(len, body.split(b"\r\n"))) <= 75
    unfolded = body.replace(b"\r\n ", b"").decode()
    assert "SUMMARY:Gửi báo cáo\\; số liệu\\, nhận xét \\\\ của xã" in unfolded
    assert f"DTSTART;VALUE=DATE:{DUE:%Y%m%d}" in unfolded


def test_only_this_persons_duties_and_nothing_personal(client, fake, unit, feed):
    other = make_unit("Xã Sóc Sơn")
    fake.owe(1, unit=unit, due=DUE)
    fake.owe(2, unit=unit, due=DUE, roles=frozenset({Role.UNIT_LEADER}))
    fake.owe(3, unit=other, due=DUE)
    assert [event.summary.value for event in events(client, feed).values()] == ["Báo cáo số 1 – Xã Ứng Hòa"]
    text = client.get(path_of(feed)).text
    for secret in (feed.person.full_name, feed.person.email, feed.person.username):
        assert secret not in text
    Membership.objects.create(user=feed.person, unit=other, role=Role.UNIT_DRAFTER, valid_from=TODAY)
    assert len(events(client, feed)) == 2  # both units, whichever is being worked for


def test_a_moved_date_keeps_its_uid_and_a_closed_duty_disappears(client, fake, unit, feed, clock):
    duty = fake.owe(1, unit=unit, due=DUE)
    (uid,) = events(client, feed)
    clock.move_to(moment(hour=11))
    fake.owe(1, unit=unit, due=DUE + dt.timedelta(days=3))
    moved = events(client, feed)[uid]
    assert (moved.sequence.value, moved.dtstart.value) == ("1", DUE + dt.timedelta(days=3))
    assert moved.last_modified.value == moment(hour=11)
    renewed = feeds.create_feed(person=feed.person, now=moment(hour=12))
    assert events(client, renewed)[uid].sequence.value == "1"  # the same event, also at a new address
    clock.move_to(moment(hour=13))
    fake.owe(1, unit=unit, due=DUE)
    assert events(client, renewed)[uid].sequence.value == "2"
    fake.close(duty.key)
    assert events(client, renewed) == {}
    fake.owe(1, unit=unit, due=DUE)
    assert events(client, renewed)[uid].sequence.value == "3"


def test_nothing_new_is_answered_with_304_and_writes_nothing(client, fake, unit, feed, clock):
    fake.owe(1, unit=unit, due=DUE)
    first = client.get(path_of(feed))
    again = client.get(path_of(feed), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path_of(feed), headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    with CaptureQueriesContext(connection) as asked:
        client.get(path_of(feed))
    assert not [query["sql"] for query in asked if query["sql"].startswith(("INSERT", "UPDATE"))]
    clock.move_to(moment(hour=12))
    fake.owe(2, unit=unit, due=DUE)
    changed = client.get(path_of(feed), headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["Last-Modified"] != first["Last-Modified"]
    head = client.head(path_of(feed))
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", changed["ETag"])


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_reading_only(client, feed, method):
    assert getattr(client, method)(path_of(feed)).status_code == 405


def test_a_stopped_address_and_an_ended_account_are_not_there(client, drafter, feed):
    old = path_of(feed)
    assert client.get(old).status_code == 200
    fresh = feeds.create_feed(person=drafter, now=NOW)
    assert path_of(fresh) != old
    assert client.get(old).status_code == 404
    assert client.get(path_of(fresh)).status_code == 200
    drafter.is_active = False
    drafter.save()
    assert client.get(path_of(fresh)).status_code == 404
    assert client.get("/lich/khong-co.ics").status_code == 404


def test_the_table_alone_gives_no_address_away(client, feed):
    token = feeds.address(feed).rsplit("/", 1)[1].removesuffix(".ics")
    row = FeedToken.objects.filter(pk=feed.pk).values().get()
    assert token not in str(row)
    assert len(token) >= 43  # 256 bits
    for guess in (row["seed"], row["digest"]):
        assert client.get(f"/lich/{guess}.ics").status_code == 404
    assert token not in str(list(AuditEntry.objects.values()))


def test_a_new_secret_key_hides_the_address_but_stops_nobody(client, feed, settings):
    path = path_of(feed)
    settings.SECRET_KEY = "another-" + settings.SECRET_KEY
    assert feeds.address(feed) == ""
    assert client.get(path).status_code == 200
    client.force_login(feed.person)
    assert "tạo địa chỉ mới" in client.get(reverse("calendar")).text


def test_the_person_makes_renews_and_stops_it(client, drafter):
    client.force_login(drafter)
    assert "Lịch việc cần làm" in client.get(reverse("accounts:profile")).text
    assert "Chưa có địa chỉ lịch." in client.get(reverse("calendar")).text
    made = client.post(reverse("calendar-new"), follow=True).text
    address = feeds.address(feeds.open_feed_of(drafter))
    assert address in made
    assert "Chưa có ứng dụng lịch nào đọc." in made
    path = "/" + address.split("/", 3)[3]
    assert client.get(path).status_code == 200
    assert "đọc gần nhất lúc 09:00" in client.get(reverse("calendar")).text
    asked = client.get(reverse("calendar-new")).text
    assert "Địa chỉ đang dùng ngừng ngay" in asked and "Tạo địa chỉ mới</button>" in asked
    assert "Ngừng chia sẻ</button>" in client.get(reverse("calendar-stop")).text
    assert client.get(path).status_code == 200  # asking changes nothing
    client.post(reverse("calendar-new"))
    assert client.get(path).status_code == 404
    assert "Đã ngừng chia sẻ lịch." in client.post(reverse("calendar-stop"), follow=True).text
    assert feeds.open_feed_of(drafter) is None
    actions = AuditEntry.objects.filter(action__startswith="calendar.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["calendar.created", "calendar.created", "calendar.revoked"]
    for name in ("calendar-new", "calendar-stop"):
        assert client.get(reverse(name)).url == reverse("calendar")  # nothing to ask about
        assert client.put(reverse(name)).status_code == 405


def test_people_of_the_department_get_its_own_duties_only(client, fake, unit):
    person = make_specialist()
    feed = feeds.create_feed(person=person, now=NOW)
    fake.owe(1, unit=unit, due=DUE)
    assert events(client, feed) == {}


def test_the_number_of_queries_does_not_grow(client, fake, unit, feed):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            client.get(path_of(feed))
        return len(asked)

    fake.owe(1, unit=unit, due=DUE)
    client.get(path_of(feed))
    few = cost()
    for number in range(2, 40):
        fake.owe(number, unit=unit, due=DUE)
    client.get(path_of(feed))
    assert cost() == few
    assert FeedEntry.objects.count() == 39
