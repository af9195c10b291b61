"""Numbers nobody would type – “²”, one too big for the database – are answered like a row that is not there."""

import pytest
from django.urls import reverse
from time_machine import travel

from accounts.roles import Role
from dossiers.models import Dossier
from tests.factories import NOW, make_call, make_cycle, make_specialist, make_team, make_unit
from tests.support.ways import sent_proposal

pytestmark = pytest.mark.django_db

ODD = ["²", "٣", "9" * 30, "-1", "abc"]
LIST = "admin:proposals_proposal_changelist"


@pytest.fixture(autouse=True)
def today():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def web(client):
    client.force_login(make_specialist(Role.DEPT_SPECIALIST))
    return client


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["proposals_proposal", "reports_report", "notices_mail"])
def test_an_odd_key_is_not_found(web, name, odd):
    assert web.get(reverse(f"admin:{name}_change", args=[odd])).status_code == 404


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["districts_unit", "reports_obligation"])
def test_an_odd_key_of_a_stock_page_goes_back(web, name, odd):
    answer = web.get(reverse(f"admin:{name}_change", args=[odd]))
    assert answer.status_code in (302, 404)


@pytest.mark.parametrize("odd", ODD)
def test_odd_filters_count_as_not_given(web, odd):
    make_cycle(units=[make_unit()])
    assert web.get(reverse("admin:reports_obligation_changelist"), {"cycle": odd}).status_code == 200
    assert web.get(reverse(LIST), {"round": odd, "theme": odd, "page": odd}).status_code == 200


@pytest.mark.parametrize("odd", ODD)
def test_odd_ticks_are_left_out(web, odd):
    for selected in (f"{odd}:1", f"1:{odd}", odd):
        answer = web.post(reverse(LIST), {"step": "receive", "selected": [selected], "confirmed": "1"}, follow=True)
        assert "Chưa chọn hồ sơ nào" in answer.text
    mails = web.post(reverse("admin:notices_mail_changelist"), {"action": "retry", "selected": [odd]}, follow=True)
    assert "Chọn một việc và từ 1" in mails.text


def test_a_ticked_row_that_is_gone_is_named(web):
    drafter, leader, _ = make_team(make_unit())
    here, gone = (sent_proposal(make_call(plan_year=year), drafter, leader) for year in (2027, 2028))
    selected = [f"{row.pk}:{row.version}" for row in (here, gone)] + [f"{'9' * 18}:1"]
    Dossier.objects.filter(pk=gone.pk).update(first_submitted_at=None)

    asked = web.post(reverse(LIST), {"step": "receive", "selected": selected})
    assert f"hồ sơ số {gone.pk}" in asked.text
    done = web.post(reverse(LIST), {"step": "receive", "selected": selected, "confirmed": "1"}, follow=True)

    assert "1 hồ sơ đã thực hiện, 2 hồ sơ chưa" in done.text
    assert f"hồ sơ số {gone.pk} – không còn trong danh sách" in done.text
    assert Dossier.objects.get(pk=gone.pk).status == "sent"


@pytest.mark.parametrize("name", ["proposals", "reports"])
def test_people_of_the_department_are_led_to_their_own_list(web, name):
    one = {"proposals": "proposal", "reports": "report"}[name]
    answer = web.get(reverse(f"{name}:list"))
    assert (answer.status_code, answer["Location"]) == (302, reverse(f"admin:{name}_{one}_changelist"))


def test_somebody_of_both_sides_keeps_the_list_of_the_unit(client):
    from accounts.models import Membership

    user = make_specialist()
    Membership.objects.create(user=user, unit=make_unit(), role=Role.UNIT_READER, valid_from="2025-07-01")
    client.force_login(user)
    assert client.get(reverse("proposals:list")).status_code == 200
    assert client.get(reverse("reports:list")).status_code == 200
