"""Reference data: units and their succession, themes, days off. Every loader may run again and overwrites nothing."""

import csv
import datetime as dt
from pathlib import Path

from django.db import transaction

from .models import Extent, FormerWard, Holiday, Succession, Theme, Unit, WardSuccession

DATA = Path(__file__).parent / "data"
UNIT_FILES = ("hanoi_districts_2024.csv", "hanoi_communes_2025.csv")
WARD_FILE = "hanoi_ward_mapping_2025.csv"

THEMES = (
    ("tuyen-truyen", "Tuyên truyền, phổ biến Chương trình"),
    ("cai-cach-hanh-chinh", "Cải cách hành chính"),
    ("chuyen-doi-so", "Chuyển đổi số"),
    ("moi-truong", "Bảo vệ môi trường"),
    ("lang-nghe", "Làng nghề"),
    ("ung-dung-cong-nghe", "Ứng dụng, chuyển giao công nghệ"),
    ("doi-moi-sang-tao", "Đổi mới sáng tạo"),
    ("sang-kien", "Phong trào sáng kiến"),
)


def _rows(filename):
    with (DATA / filename).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _day(text):
    return dt.date.fromisoformat(text) if text else None


def _overlap(a, b):
    """Do two units of one code live at the same time? Unknown ends count as endless."""
    starts = [u.valid_from or dt.date.min for u in (a, b)]
    ends = [u.valid_to or dt.date.max for u in (a, b)]
    return max(starts) <= min(ends)


@transaction.atomic
def load_units():
    """Insert missing districts and communes; a unit whose code and time are known is left as it is. Returns a count."""
    known = {}
    for unit in Unit.objects.order_by():
        known.setdefault(unit.code, []).append(unit)
    fresh = []
    for filename in UNIT_FILES:
        for row in _rows(filename):
            unit = Unit(
                code=row["code"],
                name=row["name"],
                kind=row["kind"],
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
            )
            if any(_overlap(unit, other) for other in known.get(unit.code, ())):
                continue
            unit.derive()
            unit.search = unit.compose_search()
            fresh.append(unit)
    Unit.objects.bulk_create(fresh)
    return len(fresh)


def _current_units():
    """Units of the data files by code: the latest of each code."""
    return {unit.code: unit for unit in Unit.objects.order_by("valid_from", "id")}


@transaction.atomic
def load_wards():
    """Insert missing former wards and their links to today's units. Returns the number of new wards."""
    units, rows = _current_units(), _rows(WARD_FILE)
    known = set(FormerWard.objects.order_by().values_list("code", flat=True))
    fresh = {}
    for row in rows:
        if row["old_ward_code"] in known or row["old_ward_code"] in fresh:
            continue
        kind = row["old_ward_kind"]
        ward = FormerWard(
            code=row["old_ward_code"],
            name=row["old_ward_name"].removeprefix(f"{kind} "),
            kind=kind,
            district=units[row["old_district_code"]],
        )
        ward.derive()
        fresh[ward.code] = ward
    FormerWard.objects.bulk_create(fresh.values())
    wards = {ward.code: ward.pk for ward in FormerWard.objects.order_by()}
    links = set(WardSuccession.objects.order_by().values_list("ward_id", "unit_id"))
    new = [
        WardSuccession(ward_id=wards[row["old_ward_code"]], unit=units[row["new_code"]], extent=row["extent"])
        for row in rows
    ]
    WardSuccession.objects.bulk_create(link for link in new if (link.ward_id, link.unit_id) not in links)
    return len(fresh)


@transaction.atomic
def load_succession():
    """Insert missing links district → commune and refresh the search texts. Returns the number of new links.

    A district that went into several communes went into each of them in part.
    """
    units = _current_units()
    pairs = [
        (units[old], units[row["code"]])
        for filename in UNIT_FILES
        for row in _rows(filename)
        for old in filter(None, row["predecessor_codes"].split(";"))
    ]
    known = set(Succession.objects.order_by().values_list("predecessor_id", "successor_id"))
    parts = [old.pk for old, _ in pairs]
    fresh = [
        Succession(predecessor=old, successor=new, extent=Extent.WHOLE if parts.count(old.pk) == 1 else Extent.PART)
        for old, new in pairs
        if (old.pk, new.pk) not in known
    ]
    Succession.objects.bulk_create(fresh)
    refold_units()
    return len(fresh)


def refold_units():
    """Rewrite the search text of every unit whose names or predecessors have changed. Returns their number."""
    old_names = {}
    for pk, name in Succession.objects.values_list("successor_id", "predecessor__name"):
        old_names.setdefault(pk, []).append(name)
    for pk, kind, name in WardSuccession.objects.values_list("unit_id", "ward__kind", "ward__name"):
        old_names.setdefault(pk, []).append(f"{kind} {name}")
    changed = []
    for unit in Unit.objects.order_by():
        text = unit.compose_search(old_names.get(unit.pk, ()))
        if text != unit.search:
            unit.search = text
            changed.append(unit)
    Unit.objects.bulk_update(changed, ["search"])
    return len(changed)


def load_themes():
    """Insert missing themes; names and order an administrator changed stay. Returns the number of new themes."""
    known = set(Theme.objects.order_by().values_list("code", flat=True))
    fresh = [
        Theme(code=code, name=name, order=order * 10)
        for order, (code, name) in enumerate(THEMES, start=1)
        if code not in known
    ]
    Theme.objects.bulk_create(fresh)
    return len(fresh)


def load_holidays(years):
    """Insert missing days off and working Saturdays of the given years; existing days stay. Returns their number."""
    from .holiday_seed import seed_days

    known = set(Holiday.objects.order_by().values_list("day", flat=True))
    fresh = [
        Holiday(day=seed.day, name=seed.name, kind=seed.kind, source=seed.source, confirmed=seed.confirmed)
        for seed in seed_days(years)
        if seed.day not in known
    ]
    Holiday.objects.bulk_create(fresh)
    return len(fresh)


def load_reference(years):
    """Run all loaders in order; returns {what: number of new rows}."""
    return {
        "đơn vị": load_units(),
        "xã, phường, thị trấn cũ": load_wards(),
        "liên kết kế thừa": load_succession(),
        "chủ đề": load_themes(),
        "ngày nghỉ, làm bù": load_holidays(years),
    }
