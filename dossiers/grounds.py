"""On what grounds a deadline moves: a letter or a call, its day, who decided, why (practice.md 22)."""

import datetime as dt
from dataclasses import dataclass

from records.dates import format_date
from records.text import clean_line, clean_text

LETTER, PHONE = "letter", "phone"
GROUNDS = {LETTER: "Văn bản", PHONE: "Điện thoại"}
YEARS_AHEAD = 2


@dataclass(frozen=True)
class Grounds:
    """Why the dates move: a letter with its number, or a call; its day, and who decided."""

    by: str
    dated: dt.date
    decided_by: str
    reason: str
    number: str = ""

    @property
    def words(self):
        """“theo văn bản số 12/SKHCN-QLKH ngày 20/11/2026”, “theo điện thoại ngày 20/11/2026”."""
        number = f" số {clean_line(self.number)[:60]}" if self.by == LETTER else ""
        return f"theo {GROUNDS[self.by].lower()}{number} ngày {format_date(self.dated)}"


def latest_day(today: dt.date) -> dt.date:
    """No deadline lies farther ahead: 2062 is a slip of the finger, and its reminders would be counted for decades."""
    try:
        return today.replace(year=today.year + YEARS_AHEAD)
    except ValueError:  # 29 February
        return today.replace(year=today.year + YEARS_AHEAD, day=28)


def check_days(days, *, today) -> dict:
    """``{name: sentence}`` of the days that lie too far ahead."""
    last = latest_day(today)
    return {
        name: f"Ngày {format_date(day)} quá xa; ngày muộn nhất nhận được là {format_date(last)}. Kiểm tra lại năm."
        for name, day in days.items()
        if isinstance(day, dt.date) and day > last
    }


def missing_grounds(grounds, *, today, what) -> dict:
    """``{field: sentence}`` of what is not said yet; ``what`` is done on these grounds (“dời hạn”)."""
    missing = {}
    if grounds.by == LETTER and not clean_line(grounds.number):
        missing["number"] = "Nhập số, ký hiệu của văn bản; nếu trao đổi qua điện thoại thì chọn “Điện thoại”."
    if not grounds.dated or grounds.dated > today:
        missing["dated"] = "Nhập ngày của văn bản hoặc cuộc gọi, không sau hôm nay."
    if not clean_line(grounds.decided_by):
        missing["decided_by"] = f"Nhập người quyết định {what}."
    if not clean_text(grounds.reason):
        missing["reason"] = f"Nhập lý do {what}."
    return missing
