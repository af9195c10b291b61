"""“Việc cần làm”: what the unit owes, most urgent first, with a number of queries that stays."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from dossiers.models import Dossier
from tests.factories import NOW, TODAY, make_round, make_specialist, make_unit, make_user, moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def drafter(unit, client):
    user = make_user(Role.UNIT_DRAFTER, unit=unit)
    client.force_login(user)
    return user


def day(n):
    return TODAY + dt.timedelta(days=n)


def home(client):
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_duties_stand_in_three_groups_most_urgent_first(fake, unit, drafter, client):
    fake.owe(1, unit=unit, due=day(90), title="Việc xa")
    fake.owe(2, unit=unit, due=day(4), title="Việc gần", done=9, total=14)
    fake.owe(3, unit=unit, due=day(-3), title="Việc quá hạn", detail="còn 5/14 chỉ tiêu chưa nhập")
    fake.owe(4, unit=unit, due=day(20), title="Việc Sở đề nghị bổ sung", urgent=True)
    fake.owe(5, unit=unit, due=day(5), title="Việc để biết", calm=True)
    page = home(client)
    order = ["Cần xử lý ngay", "Việc quá hạn", "Việc Sở đề nghị", "Sắp đến hạn", "Việc gần", "Việc khác"]
    order += ["Việc để biết", "Việc xa"]
    places = [page.index(text) for text in order]
    assert places == sorted(places)
    assert "Hạn thứ Sáu, 20/11/2026 · còn 5/14 chỉ tiêu chưa nhập" in page
    assert 'href="/bao-cao/3/"' in page
    assert 'max="14"' in page
    assert "1 việc quá hạn, 2 việc có hạn trong 10 ngày làm việc tới." in page


def test_only_one_s_own_unit_and_role(fake, unit, drafter, client):
    fake.owe(1, unit=make_unit("Xã Vân Đình"), due=day(1), title="Việc đơn vị khác")
    fake.owe(2, unit=unit, due=day(1), title="Việc của văn thư", roles=frozenset({Role.UNIT_CLERK}))
    page = home(client)
    assert "Việc đơn vị khác" not in page
    assert "Việc của văn thư" not in page


def test_nothing_to_do_names_the_next_opening(fake, unit, drafter, client):
    make_round(title="Kỳ báo cáo năm 2027", opens_on=day(30), due_on=day(60))
    page = home(client)
    assert "Đơn vị không có việc đến hạn" in page
    assert "Kỳ báo cáo năm 2027 mở ngày 23/12/2026." in page


def test_titles_are_text(fake, unit, drafter, client):
    fake.owe(1, unit=unit, due=day(1), title="<b>Đậm</b>")
    assert "&lt;b&gt;Đậm&lt;/b&gt;" in home(client)


def draft(unit, drafter, round, number):
    return Dossier(
        kind="proposal",
        round=round,
        unit=unit,
        holder=unit,
        title=f"Đề xuất số {number:02d}",
        status="draft",
        turn="unit",
        turn_since=moment(day(-number)),
        created_by=drafter,
    )


def test_the_eight_dossiers_that_moved_last(fake, unit, drafter, client):
    round, other = make_round(), make_unit("Xã Vân Đình")
    Dossier.objects.bulk_create(draft(unit, drafter, round, number) for number in range(1, 11))
    Dossier.objects.bulk_create([draft(other, drafter, round, 99)])
    page = home(client)
    shown = [number for number in range(100) if f"Đề xuất số {number:02d}" in page]
    assert shown == list(range(1, 9))
    assert page.index("Đề xuất số 01") < page.index("Đề xuất số 08")
    assert 'class="chip' in page


def test_the_number_of_queries_does_not_follow_the_number_of_rows(fake, unit, drafter, client):
    round = make_round()
    fake.owe(0, unit=unit, due=day(3))
    Dossier.objects.bulk_create([draft(unit, drafter, round, 1)])
    home(client)
    with CaptureQueriesContext(connection) as few:
        home(client)
    for number in range(30):
        fake.owe(number, unit=unit, due=day(3))
    Dossier.objects.bulk_create(draft(unit, drafter, round, number) for number in range(2, 9))
    with CaptureQueriesContext(connection) as many:
        home(client)
    assert len(many) == len(few)


def test_visitors_sign_in_first(client):
    answer = client.get("/")
    assert answer.status_code == 302
    assert "next=/" in answer.url


def test_the_department_has_its_own_first_page(client):
    client.force_login(make_specialist())
    answer = client.get("/")
    assert (answer.status_code, answer.url) == (302, "/quan-tri/")


def test_without_a_role_a_plain_sentence_says_what_to_do(client):
    client.force_login(make_user())
    page = home(client)
    assert "chưa giữ vai trò nào" in page
    assert "cấp lại vai trò" in page
