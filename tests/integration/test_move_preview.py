"""What a moved deadline would change, seen on its page before it is saved."""

import datetime as dt

import pytest
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from proposals.filing import start_proposal
from records.models import AuditEntry
from reports.models import Obligation
from tests.factories import NOW, TODAY, actor, make_call, make_cycle, make_specialist, make_unit, make_user
from tests.support.report_desk import Desk

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 11, 30)
FORECAST = "admin:notices_forecast"


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
def unit():
    unit = make_unit()
    make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Soạn")
    return unit


def test_a_moved_deadline_is_shown_before_it_is_saved(client, specialist, unit):
    cycle = make_cycle(units=[unit], due_on=DUE)
    address = reverse("admin:reports_cycle_move", args=[cycle.pk])
    assert address in client.get(reverse("admin:reports_cycle_change", args=[cycle.pk])).text
    values = {"due_on": "07/12/2026", "grace_until": "", "locks_on": ""}
    seen = client.post(address, {**values, "preview": "1"})
    rungs = {rung.offset: (rung.before, rung.after) for rung in seen.context["found"].rungs}
    assert rungs[1] == ([dt.date(2026, 11, 27)], [dt.date(2026, 12, 4)])
    assert Obligation.objects.get().due_on == DUE
    assert "Căn cứ dời hạn" in seen.text
    assert "Căn cứ được giữ ở trang của kỳ báo cáo và trong nhật ký" in seen.text
    grounds = {
        "by": "phone",
        "dated": "20/11/2026",
        "decided_by": "Trưởng phòng",
        "reason": "Đơn vị xin thêm thời gian",
    }
    key = seen.context["form"].days_key
    assert client.post(address, {**values, **grounds, "previewed": key, "save": "1"}).status_code == 302
    assert Obligation.objects.get().due_on == dt.date(2026, 12, 7)
    cycle.round.refresh_from_db()
    assert cycle.round.due_on == dt.date(2026, 12, 7)
    assert "30/11/2026" in AuditEntry.objects.get(action="admin.changed").detail["changes"]


def test_a_deadline_that_breaks_the_round_s_rules_is_refused(client, specialist, unit):
    cycle = make_cycle(units=[unit], due_on=DUE, locks_on=DUE)
    address = reverse("admin:reports_cycle_move", args=[cycle.pk])
    response = client.post(address, {"due_on": "07/12/2026", "locks_on": "30/11/2026", "save": "1"})
    assert response.status_code == 422
    assert "Ngày này phải từ hạn gửi trở đi" in response.text
    assert Obligation.objects.get().due_on == DUE
    past = client.post(address, {"due_on": "20/11/2026", "locks_on": "", "preview": "1"})
    assert "Hạn mới đã qua" in past.text


def test_a_call_has_the_same_page(client, specialist, unit):
    call = make_call(due_on=DUE)
    drafter = unit.memberships.get().user
    start_proposal(call=call, actor=actor(drafter), now=NOW)
    address = reverse("admin:proposals_call_move", args=[call.pk])
    seen = client.post(address, {"due_on": "07/12/2026", "grace_until": "", "locks_on": "07/12/2026", "preview": "1"})
    assert seen.context["found"].duties == 1
    assert TODAY + dt.timedelta(days=14) in [day for rung in seen.context["found"].rungs for day in rung.after]


def test_a_call_that_has_closed_is_seen_to_open_again(client, specialist, unit):
    call = make_call(opens_on=TODAY - dt.timedelta(days=40), due_on=TODAY + dt.timedelta(days=1))
    start_proposal(call=call, actor=actor(unit.memberships.get().user), now=NOW)
    call.round.due_on = call.round.locks_on = TODAY - dt.timedelta(days=3)
    call.round.save()
    address = reverse("admin:proposals_call_move", args=[call.pk])
    seen = client.post(address, {"due_on": "07/12/2026", "grace_until": "", "locks_on": "07/12/2026", "preview": "1"})
    assert (seen.context["found"].opened, seen.context["found"].mails_before) == (1, 0)
    assert "1 việc mở lại" in seen.text
    call.round.refresh_from_db()
    assert call.round.due_on == TODAY - dt.timedelta(days=3)  # seen, not saved


def test_what_waits_for_the_leader_s_signature_moves_along(client, specialist):
    desk = Desk(due_on=TODAY + dt.timedelta(days=1))
    desk.fill()
    desk.step("submit_for_signature", desk.drafter)
    address = reverse("admin:reports_cycle_move", args=[desk.cycle.pk])
    seen = client.post(address, {"due_on": "07/12/2026", "grace_until": "", "locks_on": "", "preview": "1"})
    assert seen.context["found"].duties == 2  # the report and its signature: two working days, no longer one
    assert "hạn gửi lại của hồ sơ được đề nghị bổ sung" in seen.text
    assert Obligation.objects.get().due_on == TODAY + dt.timedelta(days=1)
