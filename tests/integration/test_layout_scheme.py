"""One way to every page: the path above it begins with the menu's entry it lies under; locked fields stand as text."""

import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from notices.models import Hold
from tests.factories import NOW, TODAY, make_cycle, make_specialist, make_unit, make_units, make_user

pytestmark = pytest.mark.django_db
CRUMBS = re.compile(r'<nav class="crumbs".*?</nav>', re.S)


@pytest.fixture
def head(time_machine, client):
    time_machine.move_to(NOW, tick=False)
    person = make_specialist(Role.DEPT_ADMIN)
    client.force_login(person)
    return person


def trail(client, address):
    """Labels of the path above a page, the page itself included; checks that there is one path only."""
    page = client.get(address).text
    assert 'class="breadcrumbs"' not in page, "the stock admin's own path"
    found = CRUMBS.findall(page)
    assert len(found) <= 1
    return (
        [re.sub(r"<[^>]+>", "", item).strip() for item in re.findall(r"<li.*?</li>", found[0], re.S)] if found else []
    )


def test_every_path_of_the_department_begins_with_its_entry_of_the_menu(client, head):
    cycle = make_cycle(units=make_units(1))
    unit = make_unit("Xã Mỹ Đức")
    expected = {
        reverse("admin:index"): [],
        reverse("admin:reports_report_changelist"): [],
        reverse("admin:catalogue"): [],
        reverse("admin:notices_forecast"): ["Chờ xử lý", "Dự báo nhắc việc"],
        f"{reverse('admin:notices_hold_make')}?unit={unit.pk}": ["Chờ xử lý", "Tạm dừng nhắc"],
        reverse("admin:reports_cycle_changelist"): ["Báo cáo", "Kỳ báo cáo"],
        reverse("admin:reports_cycle_change", args=[cycle.pk]): ["Báo cáo", "Kỳ báo cáo", str(cycle)],
        reverse("admin:reports_cycle_history", args=[cycle.pk]): ["Báo cáo", "Kỳ báo cáo", str(cycle), "Lịch sử"],
        reverse("admin:reports_cycle_move", args=[cycle.pk]): ["Báo cáo", "Kỳ báo cáo", str(cycle), "Nếu dời hạn"],
        reverse("admin:reports_chasing", args=[cycle.pk]): ["Báo cáo", "Kỳ báo cáo", f"Đôn đốc: {cycle}"],
        reverse("admin:districts_unit_change", args=[unit.pk]): ["Danh mục dùng chung", "Đơn vị", "Xã Mỹ Đức"],
        reverse("admin:districts_theme_add"): ["Danh mục dùng chung", "Chủ đề", "Thêm chủ đề"],
        reverse("admin:notices_heartbeat_changelist"): ["Danh mục dùng chung", "Tình trạng hệ thống"],
        reverse("admin:notices_mail_changelist"): ["Danh mục dùng chung", "Thư"],
    }
    assert {address: trail(client, address) for address in expected} == expected


def test_a_unit_s_path_names_its_entry_once(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    unit = make_unit()
    make_cycle(units=[unit])
    client.force_login(make_user(Role.UNIT_DRAFTER, unit=unit))
    obligation = unit.obligations.get()
    assert trail(client, reverse("reports:open", args=[obligation.pk]))[0] == "Báo cáo Chương trình"
    assert trail(client, reverse("home")) == []
    assert trail(client, reverse("calendar")) == ["Tài khoản", "Lịch việc cần làm"]


def test_the_page_of_a_hold_has_menu_with_counter_and_names_the_wrong_field(client, head, monkeypatch):
    monkeypatch.setattr("kltn_portal.queue.waiting_count", lambda actor: 7)
    address = f"{reverse('admin:notices_hold_make')}?unit={make_unit().pk}"
    page = client.get(address).text
    assert '<span class="count">7' in page
    typed = {"reason": "Chờ Nghị quyết", "since": f"{TODAY:%d/%m/%Y}", "until": "01/01/2020"}
    answer = client.post(address, typed)
    assert answer.status_code == 422
    assert '<a href="#id_until">Đến hết ngày: “Đến hết ngày” phải từ “Từ ngày” trở đi.</a>' in answer.text
    assert re.search(r'<input[^>]*name="until"[^>]*aria-invalid="true"', answer.text)
    assert 'id="id_until_error"' in answer.text
    assert "Chờ Nghị quyết" in answer.text
    assert not Hold.objects.exists()


def test_what_is_locked_of_an_open_cycle_stands_as_text(client, head):
    cycle = make_cycle(units=make_units(1))
    address = reverse("admin:reports_cycle_change", args=[cycle.pk])
    page = client.get(address).text
    for name in ("programme", "kind", "year", "code_stem", "period_start", "cutoff", "due_on"):
        assert not re.search(rf'<(input|select|textarea)[^>]*name="{name}"', page), name
    for words in (
        "14/12/2026",
        str(cycle.programme),
        cycle.get_kind_display(),
        cycle.code_stem,
        "Kỳ đã mở nên giữ nguyên",
    ):
        assert words in page
    typed = {
        "title": "Tên mới",
        "opens_on": f"{cycle.round.opens_on:%d/%m/%Y}",
        "basis": cycle.round.basis,
        "official_copy": cycle.official_copy,
        "cutoff": "01/01/2020",
    }
    answer = client.post(address, typed)
    assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", answer.text, re.S)
    before = cycle.cutoff
    cycle.refresh_from_db()
    cycle.round.refresh_from_db()
    assert (cycle.round.title, cycle.cutoff) == ("Tên mới", before)
