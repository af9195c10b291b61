"""A unit's drafter, signed in, with a proposal just begun."""

import pytest
import time_machine

from accounts.roles import Role
from proposals import filing
from tests.factories import NOW, actor, make_call, make_theme, make_unit, make_user


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit):
    return make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Soạn")


@pytest.fixture
def call():
    return make_call(themes=[make_theme()])


@pytest.fixture
def proposal(call, drafter):
    return filing.start_proposal(call=call, actor=actor(drafter), now=NOW)


@pytest.fixture
def web(client, drafter):
    client.force_login(drafter)
    return client
