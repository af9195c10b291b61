"""Sample people: one sign-in per role, and a small team in three more communes."""

import datetime as dt

from accounts.models import Membership, Signer, User
from accounts.roles import Role
from accounts.samples import SAMPLE_LOGINS
from districts.models import Unit

SINCE = dt.date(2025, 7, 1)
ROOM = "Phòng Quản lý khoa học"
UNIT_ROOM = "Phòng Văn hóa - Xã hội"

_ROLES = {
    "soanthao.unghoa": (Role.UNIT_DRAFTER, "Trần Thị Lan", "Chuyên viên"),
    "lanhdao.unghoa": (Role.UNIT_LEADER, "Nguyễn Văn Hùng", "Phó Chủ tịch"),
    "vanthu.unghoa": (Role.UNIT_CLERK, "Phạm Thu Hà", "Văn thư"),
    "chuyenvien": (Role.DEPT_SPECIALIST, "Nguyễn Minh Anh", "Chuyên viên"),
    "truongphong": (Role.DEPT_HEAD, "Lê Quang Vinh", "Trưởng phòng"),
    "lanhdaoso": (Role.DEPT_LEADER, "Hoàng Thị Mai", "Phó Giám đốc"),
    "vanthuso": (Role.DEPT_CLERK, "Đỗ Thị Ngọc", "Văn thư"),
    "quantri": (Role.DEPT_ADMIN, "Vũ Đức Long", "Quản trị hệ thống"),
    "chixem": (Role.DEPT_READER, "Bùi Thanh Sơn", "Ban Chỉ đạo"),
}
# unit → short name, the one official who does everything there, its chairperson
_OTHER_UNITS = {
    "Xã Phú Xuyên": ("phuxuyen", "Nguyễn Thị Hoa", "Vũ Văn Thành"),
    "Xã Thanh Oai": ("thanhoai", "Trần Văn Dũng", "Nguyễn Thị Hạnh"),
    "Xã Mỹ Đức": ("myduc", "Lê Thu Thủy", "Phạm Văn Quý"),
}


# Nobody has these: numbers of Hà Nội and of mobile phones that begin with zeros.
_OFFICE_PHONE, _OWN_PHONE = "024 0000 {:04d}", "0900 000 {:03d}"


def commune(name):
    """A commune or ward of today by its name."""
    return Unit.objects.get(name=name, valid_to=None)


def make_people() -> dict:
    """Create the sample people; returns ``{username: User}``."""
    people = {}
    home = commune("Xã Ứng Hòa")
    _office_phones()
    for _label, username, password in SAMPLE_LOGINS:
        role, full_name, post = _ROLES[username]
        unit = home if role.value.startswith("unit_") else None
        people[username] = _person(username, password, full_name, post, (role,), unit)
    for name, (short, official, chair) in _OTHER_UNITS.items():
        unit = commune(name)
        roles = (Role.UNIT_DRAFTER, Role.UNIT_LEADER, Role.UNIT_CLERK)
        people[short] = _person(f"canbo.{short}", SAMPLE_LOGINS[0][2], official, "Chuyên viên", roles, unit)
        _signer(unit, chair, "Chủ tịch", "TM")
    _signer(home, "Nguyễn Văn Hùng", "Phó Chủ tịch", "KT")
    _signer(home, "Đặng Quốc Bình", "Chủ tịch", "TM")
    return people


def _office_phones():
    """Every commune can be rung: most of them have no sample people."""
    units = list(Unit.objects.filter(level=Unit.Level.COMMUNE, valid_to=None, phone=""))
    for number, unit in enumerate(units, start=1):
        unit.phone = _OFFICE_PHONE.format(number)
    Unit.objects.bulk_update(units, ["phone"])


def _person(username, password, full_name, post, roles, unit):
    user = User(username=username, full_name=full_name, post=post, email=f"{username}@mau.hanoi.example")
    user.phone = _OWN_PHONE.format(User.objects.count() + 1)
    user.set_password(password)
    user.save()
    for role in roles:
        Membership.objects.create(user=user, unit=unit, role=role, room=UNIT_ROOM if unit else ROOM, valid_from=SINCE)
    return user


def _signer(unit, full_name, post, authority):
    Signer.objects.create(unit=unit, full_name=full_name, post=post, authority=authority, valid_from=SINCE)
