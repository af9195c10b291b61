"""The second way out of a row – “Đã gửi, số …” – is not swallowed by the link over the whole row."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from reports.models import Obligation
from tests.factories import make_cycle, make_unit, make_user
from tests.support.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("name", ["home", "reports:list"])
@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_it_is_reached_beside_the_row_s_own_link(new_page, live_server, name, by):
    unit, today = make_unit(), timezone.localdate()
    make_cycle(units=[unit], year=today.year, opens_on=today, due_on=today)
    person = Person(
        new_page(viewport={"width": 390, "height": 800}), live_server.url, make_user(Role.UNIT_CLERK, unit=unit)
    )
    person.go(name)
    link = person.page.locator(".task-other")
    if by == "mouse":
        link.click()
    else:
        link.focus()
        person.page.keyboard.press("Enter")
    person.page.wait_for_url("**" + reverse("reports:declare", args=[Obligation.objects.get().pk]))
