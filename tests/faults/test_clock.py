"""The edges of the day, weekends, Tết, and servers in three time zones: the same mails on the same days everywhere."""

import datetime as dt

import pytest

from districts.models import Holiday
from notices.models import Reminder
from tests.factories import moment

ONE = dt.timedelta(days=1)
MONDAY = dt.date(2027, 2, 1)
TET = [dt.date(2027, 2, 4) + ONE * number for number in range(7)]  # Thursday to Wednesday
WORKING = MONDAY + 12 * ONE  # a Saturday at work, to make up for one of the days off

# (moment, digests that have left by then). Three people owe one duty each: 0 is due on Tuesday 2/2, 1 in the middle
# of Tết (Saturday 6/2), 2 on Thursday 11/2, the first day after it. Days left are working days.
WALK = [
    (moment(MONDAY, 6, 59, 55), 0),  # planned, waits for 07:00
    (moment(MONDAY, 7), 3),  # 0: one day left; 1: two, thus “5”; 2: three, thus “5”
    (moment(MONDAY, 17, 59, 50), 3),
    (moment(MONDAY, 23, 59, 50), 3),
    (moment(MONDAY + ONE, 0), 3),  # midnight: the due day of 0 has begun, its mail waits
    (moment(MONDAY + ONE, 7), 5),  # 0: today; 1: one day left
    (moment(MONDAY + ONE, 18), 5),
    (moment(MONDAY + 2 * ONE, 9), 7),  # 0: one day late; 2: one day left, the days off do not count
    (moment(TET[0], 9), 7),
    (moment(TET[2], 6, 59, 50), 7),
    (moment(TET[2], 9), 8),  # 1: due today, day off or not
    (moment(TET[6], 9), 8),
    (moment(TET[6] + ONE, 7, 0, 1), 10),  # 1: one day late; 2: today
    (moment(TET[6] + 2 * ONE, 9), 12),  # 0: three days late; 2: one day late
    (moment(WORKING, 9), 13),  # a Saturday at work – 1: three days late
    (moment(WORKING + ONE, 9), 13),  # Sunday
]
NEVER_SENT = {(0, 5), (0, 999), (1, 999), (2, 999)}  # jumped over on the first day
REACHED = {0: (999, 5, 1, 0, -1, -3), 1: (999, 5, 1, 0, -1, -3), 2: (999, 5, 1, 0, -1)}
ZONES = ["UTC", "America/New_York", "Asia/Ho_Chi_Minh"]


@pytest.mark.parametrize("zone", ZONES)
def test_edges_of_the_day_weekends_tet(world, zone):
    Holiday.objects.bulk_create([Holiday(day=day, name="Tết", kind=Holiday.Kind.HOLIDAY) for day in TET])
    Holiday.objects.create(day=WORKING, name="Làm bù", kind=Holiday.Kind.WORKING_DAY)
    world.owe_each([MONDAY + ONE, TET[2], TET[6] + ONE])
    assert world.walk([at for at, _ in WALK], TZ=zone) == [count for _, count in WALK]
    ledger = {
        (f"fault:{number}", offset, "superseded" if (number, offset) in NEVER_SENT else "sent")
        for number, offsets in REACHED.items()
        for offset in offsets
    }
    assert set(Reminder.objects.values_list("duty_key", "offset", "state")) == ledger
    world.report(
        f"edges of the day, weekends, Tết; server in {zone}",
        mails=WALK[-1][1],
        also=f"{len(WALK)} moments, {len(ledger)} ledger rows, the same in every zone",
    )
