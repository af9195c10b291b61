"""Rungs in the admin: chosen in words, kept within bounds, named in words everywhere."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from notices.ladder import OPENING, Step
from notices.models import Rung
from notices.planner import ladders_of
from records.models import AuditEntry
from tests.factories import make_specialist

pytestmark = pytest.mark.django_db
ADD, LIST = "admin:notices_rung_add", "admin:notices_rung_changelist"


@pytest.fixture
def admin(client):
    client.force_login(make_specialist(Role.DEPT_ADMIN))
    return client


def add(client, when, days="", **fields):
    values = {"kind": "report", "when": when, "days": days, "active": "on"} | fields
    return client.post(reverse(ADD), values, follow=True)


@pytest.mark.parametrize(
    ("when", "days", "offset", "words"),
    [
        ("opening", "", OPENING, "khi mở việc"),
        ("before", "60", 60, "trước hạn 60 ngày làm việc"),
        ("on_day", "0", 0, "ngày đến hạn"),
        ("after", "3", -3, "quá hạn 3 ngày làm việc"),
    ],
)
def test_a_rung_is_chosen_in_words_and_named_in_words(admin, when, days, offset, words):
    page = add(admin, when, days)
    rung = Rung.objects.get(kind="report", offset=offset)
    assert f"Gửi báo cáo: {words}" in page.text
    assert f"report {offset}" not in page.text
    assert AuditEntry.objects.get(action="admin.added").object_label == f"Mốc nhắc: Gửi báo cáo: {words}"
    rows = admin.get(reverse(LIST)).text
    assert words in rows
    assert f">{offset}<" not in rows
    form = admin.get(reverse("admin:notices_rung_change", args=[rung.pk])).context["adminform"].form
    assert form["when"].value() == when
    assert (form["days"].value() or 0) == (abs(offset) if offset != OPENING else 0)


@pytest.mark.parametrize("days", ["998", "1000", "-400", "99999999999", "61", "0", "", "1.5", "ba"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_days_no_ladder_can_have_are_refused_in_a_sentence(admin, when, days):
    page = add(admin, when, days)
    assert not Rung.objects.exists()
    assert "từ 1 đến 60" in " ".join(page.context["adminform"].form.errors["days"])


def test_a_number_that_would_be_ignored_is_refused(admin):
    assert "không kèm số ngày" in add(admin, "on_day", "3").text
    assert not Rung.objects.exists()


def test_two_equal_steps_are_refused_and_an_edit_of_one_is_not(admin):
    add(admin, "before", "5")
    assert "đã có mốc nhắc đó" in add(admin, "before", "5").text
    mine = Rung.objects.filter(kind="report", offset=5)
    admin.post(
        reverse("admin:notices_rung_change", args=[mine.get().pk]), {"kind": "report", "when": "before", "days": "5"}
    )
    assert not mine.get().active


def test_the_first_rung_of_a_kind_joins_the_default_ones(admin):
    """Alone it would have taken the place of the whole ladder."""
    (before,) = ladders_of(["report"]).values()
    page = add(admin, "before", "10")
    assert f"Trước đó việc “Gửi báo cáo” theo các mốc mặc định: {len(before)} mốc này được giữ lại" in page.text
    assert ladders_of(["report"])["report"] == sorted([*before, Step(10)], key=lambda step: -step.offset)
    assert "theo các mốc mặc định" not in add(admin, "before", "12").text
    assert Rung.objects.count() == len(before) + 2


def test_the_first_rung_of_a_kind_replaces_the_default_one_of_that_day_only(admin):
    (before,) = ladders_of(["report"]).values()
    add(admin, "after", "1", tell_department="on")
    (now,) = ladders_of(["report"]).values()
    assert [step.offset for step in now] == [step.offset for step in before]
    assert {*now} - {*before} == {Step(-1, False, True)}


def test_a_rung_is_switched_off_never_deleted_and_the_page_says_so(admin):
    assert "không xóa được" in admin.get(reverse(ADD)).text
    rung = Rung.objects.create(kind="report", offset=5)
    assert admin.post(reverse("admin:notices_rung_delete", args=[rung.pk]), {"post": "yes"}).status_code == 403


def test_who_only_reads_sees_words(client):
    rung = Rung.objects.create(kind="report", offset=-3, copy_leader=True)
    client.force_login(make_specialist())
    page = client.get(reverse("admin:notices_rung_change", args=[rung.pk])).text
    assert "quá hạn 3 ngày làm việc – gửi cả lãnh đạo đơn vị" in page


@pytest.mark.parametrize("offset", [998, 1000, 61, -61, -400])
def test_the_table_itself_takes_no_other_rung(offset):
    with pytest.raises(IntegrityError), transaction.atomic():
        Rung.objects.create(kind="report", offset=offset)


class TestTheDepartmentsOwn:
    """“Đối chiếu văn bản” is owed by the Sở: no unit, no leader of one."""

    def test_its_ladder_speaks_of_the_head_of_room(self, admin):
        page = admin.get(reverse("admin:notices_ladders"))
        (ladder,) = [row for row in page.context["ladders"] if row["name"].startswith("Đối chiếu văn bản")]
        words = [step["words"] for step in ladder["steps"]]
        assert words == ["ngày đến hạn", "quá hạn 3 ngày làm việc – gửi cả trưởng phòng"]
        assert "gửi cả lãnh đạo đơn vị" in page.text  # of the units' duties

    def test_so_do_its_rungs_and_their_form(self, admin):
        rung = Rung.objects.create(kind="reconcile", offset=-3, copy_leader=True, tell_department=True)
        page = admin.get(reverse("admin:notices_rung_change", args=[rung.pk])).text
        assert "Gửi cả trưởng phòng" in page
        assert "Gửi cả lãnh đạo đơn vị" not in page
        assert "Không dùng cho việc của chính Sở." in page
        rows = admin.get(reverse(LIST)).text
        assert "quá hạn 3 ngày làm việc – gửi cả trưởng phòng<" in rows

    def test_nobody_can_be_told_of_it(self, admin):
        page = add(admin, "after", "3", kind="reconcile", tell_department="on")
        assert "không có ai khác để báo" in page.text
        assert not Rung.objects.exists()


def test_the_kind_of_a_rung_stays(admin):
    rung = Rung.objects.create(kind="report", offset=5)
    address = reverse("admin:notices_rung_change", args=[rung.pk])
    assert admin.get(address).context["adminform"].form.fields["kind"].disabled
    admin.post(address, {"kind": "letter", "when": "before", "days": "6", "active": "on"})
    rung.refresh_from_db()
    assert (rung.kind, rung.offset) == ("report", 6)
