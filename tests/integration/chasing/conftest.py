"""A specialist at “Đôn đốc” on one and the same morning, and three units."""

import pytest
from time_machine import travel

from tests.factories import NOW, make_specialist, make_unit


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
    return [make_unit("Xã Ứng Hòa"), make_unit("Phường Hai Bà Trưng"), make_unit("Xã Vắng")]
