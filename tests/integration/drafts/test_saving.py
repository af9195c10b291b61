"""What is typed is kept: bad input, products, autosave, two people at one section."""

import pytest

from accounts.roles import Role
from proposals import filing
from proposals.models import Product
from tests.factories import NOW, actor, make_unit, make_user
from tests.support.proposals import fresh, rows_data, section_url

pytestmark = pytest.mark.django_db


def test_a_box_that_was_not_sent_stays_as_stored(web, proposal):
    web.post(section_url(proposal, "grounds"), {"version": "0", "grounds": "A", "urgency": "B"})
    web.post(section_url(proposal, "grounds"), {"version": "1", "grounds": "Mới"})
    assert (fresh(proposal).grounds, fresh(proposal).urgency) == ("Mới", "B")


def test_what_cannot_be_read_stays_on_the_page_and_the_rest_is_saved(web, proposal):
    data = {
        "version": "0",
        "state_budget": "12,5 triệu",
        "other_budget": "100",
        "months": "24",
        "period_from": "13/2027",
    }
    answer = web.post(section_url(proposal, "money"), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="12,5 triệu"' in page and "“12,5 triệu” chưa phải là số" in page
    assert 'value="13/2027"' in page and "Ghi tháng/năm, ví dụ 01/2027." in page
    row = fresh(proposal)
    assert (row.state_budget, row.other_budget, row.months, row.period_from) == (None, 100, 24, "")
    assert 'name="version" value="1"' in page


def test_a_value_that_cannot_be_read_leaves_the_stored_one(web, proposal):
    web.post(section_url(proposal, "money"), {"version": "0", "state_budget": "850"})
    web.post(section_url(proposal, "money"), {"version": "1", "state_budget": "nhiều"})
    assert fresh(proposal).state_budget == 850


@pytest.mark.parametrize(("typed", "kept"), [("1.234,5", 1234.5), ("850", 850), ("1 250", 1250), ("0", 0)])
def test_money_is_read_the_vietnamese_way(web, proposal, typed, kept):
    web.post(section_url(proposal, "money"), {"version": "0", "state_budget": typed})
    assert float(fresh(proposal).state_budget) == kept


@pytest.mark.parametrize("typed", ["-1", "100000000000", "1,2345", "NaN", "1e5"])
def test_impossible_money_is_refused_at_its_box(web, proposal, typed):
    assert web.post(section_url(proposal, "money"), {"version": "0", "state_budget": typed}).status_code == 422
    assert fresh(proposal).state_budget is None


def test_text_far_too_long_is_refused_at_its_box_only(web, proposal):
    answer = web.post(section_url(proposal, "grounds"), {"version": "0", "grounds": "x" * 60_000, "urgency": "Cần gấp"})
    page = answer.content.decode()
    assert "Dài 60.000 ký tự, tối đa 20.000. Rút gọn bớt 40.000 ký tự." in page
    assert "x" * 60_000 in page
    assert (fresh(proposal).grounds, fresh(proposal).urgency) == ("", "Cần gấp")


def test_decomposed_letters_are_composed(web, proposal):
    web.post(section_url(proposal, "grounds"), {"version": "0", "grounds": "Đe\u0302\u0300 a\u0301n\r\nHai"})
    assert fresh(proposal).grounds == "Đề án\nHai"


def test_extra_fields_are_ignored(web, proposal):
    other = make_unit("Xã Vân Đình")
    extra = {"status": "published", "unit_id": other.pk, "unit": other.pk, "code": "ĐX-1", "basics_version": "9"}
    web.post(
        section_url(proposal, "grounds"),
        {"version": "0", "grounds": "A", "title": "Chen", "state_budget": "5", **extra},
    )
    row = fresh(proposal)
    assert (row.dossier.status, row.dossier.unit_id, row.dossier.title) == ("draft", proposal.dossier.unit_id, "")
    assert (row.state_budget, row.basics_version, row.dossier.code) == (None, 0, None)


@pytest.mark.parametrize("version", ["", "abc", "-1", "99999999999999999999", "²"])
def test_a_page_without_a_proper_version_overwrites_nothing(web, proposal, version):
    web.post(section_url(proposal, "grounds"), {"version": "0", "grounds": "Bản đúng"})
    answer = web.post(section_url(proposal, "grounds"), {"version": version, "grounds": "Bản lạ"})
    assert answer.status_code == 409
    assert fresh(proposal).grounds == "Bản đúng"


def test_products_are_rows(web, proposal):
    rows = [
        {"name": "Quy trình", "form": "II", "unit_of_measure": "bộ", "quantity": "1", "target": "Được nghiệm thu"},
        {},
        {"name": "Mô hình", "quantity": "2,5"},
    ]
    web.post(section_url(proposal, "results"), {"version": "0", "effects": "Tốt", **rows_data(rows)})
    assert list(Product.objects.values_list("name", "quantity", "position")) == [
        ("Quy trình", 1, 0),
        ("Mô hình", 2.5, 1),
    ]
    page = web.get(section_url(proposal, "results")).content.decode()
    assert 'value="Quy trình"' in page and 'value="2,5"' in page
    assert 'name="products-TOTAL_FORMS" value="4"' in page  # two rows and two spare ones


def test_a_removed_row_goes_and_autosave_twice_doubles_nothing(web, proposal):
    rows = rows_data([{"name": "Một"}, {"name": "Hai", "DELETE": "on"}])
    for version in ("0", "1", "2"):
        web.post(section_url(proposal, "results", "save"), {"version": version, **rows})
    assert list(Product.objects.values_list("name", flat=True)) == ["Một"]


def test_a_wrong_quantity_keeps_the_stored_one_and_the_row(web, proposal):
    web.post(section_url(proposal, "results"), {"version": "0", **rows_data([{"name": "Một", "quantity": "5"}])})
    data = rows_data([{"name": "Một", "quantity": "5 bộ"}, {"name": "Hai", "quantity": "vài"}])
    answer = web.post(section_url(proposal, "results"), {"version": "1", **data})
    assert answer.status_code == 422 and 'value="5 bộ"' in answer.content.decode()
    assert list(Product.objects.values_list("name", "quantity")) == [("Một", 5), ("Hai", None)]


@pytest.mark.parametrize("total", ["", "abc", "100000"])
def test_an_unreadable_list_of_products_keeps_the_stored_rows(web, proposal, total):
    web.post(section_url(proposal, "results"), {"version": "0", **rows_data([{"name": "Một"}])})
    data = {**rows_data([{"name": "Hai"}]), "products-TOTAL_FORMS": total}
    answer = web.post(section_url(proposal, "results"), {"version": "1", "effects": "Có", **data})
    assert answer.status_code == 422
    assert Product.objects.get().name == "Một"
    assert fresh(proposal).effects == "Có"


def test_the_total_is_worked_out_by_the_server(web, proposal):
    answer = web.post(
        section_url(proposal, "money", "save"), {"version": "0", "state_budget": "800", "other_budget": "50"}
    )
    assert answer.json()["totals"] == {"budget": "850,0 triệu đồng"}
    assert "850,0 triệu đồng" in web.get(section_url(proposal, "money")).content.decode()


def test_autosave_answers_time_version_and_reading(web, proposal):
    answer = web.post(section_url(proposal, "money", "save"), {"version": "0", "state_budget": "1234.5"}).json()
    assert (answer["saved_at"], answer["version"], answer["errors"]) == ("09:00", 1, {})
    assert answer["echo"] == {"state_budget": "1.234,5"}


def test_autosave_of_an_unreadable_box_saves_the_others_and_keeps_the_typed_text_in_the_browser(web, proposal):
    answer = web.post(section_url(proposal, "money", "save"), {"version": "0", "state_budget": "?", "months": "12"})
    data = answer.json()
    assert (answer.status_code, data["version"]) == (422, 1)
    assert "saved_at" not in data and list(data["errors"]) == ["state_budget"]
    assert "các ô khác đã lưu lúc 09:00" in data["message"]
    assert fresh(proposal).months == 12


def test_the_second_of_two_people_keeps_the_text_and_sees_the_other(web, client, proposal, unit):
    other = make_user(Role.UNIT_CLERK, unit=unit, full_name="Phạm Thị Thư")
    save = {"proposal": proposal, "key": "grounds", "seen_version": 0, "actor": actor(other), "now": NOW}
    filing.save_section(data={"grounds": "Của bà Thư", "urgency": "Như nhau"}, **save)
    typed = {"version": "0", "grounds": "Của bà Soạn", "urgency": "Như nhau"}
    answer = web.post(section_url(proposal, "grounds"), typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Phạm Thị Thư đã lưu phần này lúc 09:00" in page
    assert "Của bà Soạn" in page and "Của bà Thư" in page
    assert page.count("Bản đang lưu trên hệ thống") == 1  # only the box that differs
    assert fresh(proposal).grounds == "Của bà Thư"
    assert fresh(proposal).dossier.content_seq == 1  # a refused save leaves no trace
    assert 'name="version" value="1"' in page
    web.post(section_url(proposal, "grounds"), {**typed, "version": "1"})
    assert fresh(proposal).grounds == "Của bà Soạn"


def test_autosave_of_the_second_is_a_409_with_who_and_when(web, proposal, unit):
    other = make_user(Role.UNIT_CLERK, unit=unit, full_name="Phạm Thị Thư")
    save = {"proposal": proposal, "key": "aims", "seen_version": 0, "actor": actor(other), "now": NOW}
    filing.save_section(data={"general_aim": "A"}, **save)
    answer = web.post(section_url(proposal, "aims", "save"), {"version": "0", "general_aim": "B"})
    assert answer.status_code == 409
    assert answer.json()["message"].startswith("Phạm Thị Thư đã lưu phần này lúc 09:00")
    assert answer.json()["url"] == section_url(proposal, "aims")


def test_a_repeated_save_of_the_same_text_is_taken_as_done(web, proposal):
    data = {"version": "0", "general_aim": "Giảm đốt rơm rạ"}
    first = web.post(section_url(proposal, "aims", "save"), data).json()
    second = web.post(section_url(proposal, "aims", "save"), data)  # the answer to the first was lost on the way
    assert second.status_code == 200
    assert second.json()["version"] == first["version"] == 1
    assert fresh(proposal).dossier.content_seq == 1


def test_two_people_in_two_sections_both_keep_their_work(web, proposal, unit):
    other = actor(make_user(Role.UNIT_CLERK, unit=unit))
    filing.save_section(proposal=proposal, key="grounds", data={"grounds": "A"}, seen_version=0, actor=other, now=NOW)
    assert web.post(section_url(proposal, "aims"), {"version": "0", "general_aim": "B"}).status_code == 302
    assert (fresh(proposal).grounds, fresh(proposal).general_aim) == ("A", "B")
