"""Reference data in the database: units, succession, themes, days off."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from districts.loading import load_reference, refold_units
from districts.models import Extent, FormerWard, Holiday, Succession, Theme, Unit
from districts.workdays import is_working_day, load_calendar, next_working_day
from tests.factories import make_unit

pytestmark = pytest.mark.django_db
YEARS = range(2025, 2028)
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def reference():
    return load_reference(YEARS)


def names(units):
    return [u.name for u in units]


def test_counts_and_no_second_loading(reference):
    assert reference["đơn vị"] == 156
    assert reference["xã, phường, thị trấn cũ"] == 526
    assert reference["chủ đề"] == 8
    assert Unit.objects.valid_on(TODAY).count() == 126
    assert Unit.objects.valid_on(dt.date(2025, 6, 30)).count() == 30
    assert Unit.objects.former(TODAY).count() == 30
    assert set(load_reference(YEARS).values()) == {0}


def test_loading_again_keeps_what_an_administrator_changed(reference):
    Unit.objects.filter(code="10402").update(address="Số 1", place_name="Xã Ứng Hòa", phone="024")
    Unit.objects.filter(code="281").update(valid_from=dt.date(2008, 8, 1))
    Theme.objects.filter(code="lang-nghe").update(name="Làng nghề truyền thống", active=False)
    Holiday.objects.filter(day=dt.date(2026, 11, 24)).update(kind=Holiday.Kind.ORDINARY, confirmed=True)
    assert set(load_reference(YEARS).values()) == {0}
    unit = Unit.objects.get(code="10402")
    assert (unit.address, unit.place_name, unit.phone) == ("Số 1", "Xã Ứng Hòa", "024")
    assert not Theme.objects.active().filter(code="lang-nghe").exists()
    assert is_working_day(dt.date(2026, 11, 24), load_calendar())


def test_command_prints_counts():
    out = StringIO()
    call_command("load_reference", "--from-year", "2026", "--to-year", "2026", stdout=out)
    assert "đơn vị: thêm 156" in out.getvalue()
    assert set(Holiday.objects.values_list("day__year", flat=True)) == {2026}


def test_an_old_name_finds_todays_unit(reference):
    today = Unit.objects.valid_on(TODAY)
    assert names(today.search("truc bach")) == ["Phường Ba Đình"]
    assert names(today.search("huyện ứng hoà")) == ["Xã Hòa Xá", "Xã Ứng Hòa", "Xã Ứng Thiên", "Xã Vân Đình"]
    assert names(Unit.objects.search("Ứng Hòa"))[:2] == ["Xã Ứng Hòa", "Huyện Ứng Hòa"]
    assert names(Unit.objects.search("P. Ba Đình"))[0] == "Phường Ba Đình"
    assert names(Unit.objects.search("10402")) == ["Xã Ứng Hòa"]
    assert not Unit.objects.search("đình ba xyz").exists()
    assert today.search("").count() == 126


def test_the_very_name_stands_before_longer_names_and_those_before_former_names():
    old = make_unit("Huyện Ba Vì", valid_to=dt.date(2025, 6, 30))
    for name in ("Phường Ba Vì Thượng", "Xã Ba Vì", "Xã An Khánh"):
        Succession.objects.create(predecessor=old, successor=make_unit(name), extent=Extent.PART)
    refold_units()
    wanted = ["Xã Ba Vì", "Huyện Ba Vì", "Phường Ba Vì Thượng", "Xã An Khánh"]
    assert names(Unit.objects.search("ba vì")) == wanted
    assert names(Unit.objects.search("x. Ba Vi")) == ["Xã Ba Vì"]
    assert names(Unit.objects.search("ba")) == ["Phường Ba Vì Thượng", "Xã Ba Vì", "Huyện Ba Vì", "Xã An Khánh"]


def test_names_on_papers(reference):
    commune = Unit.objects.get(code="10402")
    assert commune.body_name == "UBND xã Ứng Hòa"
    assert commune.organ_lines == ("ỦY BAN NHÂN DÂN", "XÃ ỨNG HÒA")
    assert commune.place_name == "Ứng Hòa"
    assert Unit.objects.get(code="269").body_name == "UBND thị xã Sơn Tây"
    assert Unit.objects.get(code="00256").place_name == "Phường Hai Bà Trưng"


def test_succession(reference):
    district = Unit.objects.get(code="281")
    assert names(district.successors) == ["Xã Hòa Xá", "Xã Ứng Hòa", "Xã Ứng Thiên", "Xã Vân Đình"]
    assert names(Unit.objects.get(code="10402").predecessors) == ["Huyện Ứng Hòa"]
    assert set(district.to_links.values_list("extent", flat=True)) == {Extent.PART}
    ward = FormerWard.objects.get(code="00004")
    assert str(ward) == "Phường Trúc Bạch"
    assert [(s.unit.name, s.extent) for s in ward.successions.all()] == [("Phường Ba Đình", Extent.WHOLE)]
    with pytest.raises(IntegrityError), transaction.atomic():
        Succession.objects.create(predecessor=district, successor=district, extent=Extent.PART)


def test_a_code_is_unique_per_time():
    Unit.objects.create(code="00004", name="Phường Trúc Bạch", kind=Unit.Kind.PHUONG, valid_to=dt.date(2025, 6, 30))
    Unit.objects.create(code="00004", name="Phường Ba Đình", kind=Unit.Kind.PHUONG, valid_from=dt.date(2025, 7, 1))
    for valid_from in (None, dt.date(2025, 7, 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Unit.objects.create(code="00004", name="Phường Khác", kind=Unit.Kind.PHUONG, valid_from=valid_from)


def test_vietnamese_order_comes_from_the_database(reference):
    some = Unit.objects.filter(name__in=["Xã Đông Anh", "Xã Dân Hòa", "Xã Đa Phúc", "Xã Dương Hòa"])
    assert names(some) == ["Xã Dân Hòa", "Xã Dương Hòa", "Xã Đa Phúc", "Xã Đông Anh"]


def test_the_calendar_of_2026(reference, django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar = load_calendar()
    assert not is_working_day(dt.date(2026, 1, 2), calendar)
    assert is_working_day(dt.date(2026, 1, 10), calendar)
    assert is_working_day(dt.date(2026, 8, 22), calendar)
    assert not is_working_day(dt.date(2026, 8, 31), calendar)
    assert next_working_day(dt.date(2026, 6, 20), calendar) == dt.date(2026, 6, 22)
    unsure = set(Holiday.objects.filter(day__year=2026, confirmed=False).values_list("day", flat=True))
    assert unsure == {dt.date(2026, 1, 2), dt.date(2026, 1, 10), dt.date(2026, 11, 24)}
    assert not Holiday.objects.filter(day__year=2027, confirmed=True).exists()
