"""The watch with the portal's own thresholds, and somebody to tell."""

import pytest
from django.conf import settings as real_settings

from accounts.roles import Role
from tests.factories import make_specialist


@pytest.fixture
def admin():
    return make_specialist(Role.DEPT_ADMIN, email="quantri@example.vn")


@pytest.fixture(autouse=True)
def limits(settings):
    """Thresholds of the portal, without broker and days off (their own tests switch them on)."""
    settings.WATCH = {**real_settings.WATCH, "queue": 0, "holidays": 0}
    return settings
