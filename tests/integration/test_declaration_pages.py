"""“Đã gửi, số …” at the desk: what a second tab may do, correcting, withdrawing, and how the unit's pages show it."""

import datetime as dt
import re

import pytest
from django.core import mail as locmem
from django.urls import reverse
from time_machine import travel

from notices import feed
from notices.planner import plan
from notices.sender import send
from records.models import AuditEntry
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_specialist, make_user, moment
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return Desk(due_on=TODAY + dt.timedelta(days=1))


def address(desk, name="declare"):
    return reverse(f"reports:{name}", args=[desk.obligation.pk])


def seen_on(page):
    return re.search(r'name="seen" value="([^"]*)"', page.content.decode())[1]


def typed(number="45/BC-UBND", issued_on="23/11/2026", seen=""):
    return {"number": number, "issued_on": issued_on, "seen": seen}


def stands(desk):
    row = Obligation.objects.get(pk=desk.obligation.pk)
    return row.declared_number, row.declared_on


def test_an_older_tab_does_not_overwrite_a_newer_declaration(desk):
    old_tab = desk.client(desk.clerk)
    seen = seen_on(old_tab.get(address(desk)))
    with travel(moment(hour=9, minute=12), tick=False):
        desk.client().post(address(desk), typed("46/BC-UBND"))
    answer = old_tab.post(address(desk), typed("45/BC-UBND", "20/11/2026", seen))
    page = answer.content.decode()
    assert stands(desk) == ("46/BC-UBND", TODAY)
    assert "Trần Thị Soạn đã báo số 46/BC-UBND, ngày 23/11/2026, lúc 09:12 ngày 23/11/2026" in page
    assert 'value="45/BC-UBND"' in page
    assert 'value="20/11/2026"' in page
    answer = old_tab.post(address(desk), typed("45/BC-UBND", "20/11/2026", seen_on(answer)))  # now knowingly
    assert answer.status_code == 302
    assert stands(desk) == ("45/BC-UBND", TODAY - dt.timedelta(days=3))


def test_a_mistake_on_an_old_tab_keeps_what_it_had_seen(desk):
    desk.client().post(address(desk), typed("46/BC-UBND"))
    answer = desk.client(desk.clerk).post(address(desk), typed("45/BC-UBND", "24/11/2026"))
    assert seen_on(answer) == ""
    answer = desk.client(desk.clerk).post(address(desk), typed("45/BC-UBND", "23/11/2026"))
    assert answer.status_code == 200
    assert stands(desk)[0] == "46/BC-UBND"


def test_the_same_form_sent_twice_is_no_conflict(desk):
    for _ in range(2):
        answer = desk.client().post(address(desk), typed())
        assert (answer.status_code, answer.url) == (302, address(desk))
    assert AuditEntry.objects.filter(action="obligation.declared").count() == 1


def test_after_saving_a_calm_page_says_it_once_and_offers_to_correct_it(desk):
    page = desk.client().post(address(desk), typed(), follow=True).text
    assert page.count("45/BC-UBND") == 1
    assert "Trần Thị Soạn, lúc 09:00 23/11/2026" in page
    form = desk.client().get(address(desk, "declare_correct")).text
    assert 'value="45/BC-UBND"' in form
    assert 'value="23/11/2026"' in form
    with travel(moment(hour=10), tick=False):
        answer = desk.client().post(address(desk, "declare_correct"), typed("47/BC-UBND", seen=desk_seen(desk)))
    assert (answer.status_code, answer.url) == (302, address(desk))
    assert stands(desk)[0] == "47/BC-UBND"
    corrected, first = AuditEntry.objects.filter(action__startswith="obligation.")  # the newest first
    assert (first.action, first.detail["before"]) == ("obligation.declared", {})
    assert corrected.action == "obligation.declaration_corrected"
    assert corrected.detail["before"] == {"number": "45/BC-UBND", "issued_on": "2026-11-23"}


def desk_seen(desk):
    return Obligation.objects.get(pk=desk.obligation.pk).declared_at.isoformat()


@pytest.mark.parametrize("seen", ["", "x", "2026-99-99", "2026-11-23T09:00:00", "9" * 400])
def test_a_token_that_cannot_be_read_overwrites_nothing(desk, seen):
    desk.client().post(address(desk), typed("46/BC-UBND"))
    assert desk.client().post(address(desk), typed("45/BC-UBND", seen=seen)).status_code == 200
    assert stands(desk)[0] == "46/BC-UBND"
    desk.client().post(address(desk, "declare_withdraw"), {"seen": seen})
    assert stands(desk)[0] == "46/BC-UBND"


@pytest.mark.parametrize("page", ["/", "/bao-cao/"])
def test_who_has_sent_says_so_from_the_first_page_and_the_list(desk, page):
    link = f'<a class="task-other" href="{address(desk)}">'
    assert link in desk.client(desk.clerk).get(page).text
    desk.client().post(address(desk), typed())
    assert link not in desk.client(desk.clerk).get(page).text


def test_a_stale_withdrawal_speaks_of_withdrawing(desk):
    client = desk.client()
    client.post(address(desk), typed())
    seen = desk_seen(desk)
    with travel(moment(hour=10), tick=False):
        desk.client(desk.clerk).post(address(desk), typed("54/BC-UBND", seen=seen))
        told = client.post(address(desk, "declare_withdraw"), {"seen": seen}, follow=True).text
        assert "Chưa rút lại: Phạm Thị Thư đã báo số 54/BC-UBND" in told
        assert "chọn “Rút lại” lần nữa" in told
        client.post(address(desk, "declare_withdraw"), {"seen": desk_seen(desk)})
        told_late = client.post(address(desk, "declare_withdraw"), {"seen": seen}, follow=True).text
    assert "Không còn gì để rút lại" in told_late
    assert "Nội dung vừa nhập" not in told + told_late


@pytest.mark.parametrize("number", ["văn bản giấy", "BC-UBND", "…/BC-UBND"])
def test_a_number_without_a_digit_is_refused_with_an_example(desk, number):
    answer = desk.client().post(address(desk), typed(number))
    assert "ví dụ 45/BC-UBND" in answer.context["form"].errors["number"][0]
    assert f'value="{number}"' in answer.text
    assert stands(desk) == ("", None)


def test_before_the_receipt_a_report_counts_as_not_sent(desk):
    client = desk.client()
    assert "Trước khi Sở ghi nhận, báo cáo vẫn tính là chưa gửi." in client.get(address(desk)).text
    client.post(address(desk), typed())
    assert "Trước khi Sở ghi nhận, báo cáo vẫn tính là chưa gửi." in client.get(address(desk)).text


def test_a_wrong_declaration_is_withdrawn_and_reminders_go_on(desk):
    client = desk.client()
    client.post(address(desk), typed())
    assert client.get(address(desk, "declare_withdraw")).status_code == 200
    assert stands(desk)[0] == "45/BC-UBND"  # asking changes nothing
    answer = client.post(address(desk, "declare_withdraw"), {"seen": desk_seen(desk)}, follow=True)
    assert "Đã rút lại số văn bản đã báo" in answer.text
    assert stands(desk) == ("", None)
    entry = AuditEntry.objects.get(action="obligation.declaration_withdrawn")
    assert (entry.actor, entry.detail["number"]) == (desk.drafter, "45/BC-UBND")
    locmem.outbox.clear()
    tomorrow = moment(TODAY + dt.timedelta(days=1))
    plan(now=tomorrow)
    send(now=tomorrow)
    assert any("hôm nay là hạn" in mail.subject for mail in locmem.outbox)


def test_what_a_colleague_corrected_meanwhile_is_not_withdrawn(desk):
    client = desk.client()
    client.post(address(desk), typed())
    seen = desk_seen(desk)
    with travel(moment(hour=10), tick=False):
        desk.client(desk.clerk).post(address(desk), typed("46/BC-UBND", seen=seen))
        answer = client.post(address(desk, "declare_withdraw"), {"seen": seen}, follow=True)
    assert "Phạm Thị Thư đã báo số 46/BC-UBND" in answer.text
    assert stands(desk)[0] == "46/BC-UBND"


def test_the_office_does_not_refuse_a_number_it_has_not_seen(desk):
    desk.client().post(address(desk), typed())
    office = desk.client(make_specialist())
    act = reverse("admin:reports_obligation_act", args=[desk.obligation.pk, "chua-nhan"])
    page = office.get(act)
    assert "số 45/BC-UBND, ngày 23/11/2026" in page.text
    with travel(moment(hour=10), tick=False):
        desk.client().post(address(desk), typed("46/BC-UBND", seen=desk_seen(desk)))
        answer = office.post(act, {"note": "Không có số 45.", "seen": seen_on(page)})
        assert "đơn vị vừa báo lại: số 46/BC-UBND" in answer.text
        assert "Không có số 45." in answer.text
        assert stands(desk)[0] == "46/BC-UBND"
        assert office.post(act, {"note": "Không có.", "seen": desk_seen(desk)}).status_code == 302
    assert stands(desk)[0] == ""


def test_a_reader_sees_it_and_may_neither_correct_nor_withdraw(desk):
    desk.client().post(address(desk), typed())
    client = desk.client(make_user("unit_reader", unit=desk.unit))
    page = client.get(address(desk)).text
    assert "45/BC-UBND" in page
    assert "Rút lại" not in page
    client.post(address(desk, "declare_withdraw"), {"seen": desk_seen(desk)})
    assert stands(desk)[0] == "45/BC-UBND"


def test_a_date_ahead_marks_its_field_and_the_summary_leads_there(desk):
    page = desk.client().post(address(desk), typed(issued_on="24/11/2026")).text
    assert '<a href="#id_issued_on">Ngày văn bản: Không được sau hôm nay.</a>' in page
    assert re.search(r'<input[^>]*name="issued_on"[^>]*is-invalid|<input[^>]*is-invalid[^>]*name="issued_on"', page)


def test_the_home_page_shows_it_apart_without_counting_it(desk):
    client = desk.client()
    before = client.get("/")
    assert before.context["duty_count"] == 1
    client.post(address(desk), typed())
    answer = client.get("/")
    assert answer.context["duty_count"] == 0
    assert [title for title, _ in answer.context["groups"]] == ["Đã báo gửi, chờ Sở đối chiếu"]
    assert "Đơn vị đã báo gửi số 45/BC-UBND, ngày 23/11/2026; Sở đang đối chiếu" in answer.text
    assert "ngày làm việc còn lại" not in answer.text
    assert "Làm tiếp" not in answer.text
    assert f'href="{address(desk)}"' in answer.text
    assert "Đã báo gửi" in client.get(reverse("reports:list")).text


def test_the_calendar_lets_it_go_and_takes_it_back(desk):
    mine = feed.create_feed(person=desk.drafter, now=NOW)
    (entry,) = feed.entries(mine, now=NOW)
    desk.client().post(address(desk), typed())
    assert feed.entries(mine, now=NOW) == []
    desk.client().post(address(desk, "declare_withdraw"), {"seen": desk_seen(desk)})
    (again,) = feed.entries(mine, now=NOW)
    assert (again.duty_key, again.sequence) == (entry.duty_key, entry.sequence + 1)
