"""Which rung has been reached: never “exactly n days”, always “reached by now”."""

import datetime as dt

import pytest

from districts.workdays import Calendar
from notices.ladder import OPENING, days_left, rung_reached, rungs_reached, words_left

OFFSETS = [OPENING, 5, 1, 0, -1, -3]
PLAIN = Calendar()


@pytest.mark.parametrize(
    ("left", "rung"),
    [
        (40, OPENING),
        (6, OPENING),
        (5, 5),
        (4, 5),
        (2, 5),
        (1, 1),
        (0, 0),
        (-1, -1),
        (-2, -1),
        (-3, -3),
        (-40, -3),
    ],
)
def test_a_missed_day_is_caught_up_by_the_most_advanced_rung(left, rung):
    assert rung_reached(OFFSETS, left) == rung


def test_before_the_opening_nothing_is_reached():
    assert rung_reached(OFFSETS, 40, opened=False) is None
    assert rung_reached([], -3) is None


def test_rungs_jumped_over_are_named_too():
    assert rungs_reached(OFFSETS, 0) == [0, 1, 5, OPENING]


@pytest.mark.parametrize("left", range(-6, 8))
def test_time_only_moves_down_the_ladder(left):
    assert set(rungs_reached(OFFSETS, left)) >= set(rungs_reached(OFFSETS, left + 1))


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [
        (dt.date(2026, 12, 14), dt.date(2026, 12, 17), 3),  # Monday to Thursday
        (dt.date(2026, 12, 17), dt.date(2026, 12, 17), 0),
        (dt.date(2026, 12, 18), dt.date(2026, 12, 17), -1),
        (dt.date(2026, 12, 21), dt.date(2026, 12, 17), -2),
        (dt.date(2026, 12, 18), dt.date(2026, 12, 19), 1),  # Friday before a Saturday due day: not yet due
        (dt.date(2026, 12, 20), dt.date(2026, 12, 19), -1),  # Sunday after it: over, though no day was worked
    ],
)
def test_only_the_due_day_itself_is_zero(today, due, left):
    assert days_left(due, today, PLAIN) == left


def test_holidays_are_not_counted():
    calendar = Calendar(off=frozenset({dt.date(2027, 1, 1)}))
    assert days_left(dt.date(2027, 1, 4), dt.date(2026, 12, 31), calendar) == 1


def test_the_words():
    assert [words_left(n) for n in (3, 0, -2)] == [
        "Còn 3 ngày làm việc",
        "Hôm nay là hạn",
        "Quá hạn 2 ngày làm việc",
    ]
