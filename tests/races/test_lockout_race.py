"""Many tries sent at the same moment: no more than the allowed number gets a password looked at."""

import pytest

from accounts import attempts
from accounts.models import LoginAttempt
from tests.factories import NOW
from tests.support.at_once import at_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_tries_at_once_do_not_slip_through():
    allowed = []

    def guess():
        allowed.append(attempts.take_try("soan", address="10.0.0.1", now=NOW))

    assert at_once(*[guess] * 16) == []
    assert sum(allowed) == attempts.ALLOWED
    assert LoginAttempt.objects.get(address="10.0.0.1").failures == attempts.ALLOWED


def test_right_and_wrong_passwords_at_once_break_nothing():
    def enter():
        attempts.take_try("soan", address="10.0.0.1", now=NOW)
        attempts.succeeded("soan", address="10.0.0.1")

    assert at_once(*[enter] * 16) == []
