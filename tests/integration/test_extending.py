"""“Gia hạn”: one unit or several get a later day, on grounds (practice.md 22); a new ladder, nothing of the old one."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from dossiers.duties import SignatureProvider
from dossiers.grounds import Grounds
from dossiers.refusals import StepRefused
from notices.duties import open_duties
from notices.models import InboxItem, Mail, Reminder
from notices.planner import plan
from notices.sender import send
from records.models import AuditEntry
from reports.extending import extend
from reports.models import Obligation
from reports.opening import reschedule
from tests.factories import NOW, TODAY, actor, make_cycle, make_specialist, make_units, make_user, moment
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
DUE, UNTIL = dt.date(2026, 12, 17), dt.date(2026, 12, 24)
GROUNDS = {
    "by": "letter",
    "number": "45/UBND-VX",
    "dated": "20/11/2026",
    "decided_by": "Phó Giám đốc Nguyễn Văn B",
    "reason": "Đơn vị đang sắp xếp nhân sự",
}
WORDS = "gia hạn đến hết ngày 24/12/2026 theo văn bản số 45/UBND-VX ngày 20/11/2026"
BY_PHONE = Grounds(by="phone", dated=TODAY, decided_by="Giám đốc", reason="Mất điện")


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
def units():
    return make_units(3)


@pytest.fixture
def cycle(units):
    return make_cycle(units=units, due_on=DUE)


def of(unit):
    return Obligation.objects.select_related("unit", "cycle__round").get(unit=unit)


def address(cycle):
    return reverse("admin:reports_chasing_extend", args=[cycle.pk])


def post(client, cycle, *units, follow=True, **values):
    """Open the page, type, look, save."""
    page = client.get(address(cycle), {"chon": [of(unit).pk for unit in units]})
    typed = {"chon": page.context["all_keys"], "thay": page.context["seen"], "until": "24/12/2026", **GROUNDS, **values}
    if (seen := client.post(address(cycle), {**typed, "preview": "1"}).context) and seen.get("found"):
        typed["previewed"] = seen["form"].days_key
    return client.post(address(cycle), {**typed, "save": "1"}, follow=follow)


def grant(units, cycle, until, user, *, now=NOW, seen=None):
    obligations = [of(unit) for unit in units]
    seen = seen or {one.pk: one.due_on for one in obligations}
    return extend(
        cycle=cycle, obligations=obligations, until=until, grounds=BY_PHONE, seen=seen, actor=actor(user), now=now
    )


# --- one unit, several units ----------------------------------------------------------------------


def test_chosen_units_have_the_new_day_and_the_others_keep_theirs(client, specialist, cycle, units):
    page = post(client, cycle, *units[:2])
    assert [of(unit).due_on for unit in units] == [UNTIL, UNTIL, DUE]
    assert "Gia hạn đến hết ngày 24/12/2026" in page.text
    assert ": 2 đơn vị." in page.text
    assert page.request["PATH_INFO"] == reverse("admin:reports_chasing", args=[cycle.pk])
    assert cycle.round.due_on == DUE
    chips = client.get(reverse("admin:reports_chasing_latest"), {"only": "extended"}, follow=True)
    assert [row.unit for row in chips.context["rows"]] == units[:2]
    listed = client.get(reverse("admin:reports_obligation_changelist"), {"state": "extended"})
    assert {row.unit for row in listed.context["cl"].queryset} == set(units[:2])


def test_grounds_stand_in_the_trail_and_on_the_page_of_the_unit(client, specialist, cycle, units):
    post(client, cycle, units[0])
    entry = AuditEntry.objects.get(action="obligation.extended")
    assert (entry.actor, entry.detail["decided_by"]) == (specialist, GROUNDS["decided_by"])
    assert (entry.detail["before"], entry.detail["after"]) == ("2026-12-17", "2026-12-24")
    page = client.get(reverse("admin:reports_obligation_change", args=[of(units[0]).pk])).text
    for words in ("Các lần gia hạn", WORDS[1:], GROUNDS["decided_by"], GROUNDS["reason"], "Đỗ Thị Chuyên"):
        assert words in page
    assert "Các lần gia hạn" not in client.get(reverse("admin:reports_obligation_change", args=[of(units[2]).pk])).text


def test_nothing_is_written_by_the_preview(client, specialist, cycle, units):
    make_user(Role.UNIT_DRAFTER, unit=units[0])
    hidden = {"chon": of(units[0]).pk, "thay": f"{of(units[0]).pk}:2026-12-17"}
    page = client.post(address(cycle), {**hidden, "until": "24/12/2026", "preview": "1"})
    assert page.status_code == 200
    assert "1 việc đang mở chuyển sang hạn mới" in page.text
    days = {day for rung in page.context["found"].rungs for day in rung.after}
    assert UNTIL in days
    assert of(units[0]).due_on == DUE
    assert not AuditEntry.objects.filter(action="obligation.extended").exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("until", "", "Chưa nhập ngày."),
        ("until", "16/12/2026", "Ngày 16/12/2026 trước hạn chung 17/12/2026 của kỳ."),
        ("until", "24/12/2062", "Ngày 24/12/2062 quá xa"),
        ("number", "", "Nhập số, ký hiệu của văn bản"),
        ("dated", "24/11/2026", "không sau hôm nay"),
        ("decided_by", "", "Nhập người quyết định gia hạn."),
        ("reason", " ", "Nhập lý do gia hạn."),
    ],
)
def test_what_is_missing_or_a_slip_is_refused_and_keeps_what_was_typed(
    client, specialist, cycle, units, field, value, sentence
):
    page = post(client, cycle, units[0], **{field: value})
    assert page.status_code == 422
    assert sentence in page.text
    assert GROUNDS["decided_by"] in page.text or field == "decided_by"
    assert of(units[0]).due_on == DUE
    assert not InboxItem.objects.exists()


def test_a_day_off_is_said_before_it_is_saved(client, specialist, cycle, units):
    page = client.post(address(cycle), {"chon": of(units[0]).pk, "until": "27/12/2026", "preview": "1"})
    assert "Chủ nhật, 27/12/2026 là ngày nghỉ." in page.text


def test_a_day_gone_by_is_refused_after_the_due_day(specialist, cycle, units):
    with pytest.raises(StepRefused, match="đã qua"):
        grant(units[:1], cycle, DUE + DAY, specialist, now=moment(DUE + 3 * DAY))


# --- who may, and when it does not apply ----------------------------------------------------------


@pytest.mark.parametrize("role", [Role.DEPT_CLERK, Role.UNIT_LEADER])
def test_others_may_not(client, cycle, units, role):
    unit = units[0] if role == Role.UNIT_LEADER else None
    user = make_user(role, unit=unit)
    client.force_login(user)
    answer = client.post(address(cycle), {"chon": of(units[0]).pk, "until": "24/12/2026", **GROUNDS, "save": "1"})
    assert answer.status_code in {302, 403}
    with pytest.raises(StepRefused, match="Việc này do"):
        grant(units[:1], cycle, UNTIL, user)
    assert of(units[0]).due_on == DUE


def test_who_has_sent_meanwhile_is_named_and_left_alone(client, specialist, cycle, units):
    Obligation.objects.filter(unit=units[0]).update(first_sent_at=NOW)
    page = post(client, cycle, *units[:2])
    assert f"{units[0].name} không thay đổi: báo cáo đã được gửi" in page.text
    assert [of(unit).due_on for unit in units[:2]] == [DUE, UNTIL]


def test_a_second_person_with_an_old_page_overwrites_nothing(client, specialist, cycle, units):
    old = {of(units[0]).pk: DUE}
    grant(units[:1], cycle, UNTIL + DAY, specialist)
    answer = grant(units[:1], cycle, UNTIL, specialist, seen=old)
    assert (answer.obligations, answer.left_out[0][1].partition(";")[0]) == (
        [],
        "hạn vừa được người khác đổi sang 25/12/2026",
    )
    assert of(units[0]).due_on == UNTIL + DAY


def test_a_second_click_changes_nothing_more(client, specialist, cycle, units):
    first = post(client, cycle, units[0])
    again = {"chon": of(units[0]).pk, "thay": f"{of(units[0]).pk}:2026-12-17", "until": "24/12/2026", **GROUNDS}
    again["previewed"] = "2026-12-24"
    second = client.post(address(cycle), {**again, "save": "1"}, follow=True)
    assert "1 đơn vị" in first.text
    assert "hạn đã là 24/12/2026" in second.text
    assert AuditEntry.objects.filter(action="obligation.extended").count() == 1


def test_an_extension_ends_at_the_day_of_the_cycle(client, specialist, cycle, units):
    post(client, cycle, units[0])
    page = post(client, cycle, units[0], until="17/12/2026", by="phone", number="")
    assert "Thôi gia hạn, hạn trở về ngày 17/12/2026 theo điện thoại" in page.text
    assert (of(units[0]).due_on, of(units[0]).extended_to, of(units[0]).extended) == (DUE, None, "")


# --- the cycle moves, locks -----------------------------------------------------------------------


@pytest.mark.parametrize(("moved_to", "stays"), [(DUE + DAY, UNTIL), (UNTIL + 7 * DAY, UNTIL + 7 * DAY)])
def test_a_move_of_the_cycle_leaves_the_later_day(specialist, cycle, units, moved_to, stays):
    grant(units[:1], cycle, UNTIL, specialist)
    cycle.round.due_on = moved_to
    cycle.round.save()
    assert reschedule(cycle=cycle, now=NOW) == 3
    assert [of(unit).due_on for unit in units] == [stays, moved_to, moved_to]
    assert [of(unit).counted_until for unit in units] == [stays, moved_to, moved_to]
    assert of(units[0]).is_extended == (stays == UNTIL)


def test_a_locked_cycle_opens_again_for_the_unit_and_its_report_is_on_time(specialist):
    desk = Desk(due_on=DUE, locks_on=DUE)
    with travel(NOW, tick=False):
        desk.fill()
    after = moment(DUE + 2 * DAY)
    assert not open_duties(now=after)
    with pytest.raises(StepRefused, match="chỉ gửi được khi Sở gia hạn"):
        desk.send(now=after)
    grant([desk.unit], desk.cycle, UNTIL, specialist, now=after)
    assert {(duty.kind, duty.due) for duty in open_duties(now=after)} == {("report", UNTIL), ("signature", UNTIL)}
    desk.step("approve_and_send", desk.leader, now=after)
    assert (of(desk.unit).days_late, of(desk.unit).counted_on) == (0, DUE + 2 * DAY)


def test_the_signature_follows_the_day_of_the_unit(specialist):
    desk = Desk(due_on=DUE, locks_on=DUE)
    desk.fill()
    desk.step("submit_for_signature", desk.drafter)
    grant([desk.unit], desk.cycle, UNTIL, specialist)
    (duty,) = SignatureProvider().open_duties(now=moment(DUE + DAY))
    assert "gia hạn đến hết ngày 24/12/2026 theo điện thoại" in duty.detail
    assert (duty.due, duty.ends_on) == (UNTIL, UNTIL)
    assert not list(SignatureProvider().open_duties(now=moment(UNTIL + DAY)))
    assert not SignatureProvider().open_keys([duty.key], now=moment(UNTIL + DAY))


# --- what is told ---------------------------------------------------------------------------------


def test_who_owes_reads_it_in_the_inbox_and_on_the_page(client, specialist, cycle, units):
    drafter, leader = make_user(Role.UNIT_DRAFTER, unit=units[0]), make_user(Role.UNIT_LEADER, unit=units[0])
    stranger = make_user(Role.UNIT_DRAFTER, unit=units[1])
    page = post(client, cycle, units[0])
    assert "hộp thư trên Cổng của 1 người" in page.text
    item = InboxItem.objects.get()
    assert (item.person, item.read_at) == (drafter, None)
    assert WORDS[1:] in item.text
    assert not Mail.objects.exists()
    assert {leader, stranger} & {item.person} == set()
    client.force_login(drafter)
    assert WORDS in client.get("/").text
    listed = client.get(reverse("reports:list")).text
    assert "Hạn gửi hết thứ Năm, 24/12/2026 (đã gia hạn)" in listed
    opened = client.get(reverse("reports:open", args=[of(units[0]).pk])).text
    assert f"được {WORDS}" in opened


def test_the_overdue_are_left_in_peace_until_the_new_ladder_and_its_mail_says_why(specialist, cycle, units, smtp_sink):
    make_user(Role.UNIT_DRAFTER, unit=units[0])
    plan(now=moment(DUE + DAY))
    late = Reminder.objects.filter(due=DUE, state="planned")
    assert late.exists()
    grant(units[:1], cycle, UNTIL, specialist, now=moment(DUE + DAY, minute=5))
    send(now=moment(DUE + DAY, minute=6))
    assert not smtp_sink.messages
    day = DUE + DAY
    while not smtp_sink.messages:
        assert day <= UNTIL
        plan(now=moment(day, hour=10))
        send(now=moment(day, hour=10, minute=1))
        day += DAY
    text = smtp_sink.messages[0].message.get_body(("plain",)).get_content()
    assert "gia hạn đến hết ngày 24/12/2026 theo điện thoại ngày 23/11/2026" in " ".join(text.split())
    assert not late.exists()


def test_each_more_unit_costs_the_day_and_the_line_of_the_trail(specialist):
    units = make_units(60)
    cycle, costs = make_cycle(units=units, due_on=DUE), []
    for some in (units[:10], units[10:]):
        obligations = [of(unit) for unit in some]
        values = {"cycle": cycle, "obligations": obligations, "until": UNTIL, "grounds": BY_PHONE}
        with CaptureQueriesContext(connection) as asked:
            extend(**values, seen=dict.fromkeys([one.pk for one in obligations], DUE), actor=actor(specialist), now=NOW)
        costs.append(len(asked))
    assert costs[1] - costs[0] == 2 * 40
