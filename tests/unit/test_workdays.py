"""Working days against a slow and obvious count."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from districts.workdays import (
    Calendar,
    add_working_days,
    is_working_day,
    next_working_day,
    working_days_between,
)

ONE = dt.timedelta(days=1)
days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 4, 30))
calendars = st.builds(Calendar, st.frozensets(days, max_size=30), st.frozensets(days, max_size=10))
# New Year and Tết 2026 with the swap of 2 January.
TET = Calendar(
    frozenset({dt.date(2026, 1, 1), dt.date(2026, 1, 2)} | {dt.date(2026, 2, d) for d in range(16, 21)}),
    frozenset({dt.date(2026, 1, 10)}),
)


def test_around_the_swapped_saturday_and_tet():
    assert is_working_day(dt.date(2026, 1, 10), TET)
    assert not is_working_day(dt.date(2026, 1, 2), TET)
    assert next_working_day(dt.date(2026, 2, 14), TET) == dt.date(2026, 2, 23)
    assert next_working_day(dt.date(2026, 1, 9), TET) == dt.date(2026, 1, 9)
    assert add_working_days(dt.date(2026, 1, 9), 1, TET) == dt.date(2026, 1, 10)
    assert add_working_days(dt.date(2026, 2, 23), -1, TET) == dt.date(2026, 2, 13)
    assert working_days_between(dt.date(2025, 12, 31), dt.date(2026, 1, 10), TET) == 6


@given(days, days, calendars)
def test_between_is_the_obvious_count_and_signed(a, b, calendar):
    low, high = sorted((a, b))
    slow = sum(is_working_day(low + ONE * i, calendar) for i in range(1, (high - low).days + 1))
    assert working_days_between(low, high, calendar) == slow
    assert working_days_between(high, low, calendar) == -slow


@given(days, st.integers(-40, 40), calendars)
def test_adding_n_days_lies_n_days_away_on_a_working_day(day, n, calendar):
    there = add_working_days(day, n, calendar)
    if n == 0:
        assert there == day
        return
    assert is_working_day(there, calendar)
    if n > 0:
        assert working_days_between(day, there, calendar) == n
    else:
        # counted backwards the day of arrival counts and the day of departure does not
        assert sum(is_working_day(there + ONE * i, calendar) for i in range((day - there).days)) == -n


@given(days, calendars)
def test_next_working_day_is_the_first_one(day, calendar):
    there = next_working_day(day, calendar)
    assert there >= day
    assert is_working_day(there, calendar)
    assert not any(is_working_day(day + ONE * i, calendar) for i in range((there - day).days))
