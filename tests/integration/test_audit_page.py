"""“Nhật ký” of the administrators: what was done is named in Vietnamese and can be filtered by that name."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from accounts.roles import Role
from records.audit import audit
from records.audit_labels import LABELS
from records.models import AuditEntry
from records.search_index import INDEX, audit_index_check
from records.text import search_q
from tests.factories import NOW, make_specialist, make_unit, make_user

pytestmark = pytest.mark.django_db
LIST = "admin:records_auditentry_changelist"


@pytest.fixture
def web(client):
    client.force_login(make_specialist(Role.DEPT_ADMIN))
    return client


def test_actions_are_named_in_vietnamese_in_list_page_and_filter(web):
    audit(action="hold.made", actor=None, now=NOW, label="Xã Ứng Hòa")
    audit(action="account.locked", actor=None, now=NOW, label="nguoi.la")
    page = web.get(reverse(LIST)).text
    table = page[page.index('id="result_list"') : page.index("</table>")]
    assert "Tạm dừng nhắc" in table and "Tạm khóa đăng nhập" in table
    assert "hold.made" not in table and "account.locked" not in table

    some = web.get(reverse(LIST), {"action": "hold.made"})
    assert [row.object_label for row in some.context["cl"].result_list] == ["Xã Ứng Hòa"]
    assert '<a href="?action=hold.made" aria-current="true">Tạm dừng nhắc</a>' in some.text
    assert all(f">{label}</a>" in page for label in LABELS.values())

    one = web.get(reverse("admin:records_auditentry_change", args=[AuditEntry.objects.get(action="hold.made").pk])).text
    assert "Tạm dừng nhắc: Xã Ứng Hòa" in one
    assert "hold.made" not in one


def shown(web, **query):
    return [row.object_label for row in web.get(reverse(LIST), query).context["cl"].result_list]


def test_lines_are_found_by_person_thing_and_unit_without_accents(web):
    unit = make_unit("Xã Ứng Hòa")
    lan = make_user(Role.UNIT_CLERK, unit=unit, full_name="Trần Thị Lan", username="lan.unghoa")
    audit(action="file.read", actor=lan, now=NOW, label="Công văn mời.pdf")
    audit(
        action="chasing.noted", actor=None, now=NOW, label="Đôn đốc: cuộc gọi", detail={"units": ["Phường Ô Chợ Dừa"]}
    )
    assert shown(web, q="tran lan") == shown(web, q="Lan.UngHoa") == shown(web, q="cong van") == ["Công văn mời.pdf"]
    assert shown(web, q="o cho dua") == ["Đôn đốc: cuộc gọi"]
    assert shown(web, q="không có") == []
    assert shown(web, q="lan", action="chasing.noted") == []
    assert shown(web, unit=unit.pk) == ["Công văn mời.pdf"]
    assert f'<a href="?unit={unit.pk}">Xã Ứng Hòa</a>' in web.get(reverse(LIST)).text
    assert len(shown(web, unit="²")) == 2


def test_the_address_stands_beside_acts_it_is_known_of_only(web):
    audit(action="hold.made", actor=None, now=NOW, label="Xã Ứng Hòa")
    audit(action="account.locked", actor=None, now=NOW, label="nguoi.la", ip="203.0.113.7")
    assert "203.0.113.7" not in web.get(reverse(LIST)).text
    assert "203.0.113.7" in web.get(reverse(LIST), {"action": "account.locked"}).text
    assert "column-ip" not in web.get(reverse(LIST), {"action": "hold.made"}).text


def test_lines_of_before_the_search_get_their_words(web):
    lan = make_user(full_name="Trần Thị Lan")
    fields = {"at": NOW, "actor": lan, "actor_name": "Trần Thị Lan", "action": "x"}
    AuditEntry.objects.create(object_label="Cũ", detail={"units": ["Phường Ô Chợ Dừa"]}, **fields)
    AuditEntry.objects.create(object_label="Lạ", detail=["x"], **fields)
    assert shown(web, q="lan") == []
    import_module("records.migrations.0002_auditentry_search").fill(apps, SimpleNamespace(connection=connection))
    assert sorted(shown(web, q="lan")) == ["Cũ", "Lạ"]
    assert shown(web, q="o cho dua") == ["Cũ"]


@pytest.mark.postgres
def test_the_search_goes_through_its_index():
    assert audit_index_check(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")  # leaves bitmap scans, the only way into a GIN index
    assert INDEX.name in AuditEntry.objects.filter(search_q("ứng hòa")).order_by().explain()
    INDEX.drop(connection)
    assert [one.id for one in audit_index_check(databases=["default"])] == ["records.W002"]


def test_a_code_of_an_earlier_version_is_still_shown(web):
    audit(action="paper.burnt", actor=None, now=NOW, label="Kín")
    assert "paper.burnt" in web.get(reverse(LIST)).text


def entry_page(web, **fields):
    entry = audit(action="mail.arrived", actor=None, now=NOW, label="Thư", **fields)
    return web.get(reverse("admin:records_auditentry_change", args=[entry.pk])).text


def test_particulars_are_rows_in_vietnamese(web):
    page = entry_page(
        web,
        path="/quan-tri/notices/mail/7/",
        detail={
            "from": "unknown",
            "to": "sent",
            "address": "lan@example.vn",
            "note": "",
            "before": {"due_on": "2026-12-17", "locks_on": None, "shift_due": True},
            "units": ["Xã Ứng Hòa", "Xã Phú Xuyên"],
            "since": "2026-11-23T08:05:00+07:00",
            "never_named": "2026-99-99",
        },
    )
    for row in (
        "<dt>Từ</dt><dd>Chưa rõ</dd>",
        "<dt>Sang</dt><dd>Đã gửi</dd>",
        "<dt>Địa chỉ thư</dt><dd>lan@example.vn</dd>",
        "Hạn gửi: 17/12/2026<br>Khóa sau ngày: để trống<br>Gặp ngày nghỉ thì tính đến ngày làm việc kế tiếp: có",
        "<dd>Xã Ứng Hòa<br>Xã Phú Xuyên</dd>",
        "<dd>08:05 23/11/2026</dd>",
        "<dt>never_named</dt><dd>2026-99-99</dd>",
        '<a href="/quan-tri/notices/mail/7/">',
    ):
        assert row in page
    assert "<dt>Ghi chú</dt>" not in page
    assert "{&#x27;" not in page and "{&quot;" not in page


def test_particulars_are_never_markup_nor_foreign_links(web):
    page = entry_page(web, path="//la.example/x", detail={"note": "<b>đậm</b>", "<i>": "x"})
    assert "&lt;b&gt;đậm" in page and "<b>đậm" not in page and "<i>" not in page
    assert 'href="//la.example' not in page


@pytest.mark.parametrize(
    "detail", [[], ["x"], "chữ", {"to": ["sent"]}, {"changes": [{"changed": {}}, 3]}, {"units": [[]]}]
)
def test_particulars_of_any_shape_do_not_break_the_page(web, detail):
    assert "Chi tiết" in entry_page(web, detail=detail)


def test_what_was_saved_in_the_admin_is_told_in_words(web):
    changes = [{"changed": {"fields": ["Tên", "Hạn gửi"]}}, {"added": {"name": "người ký", "object": "TM. Lê Văn Chủ"}}]
    page = entry_page(web, detail={"changes": changes})
    assert "Tên và Hạn gửi" in page and "TM. Lê Văn Chủ" in page
    assert "changed" not in page[page.index("Nội dung đã đổi") :][:300]


def test_cells_of_a_stock_list_name_their_column(web):
    audit(action="hold.made", actor=None, now=NOW, label='Xã "Ứng" <Hòa>')
    page = web.get(reverse(LIST)).text
    assert '<td data-label="Việc" class="field-what">Tạm dừng nhắc</td>' in page
    assert '<td data-label="Đối tượng" class="field-object_label">Xã &quot;Ứng&quot; &lt;Hòa&gt;</td>' in page
    assert '<th class="field-at' in page  # the link to the line heads its card
