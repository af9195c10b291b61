"""Sign-ins of the trial run, one per role. The sample data makes these people; nothing else knows a password."""

from accounts.models import User

SAMPLE_PASSWORD = "mau-khcn-2026"
SAMPLE_LOGINS = [
    ("Người soạn thảo – Xã Ứng Hòa", "soanthao.unghoa", SAMPLE_PASSWORD),
    ("Lãnh đạo đơn vị – Xã Ứng Hòa", "lanhdao.unghoa", SAMPLE_PASSWORD),
    ("Văn thư đơn vị – Xã Ứng Hòa", "vanthu.unghoa", SAMPLE_PASSWORD),
    ("Chuyên viên Sở", "chuyenvien", SAMPLE_PASSWORD),
    ("Trưởng phòng", "truongphong", SAMPLE_PASSWORD),
    ("Lãnh đạo Sở", "lanhdaoso", SAMPLE_PASSWORD),
    ("Văn thư Sở", "vanthuso", SAMPLE_PASSWORD),
    ("Quản trị hệ thống", "quantri", SAMPLE_PASSWORD),
    ("Chỉ xem (Sở, Ban Chỉ đạo)", "chixem", SAMPLE_PASSWORD),
]


def existing_sample_logins() -> list:
    """The rows of ``SAMPLE_LOGINS`` whose user exists and may sign in (one query)."""
    names = [username for _, username, _ in SAMPLE_LOGINS]
    there = set(User.objects.filter(username__in=names, is_active=True).values_list("username", flat=True))
    return [row for row in SAMPLE_LOGINS if row[1] in there]
