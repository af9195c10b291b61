"""Days off as far as known when this was written: the ``holidays`` package plus corrections. Seeds only."""

import datetime as dt
from typing import NamedTuple

from .models import Holiday

Kind = Holiday.Kind
# Years whose days were compared with the published notices; later ones are computed ahead of the decision.
COMPARED_UNTIL = 2026
LIBRARY = "Tính theo Bộ luật Lao động 2019, Điều 112"
AHEAD = f"{LIBRARY}; chờ thông báo chính thức của năm"
CULTURE_DAY = "Nghị quyết 80-NQ/TW ngày 07/01/2026; chưa đối chiếu luật sửa đổi Điều 112"
SWAP_2026 = "Phương án hoán đổi Bộ Nội vụ đề xuất; cần đối chiếu thông báo chính thức"


class Seed(NamedTuple):
    """One day to insert."""

    day: dt.date
    name: str
    kind: str
    source: str
    confirmed: bool


# What the package does not know.
CORRECTIONS = (
    Seed(dt.date(2026, 1, 2), "Nghỉ hoán đổi (làm bù ngày 10/01/2026)", Kind.SWAP_OFF, SWAP_2026, False),
    Seed(dt.date(2026, 1, 10), "Làm bù cho ngày 02/01/2026", Kind.WORKING_DAY, SWAP_2026, False),
)


def seed_days(years):
    """Days off and working weekend days of the given years, corrections first, one a day."""
    import holidays

    years = sorted(set(years))
    seeds = {seed.day: seed for seed in CORRECTIONS if seed.day.year in years}
    for year in years:
        calendar = holidays.country_holidays("VN", years=year, language="vi")
        for day, name in sorted(calendar.items()):
            seeds.setdefault(day, _day_off(day, name))
        for day in sorted(calendar.weekend_workdays):
            if day.year == year:
                seeds.setdefault(day, Seed(day, _worked_for(day, calendar), Kind.WORKING_DAY, LIBRARY, True))
    return [seeds[day] for day in sorted(seeds)]


def _day_off(day, name):
    if "Ngày Văn hóa" in name:
        return Seed(day, name, Kind.HOLIDAY, CULTURE_DAY, False)
    kind = Kind.HOLIDAY
    if name.startswith("Ngày nghỉ (thay cho ngày "):
        kind = Kind.SWAP_OFF
        name = name.replace("Ngày nghỉ (thay cho ngày ", "Nghỉ hoán đổi (làm bù ngày ")
    elif "nghỉ bù" in name:
        kind = Kind.COMPENSATION
    compared = day.year <= COMPARED_UNTIL
    return Seed(day, name, kind, LIBRARY if compared else AHEAD, compared)


def _worked_for(day, calendar):
    shown = f"{day:%d/%m/%Y}"
    off = next((d for d, name in calendar.items() if shown in name), None)
    return f"Làm bù cho ngày {off:%d/%m/%Y}" if off else "Làm bù"
