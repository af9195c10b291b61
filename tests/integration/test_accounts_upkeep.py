"""A unit keeps its own people and signers; another unit's do not exist for it."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts import upkeep
from accounts.models import Membership, Signer, User
from accounts.roles import Role
from records.models import AuditEntry
from tests import factories as make
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
PEOPLE, SIGNERS = "/tai-khoan/nguoi-cua-don-vi/", "/tai-khoan/nguoi-ky/"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def unit():
    return make.make_unit("Xã Ứng Hòa")


@pytest.fixture
def team(unit):
    return make.make_team(unit)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def person(**changes):
    values = {"full_name": "Đỗ Thị Mới", "email": "Moi@example.vn", "post": "Chuyên viên", "phone": "", "room": ""}
    return {**values, "role": "unit_drafter", "valid_from": "23/11/2026", "valid_to": "", **changes}


def signer(**changes):
    values = {"full_name": "Lê Văn Phó", "post": "Phó Chủ tịch", "authority": "KT", "mandate": ""}
    return {**values, "valid_from": "23/11/2026", "valid_to": "", **changes}


def test_the_leader_adds_a_person_who_is_invited_by_mail(unit, team):
    client = signed_in(team[1])
    assert client.post(PEOPLE, person())["Location"] == f"{PEOPLE}{unit.pk}/"
    row = Membership.objects.get(user__email="moi@example.vn")
    assert (row.unit, row.role, row.valid_from, row.valid_to) == (unit, Role.UNIT_DRAFTER, TODAY, None)
    assert not row.user.has_usable_password()
    assert mail.outbox[0].to == ["moi@example.vn"]
    assert AuditEntry.objects.filter(action__in=["membership.added", "account.invited"]).count() == 2
    assert "Đỗ Thị Mới" in client.get(PEOPLE).content.decode()


def test_the_person_stays_added_when_the_mail_server_is_away(team, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = signed_in(team[1]).post(PEOPLE, person(), follow=True).content.decode()
    assert "Hệ thống thư đang gián đoạn" in page and "Gửi lại thư mời" in page
    assert Membership.objects.filter(user__email="moi@example.vn").exists()


def test_a_known_address_gets_a_second_role_not_a_second_account(unit, team):
    other = make.make_unit("Xã Vân Đình")
    known = make.make_user(Role.UNIT_CLERK, unit=other, email="moi@example.vn", full_name="Tên Đã Có")
    signed_in(team[1]).post(PEOPLE, person())
    known.refresh_from_db()
    assert known.full_name == "Tên Đã Có"
    assert known.memberships.count() == 2
    assert User.objects.filter(email__iexact="moi@example.vn").count() == 1


def test_people_of_the_department_get_no_role_at_a_unit(team):
    make.make_specialist(email="moi@example.vn")
    page = signed_in(team[1]).post(PEOPLE, person()).content.decode()
    assert "không dùng được cho đơn vị" in page and "Đỗ Thị Mới" in page


def test_the_same_role_twice_is_refused_with_its_end(team):
    client = signed_in(team[1])
    client.post(PEOPLE, person(valid_to="31/12/2026"))
    assert "đến hết 31/12/2026" in client.post(PEOPLE, person(valid_from="01/12/2026")).content.decode()
    assert client.post(PEOPLE, person(valid_from="01/01/2027")).status_code == 302


def test_a_department_role_cannot_be_given_by_a_unit(team):
    page = signed_in(team[1]).post(PEOPLE, person(role="dept_admin")).content.decode()
    assert "Chọn một vai trò trong danh sách" in page
    assert not User.objects.filter(email="moi@example.vn").exists()


@pytest.mark.parametrize("index", [0, 2])
def test_drafter_and_clerk_read_but_do_not_add(index, team):
    client = signed_in(team[index])
    assert "do lãnh đạo đơn vị thực hiện" in client.get(PEOPLE).content.decode()
    client.post(PEOPLE, person())
    assert not User.objects.filter(email="moi@example.vn").exists()
    row = team[1].memberships.get()
    client.post(f"/tai-khoan/vai-tro/{row.pk}/ket-thuc/", {"valid_to": "23/11/2026"})
    row.refresh_from_db()
    assert row.valid_to is None


def test_ending_a_role_takes_effect_and_deletes_nothing(unit, team):
    row = team[0].memberships.get()
    there = f"/tai-khoan/vai-tro/{row.pk}/ket-thuc/"
    client, drafter = signed_in(team[1]), signed_in(team[0])
    assert drafter.get(PEOPLE).status_code == 200
    assert "Trần Thị Soạn" in client.get(there).content.decode()
    assert client.post(there, {"valid_to": "22/11/2026"}).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == TODAY - DAY
    assert drafter.get(PEOPLE).status_code == 404
    assert "Đã kết thúc (1)" in client.get(PEOPLE).content.decode()


@pytest.mark.parametrize("typed", ["01/01/2026", "30/06/2025", "", "mai"])
def test_a_role_is_not_ended_in_the_past(typed, team):
    row = team[0].memberships.get()
    assert signed_in(team[1]).post(f"/tai-khoan/vai-tro/{row.pk}/ket-thuc/", {"valid_to": typed}).status_code == 200
    row.refresh_from_db()
    assert row.valid_to is None


def test_the_only_leader_does_not_end_himself(unit, team):
    row = team[1].memberships.get()
    there, client = f"/tai-khoan/vai-tro/{row.pk}/ket-thuc/", signed_in(team[1])
    assert "lãnh đạo duy nhất" in client.post(there, {"valid_to": "23/11/2026"}).content.decode()
    make.make_user(Role.UNIT_LEADER, unit=unit)
    assert client.post(there, {"valid_to": "23/11/2026"}).status_code == 302


def test_an_ended_role_is_not_lengthened(team):
    row = team[0].memberships.get()
    actor = make.actor(team[1])
    upkeep.end_membership(membership=row, last_day=TODAY, actor=actor, today=TODAY, now=NOW)
    with pytest.raises(upkeep.UpkeepRefused, match="Đã có ngày kết thúc"):
        upkeep.end_membership(membership=row, last_day=TODAY + 9 * DAY, actor=actor, today=TODAY, now=NOW)


def test_inviting_again_sends_a_fresh_link(team):
    row = team[0].memberships.get()
    signed_in(team[1]).post(f"/tai-khoan/vai-tro/{row.pk}/moi-lai/")
    assert mail.outbox[0].to == [team[0].email]
    signed_in(team[2]).post(f"/tai-khoan/vai-tro/{row.pk}/moi-lai/")
    assert len(mail.outbox) == 1


def test_another_unit_finds_nothing(unit, team):
    stranger = signed_in(make.make_user(Role.UNIT_LEADER, unit=make.make_unit("Xã Vân Đình")))
    row, sign = team[0].memberships.get(), make.make_signer(unit)
    places = [f"{PEOPLE}{unit.pk}/", f"{SIGNERS}{unit.pk}/", f"{SIGNERS}{sign.pk}/ket-thuc/"]
    places += [f"/tai-khoan/vai-tro/{row.pk}/ket-thuc/", f"/tai-khoan/vai-tro/{row.pk}/moi-lai/"]
    for place in places:
        answer = stranger.post(place, {**person(), **signer(), "valid_to": "23/11/2026"})
        assert answer.status_code == 404, place
        assert "Ứng Hòa" not in answer.content.decode()
    row.refresh_from_db()
    sign.refresh_from_db()
    assert (row.valid_to, sign.valid_to, mail.outbox) == (None, None, [])


def test_the_department_reads_and_its_administrator_revokes(unit, team):
    row = team[0].memberships.get()
    there = f"/tai-khoan/vai-tro/{row.pk}/ket-thuc/"
    reader, admin = signed_in(make.make_specialist()), signed_in(make.make_user(Role.DEPT_ADMIN))
    assert "Trần Thị Soạn" in reader.get(f"{PEOPLE}{unit.pk}/").content.decode()
    assert "do lãnh đạo đơn vị thực hiện" in reader.post(there, {"valid_to": "22/11/2026"}).content.decode()
    assert admin.post(there, {"valid_to": "22/11/2026"}).status_code == 302
    assert reader.get(PEOPLE).status_code == 404  # no unit of one's own


@pytest.mark.parametrize(("index", "may"), [(0, False), (1, True), (2, True)])
def test_leader_and_clerk_keep_the_signers(index, may, unit, team):
    client = signed_in(team[index])
    assert (client.post(SIGNERS, signer()).status_code == 302) is may
    assert unit.signers.exists() is may
    row = make.make_signer(unit)
    client.post(f"{SIGNERS}{row.pk}/ket-thuc/", {"valid_to": "23/11/2026"})
    row.refresh_from_db()
    assert (row.valid_to == TODAY) is may
    assert Signer.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"authority": "TUQ"}, "cần ghi số, ngày văn bản ủy quyền"),
        ({"valid_to": "01/11/2026"}, "Ngày kết thúc phải từ ngày bắt đầu"),
        ({"full_name": " "}, "Chưa nhập họ và tên"),
        ({"valid_from": "31/02/2026"}, "không có ngày 31"),
    ],
)
def test_a_signer_with_a_fault_is_named(changes, said, unit, team):
    page = signed_in(team[2]).post(SIGNERS, signer(**changes)).content.decode()
    assert said in page and "Phó Chủ tịch" in page
    assert not unit.signers.exists()
