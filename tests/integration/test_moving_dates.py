"""A deadline is moved on grounds (practice.md 22): by letter or phone, who decided; kept, shown, and told calmly."""

import datetime as dt

import pytest
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from dossiers.grounds import Grounds
from dossiers.models import Round
from dossiers.moving import move_dates
from dossiers.refusals import StepRefused
from notices.models import InboxItem, Mail
from notices.planner import plan
from notices.sender import send
from records.models import AuditEntry
from reports.models import Obligation
from tests.factories import NOW, TODAY, actor, make_call, make_cycle, make_specialist, make_unit, make_units, make_user

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 12, 17)
DATES = {"due_on": "24/12/2026", "grace_until": "", "locks_on": "", "shift_due": "on"}
GROUNDS = {
    "by": "letter",
    "number": "12/SKHCN-QLKH",
    "dated": "20/11/2026",
    "decided_by": "Phó Giám đốc Nguyễn Văn B",
    "reason": "Chờ hướng dẫn của Thành phố",
}
WORDS = "ạn dời từ 17/12/2026 sang 24/12/2026 theo văn bản số 12/SKHCN-QLKH ngày 20/11/2026"


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def specialist(client):
    user = make_specialist(full_name="Đỗ Thị Chuyên")
    client.force_login(user)
    return user


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def cycle(unit):
    return make_cycle(units=[unit], due_on=DUE)


def move(client, cycle, **values):
    """Look at the change, then save it."""
    address, typed = reverse("admin:reports_cycle_move", args=[cycle.pk]), {**DATES, **GROUNDS, **values}
    seen = client.post(address, {**typed, "preview": "1"})
    if seen.context["found"]:
        typed["previewed"] = seen.context["form"].days_key
    return client.post(address, {**typed, "save": "1"}, follow=True)


def test_grounds_stand_in_the_trail_and_on_the_page(client, specialist, cycle):
    page = move(client, cycle)
    assert Obligation.objects.get().due_on == dt.date(2026, 12, 24)
    entry = AuditEntry.objects.get(action="round.moved")
    assert (entry.actor, entry.detail["decided_by"]) == (specialist, GROUNDS["decided_by"])
    assert (entry.detail["before"]["due_on"], entry.detail["after"]["due_on"]) == ("2026-12-17", "2026-12-24")
    for words in ("Các lần dời hạn", WORDS, GROUNDS["decided_by"], GROUNDS["reason"], "Đỗ Thị Chuyên"):
        assert words in page.text
    move(client, cycle, due_on="28/12/2026", by="phone", number="", decided_by="Giám đốc")
    again = client.get(reverse("admin:reports_cycle_change", args=[cycle.pk])).text
    assert again.index("sang 28/12/2026 theo điện thoại ngày 20/11/2026") < again.index(WORDS)  # the newest first


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("number", "", "Nhập số, ký hiệu của văn bản"),
        ("dated", "", "Nhập ngày của văn bản hoặc cuộc gọi"),
        ("dated", "24/11/2026", "không sau hôm nay"),
        ("decided_by", "", "Nhập người quyết định dời hạn."),
        ("reason", "", "Nhập lý do dời hạn."),
        ("due_on", "17/12/2062", "Ngày 17/12/2062 quá xa; ngày muộn nhất nhận được là 23/11/2028."),
        ("grace_until", "17/12/2062", "Kiểm tra lại năm."),
    ],
)
def test_what_is_missing_or_a_slip_is_refused_and_keeps_what_was_typed(
    client, specialist, cycle, field, value, sentence
):
    page = move(client, cycle, **{field: value})
    assert page.status_code == 422
    assert sentence in page.text
    assert GROUNDS["decided_by"] in page.text or field == "decided_by"
    assert Obligation.objects.get().due_on == DUE
    assert not AuditEntry.objects.filter(action="round.moved").exists()
    assert not InboxItem.objects.exists()


def test_the_function_refuses_a_far_day_too(specialist, cycle):
    grounds = Grounds(by="phone", dated=TODAY, decided_by="Giám đốc", reason="x")
    dates = {"due_on": dt.date(2062, 12, 17), "shift_due": True, "grace_until": None, "locks_on": None}
    with pytest.raises(StepRefused, match="quá xa"):
        move_dates(round=cycle.round, dates=dates, grounds=grounds, path="/", actor=actor(specialist), now=NOW)
    assert Round.objects.get().due_on == DUE


def test_a_far_day_typed_long_ago_can_be_looked_at_and_mended(client, specialist, unit):
    make_user(Role.UNIT_DRAFTER, unit=unit)
    cycle = make_cycle(units=[unit], due_on=dt.date(2062, 12, 18))
    address = reverse("admin:reports_cycle_move", args=[cycle.pk])
    seen = client.post(address, {**DATES, "preview": "1"})
    days = [day for rung in seen.context["found"].rungs for day in (*rung.before, *rung.after)]
    assert seen.status_code == 200
    assert max(days) < dt.date(2029, 1, 1)  # not gone through day by day for decades
    assert move(client, cycle).status_code == 200
    assert Obligation.objects.get().due_on == dt.date(2026, 12, 24)


def test_an_open_cycle_has_its_dates_read_only(client, specialist, cycle):
    address = reverse("admin:reports_cycle_change", args=[cycle.pk])
    assert reverse("admin:reports_cycle_move", args=[cycle.pk]) in client.get(address).text
    own = {"period_start": "15/12/2025", "cutoff": "14/12/2026", "official_copy": "portal"}
    values = {"title": "Tên mới", "opens_on": "03/11/2026", "due_on": "25/12/2026", "basis": "portal", **own}
    assert client.post(address, values).status_code == 302
    round = Round.objects.get()
    assert (round.title, round.due_on, round.shift_due) == ("Tên mới", DUE, True)
    assert Obligation.objects.get().due_on == DUE


def test_a_call_is_read_only_once_units_can_see_it(client, specialist):
    waiting = make_call(opens_on=TODAY + dt.timedelta(days=1), due_on=DUE)
    running = make_call(opens_on=TODAY, due_on=DUE, plan_year=2028)
    shown = [
        'name="due_on"' in client.get(reverse("admin:proposals_call_change", args=[one.pk])).text
        for one in (waiting, running)
    ]
    assert shown == [True, False]


def test_who_owes_or_was_reminded_is_told_once_and_the_next_digest_says_it(client, specialist, unit, cycle, smtp_sink):
    drafter, leader = make_user(Role.UNIT_DRAFTER, unit=unit), make_user(Role.UNIT_LEADER, unit=unit)
    stranger = make_user(Role.UNIT_DRAFTER, unit=make_unit("Xã Khác"))
    plan(now=NOW)
    send(now=NOW)
    mails = Mail.objects.count()
    page = move(client, cycle)
    assert "hộp thư trên Cổng của 1 người" in page.text
    item = InboxItem.objects.get(key__startswith="round_moved")
    assert (item.person, item.read_at) == (drafter, None)
    assert WORDS in item.text
    assert Mail.objects.count() == mails  # no mail of its own
    assert not InboxItem.objects.filter(person__in=[leader, stranger]).exists()
    with travel(NOW + dt.timedelta(days=1), tick=False):
        plan(now=NOW + dt.timedelta(days=1))
        send(now=NOW + dt.timedelta(days=1))
    last = smtp_sink.messages[-1].message
    assert WORDS in " ".join(last.get_body(("plain",)).get_content().split())
    InboxItem.objects.update(read_at=NOW)
    move(client, cycle, due_on="28/12/2026")  # moved again: the same item, unread again
    again = InboxItem.objects.get(key__startswith="round_moved")
    assert (again.read_at, "28/12/2026" in again.title) == (None, True)


def test_a_leader_who_was_reminded_is_told_and_who_has_declared_is_left_in_peace(client, specialist):
    late, said = make_units(2)
    leader = make_user(Role.UNIT_LEADER, unit=late)
    make_user(Role.UNIT_DRAFTER, unit=late)
    quiet = make_user(Role.UNIT_DRAFTER, unit=said)
    cycle = make_cycle(units=[late, said], due_on=TODAY - dt.timedelta(days=4))
    declared = {"declared_number": "45/BC-UBND", "declared_on": TODAY, "declared_by": quiet, "declared_at": NOW}
    Obligation.objects.filter(unit=said).update(**declared)
    plan(now=NOW)
    send(now=NOW)
    move(client, cycle)
    told = set(InboxItem.objects.filter(key__startswith="round_moved").values_list("person_id", flat=True))
    assert leader.pk in told
    assert quiet.pk not in told


def test_the_number_of_queries_does_not_follow_the_units(client, specialist, django_assert_max_num_queries):
    units = make_units(40)
    for one in units:
        make_user(Role.UNIT_DRAFTER, unit=one)
    cycle = make_cycle(units=units, due_on=DUE)
    with django_assert_max_num_queries(90):
        move(client, cycle)
    assert InboxItem.objects.filter(key__startswith="round_moved").count() == 40


def test_the_same_dates_again_keep_nothing(client, specialist, cycle):
    assert "Hạn gửi giữ nguyên" in move(client, cycle, due_on="17/12/2026").text
    assert not AuditEntry.objects.filter(action="round.moved").exists()
