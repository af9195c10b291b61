"""Moved dates and extensions: what is saved is what was seen, an earlier day is warned of, one rule who may."""

import datetime as dt
from collections import Counter

import pytest
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from dossiers.grounds import Grounds
from dossiers.moving import MOVERS, move_dates
from dossiers.refusals import StepRefused
from notices.moving import RungChange
from reports.models import Obligation
from reports.opening import MANAGERS
from tests.factories import NOW, TODAY, actor, make_cycle, make_specialist, make_units, make_user

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 12, 17)
DATES = {"due_on": "24/12/2026", "grace_until": "", "locks_on": "", "shift_due": "on"}
GROUNDS = {"by": "phone", "dated": "20/11/2026", "decided_by": "Giám đốc", "reason": "Chờ hướng dẫn của Thành phố"}
AGAIN = "bảng thư nhắc trước đó không tính theo ngày vừa ghi"


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
def units():
    found = make_units(2)
    for unit in found:
        make_user(Role.UNIT_DRAFTER, unit=unit)
    return found


@pytest.fixture
def cycle(units):
    return make_cycle(units=units, due_on=DUE)


def move_page(cycle):
    return reverse("admin:reports_cycle_move", args=[cycle.pk])


def extend_page(cycle):
    return reverse("admin:reports_chasing_extend", args=[cycle.pk])


def chosen(*units):
    rows = Obligation.objects.filter(unit__in=units)
    return {
        "chon": ",".join(str(row.pk) for row in rows),
        "thay": ",".join(f"{row.pk}:{row.due_on.isoformat()}" for row in rows),
    }


def previewed(page):
    """The hidden field as the page carries it."""
    return page.text.partition('name="previewed" value="')[2].partition('"')[0]


@pytest.mark.parametrize(("field", "value"), [("due_on", "28/12/2026"), ("grace_until", "26/12/2026")])
def test_other_dates_than_those_seen_are_shown_first(client, specialist, cycle, field, value):
    seen = client.post(move_page(cycle), {**DATES, "preview": "1"})
    typed = {**DATES, **GROUNDS, "previewed": previewed(seen), field: value}
    page = client.post(move_page(cycle), {**typed, "save": "1"})
    assert page.status_code == 422
    assert AGAIN in page.text
    assert GROUNDS["reason"] in page.text
    assert page.context["found"].duties or field == "grace_until"
    assert set(Obligation.objects.values_list("due_on", flat=True)) == {DUE}
    saved = client.post(move_page(cycle), {**typed, "previewed": previewed(page), "save": "1"})
    assert saved.status_code == 302
    cycle.round.refresh_from_db()
    assert getattr(cycle.round, field) == dt.datetime.strptime(value, "%d/%m/%Y").date()


def test_an_extension_is_saved_as_it_was_seen(client, specialist, cycle, units):
    typed = {**chosen(units[0]), **GROUNDS, "until": "22/12/2026"}
    seen = client.post(extend_page(cycle), {**typed, "until": "19/12/2026", "preview": "1"})
    page = client.post(extend_page(cycle), {**typed, "previewed": previewed(seen), "save": "1"})
    assert page.status_code == 422
    assert AGAIN in page.text
    assert "Hạn mới 22/12/2026" in page.text
    assert GROUNDS["reason"] in page.text
    assert Obligation.objects.get(unit=units[0]).due_on == DUE
    assert client.post(extend_page(cycle), {**typed, "previewed": previewed(page), "save": "1"}).status_code == 302
    assert Obligation.objects.get(unit=units[0]).due_on == dt.date(2026, 12, 22)


def test_an_earlier_day_is_warned_of_with_the_days_left_and_when_units_are_told(client, specialist, cycle):
    page = client.post(move_page(cycle), {**DATES, "due_on": "24/11/2026", "preview": "1"})
    text = " ".join(page.text.split())
    assert "Hạn mới sớm hơn hạn hiện nay" in text
    assert "Hạn chuyển từ 17/12/2026 lên 24/11/2026. Còn 1 ngày làm việc kể từ hôm nay." in text
    first = page.context["found"].first_mail
    assert first == min(day for rung in page.context["found"].rungs for day in rung.after)
    assert f"thư điện tử đầu tiên nêu hạn mới gửi ngày <b>{first:%d/%m/%Y}</b>" in text
    assert f"(sớm nhất ngày {first:%d/%m/%Y}), không có thư riêng" in text
    later = client.post(move_page(cycle), {**DATES, "preview": "1"})
    assert "sớm hơn hạn hiện nay" not in later.text
    past = client.post(move_page(cycle), {**DATES, "due_on": "20/11/2026", "preview": "1"})
    assert "sớm hơn hạn hiện nay" not in past.text  # said as “Hạn mới đã qua”


def test_an_extension_made_shorter_is_warned_of_too(client, specialist, cycle, units):
    Obligation.objects.filter(unit=units[0]).update(due_on=dt.date(2026, 12, 24), extended_to=dt.date(2026, 12, 24))
    page = client.post(extend_page(cycle), {**chosen(*units), "until": "17/12/2026", "preview": "1"})
    assert "Hạn chuyển từ 24/12/2026 lên 17/12/2026 với 1 đơn vị." in " ".join(page.text.split())
    later = client.post(extend_page(cycle), {**chosen(*units), "until": "28/12/2026", "preview": "1"})
    assert "sớm hơn hạn hiện nay" not in later.text


def test_a_unit_with_a_later_day_of_its_own_keeps_it_and_is_not_counted(client, specialist, cycle, units):
    late = dt.date(2026, 12, 31)
    Obligation.objects.filter(unit=units[0]).update(due_on=late, counted_until=late, extended_to=late)
    page = client.post(move_page(cycle), {**DATES, "preview": "1"})
    assert page.context["found"].duties == 1


def test_the_preview_says_how_many_on_which_day(client, specialist, cycle, units):
    late = dt.date(2026, 12, 31)
    Obligation.objects.filter(unit=units[0]).update(due_on=late, counted_until=late, extended_to=late)
    page = client.post(move_page(cycle), {**DATES, "preview": "1"})
    (rung,) = [rung for rung in page.context["found"].rungs if rung.offset == 0]
    assert rung.per_day_after == [(dt.date(2026, 12, 24), 1), (late, 1)]
    text = " ".join(page.text.split())
    assert '2 lượt nhắc<small class="lede"><br><span class="text-nowrap">24/12/2026: 1</span>' in text


def test_as_many_mails_on_other_days_are_a_change():
    one, other = dt.date(2026, 12, 24), dt.date(2026, 12, 25)
    same = RungChange(0, Counter({one: 2, other: 1}), Counter({one: 1, other: 2}))
    assert same.changed
    assert (same.mails_before, same.mails_after) == (3, 3)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.DEPT_LEADER, True), (Role.DEPT_SPECIALIST, True), (Role.DEPT_CLERK, False), (Role.DEPT_READER, False)],
)
def test_who_may_extend_may_move_the_dates_and_the_other_way_round(client, cycle, units, role, allowed):
    user = make_specialist(role)
    client.force_login(user)
    codes = [client.get(page).status_code for page in (move_page(cycle), extend_page(cycle))]
    assert codes == [200 if allowed else 403] * 2
    link = move_page(cycle) in client.get(reverse("admin:reports_cycle_change", args=[cycle.pk])).text
    assert link == allowed
    typed = {**DATES, **GROUNDS, "previewed": "2026-12-24|True|None|None", "save": "1"}
    client.post(move_page(cycle), typed)
    assert (Obligation.objects.get(unit=units[0]).due_on > DUE) == allowed
    if not allowed:
        grounds = Grounds(by="phone", dated=TODAY, decided_by="Giám đốc", reason="x")
        dates = {"due_on": DUE + dt.timedelta(days=7), "shift_due": True, "grace_until": None, "locks_on": None}
        with pytest.raises(StepRefused, match="chuyên viên, lãnh đạo hoặc quản trị"):
            move_dates(round=cycle.round, dates=dates, grounds=grounds, path="/", actor=actor(user), now=NOW)
    assert MANAGERS is MOVERS
