"""When a mail the server has put off comes again: ladders by code, scattered, and never for ever."""

import datetime as dt
import random

import pytest

from notices import retry

MINUTE = dt.timedelta(minutes=1)


def waits(code, *, recipient=False, seed=7):
    """Every wait until the mail is given up."""
    rng, found = random.Random(seed), []
    while (again := retry.wait(code, len(found) + 1, recipient=recipient, rng=rng)) is not None:
        found.append(again)
    return found


@pytest.mark.parametrize("code", [431, 442, 447, 452])
def test_a_busy_server_is_asked_again_quickly(code):
    found = waits(code)
    for wait, step in zip(found, retry.QUICK, strict=False):
        assert step <= wait <= step * 1.2
    assert found[0] < MINUTE / 2


@pytest.mark.parametrize(("code", "recipient"), [(450, True), (451, True), (452, True), (451, False), (454, False)])
def test_a_refused_mailbox_and_other_delays_come_back_slowly(code, recipient):
    found = waits(code, recipient=recipient)
    for wait, step in zip(found, retry.SLOW, strict=False):
        assert step <= wait <= step * 1.2
    assert found[0] >= MINUTE


@pytest.mark.parametrize("recipient", [True, False])
def test_too_many_at_once_scatters(recipient):
    found = waits(432, recipient=recipient)
    assert min(found) >= MINUTE
    assert max(found) <= 30 * MINUTE
    assert max(found) - min(found) > 15 * MINUTE


@pytest.mark.parametrize("code", [550, 551, 552, 553, 554, 599, 250, 354, -1, 0])
def test_everything_else_is_final(code):
    assert waits(code) == waits(code, recipient=True) == []


@pytest.mark.parametrize(("code", "recipient"), [(452, False), (450, True), (432, False)])
def test_a_ladder_is_about_a_day_long(code, recipient):
    whole = sum(waits(code, recipient=recipient), dt.timedelta())
    assert dt.timedelta(hours=18) < whole < dt.timedelta(hours=32)


def test_two_mails_do_not_come_back_in_the_same_second():
    rng = random.Random(1)
    assert len({retry.wait(450, 1, recipient=True, rng=rng) for _ in range(100)}) == 100


def test_the_same_seed_gives_the_same_ladder():
    assert waits(452, seed=3) == waits(452, seed=3) != waits(452, seed=4)


def test_a_server_that_is_away_is_asked_at_most_each_quarter_of_an_hour_and_never_given_up():
    rng = random.Random(5)
    found = [retry.wait_for_server(attempt, rng=rng) for attempt in (0, 1, 2, 3, 4, 5, 500)]
    assert found[1] < found[2] < found[3] < found[4]
    assert all(MINUTE <= wait <= 18 * MINUTE for wait in found)
