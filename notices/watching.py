"""What is wrong, and what to do: read by the page “Tình trạng hệ thống” and by ``manage.py watch``. Writes nothing."""

import datetime as dt
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from notices import broker, claims, heartbeats, hours
from notices.models import Mail

NEVER = "chưa lần nào"
PARTS = {
    heartbeats.PLANNER: ("Bộ lập nhắc việc", "Chạy «manage.py plan_reminders» và đọc lỗi hiện ra."),
    heartbeats.SENDER: (
        "Bộ gửi thư",
        "Chạy «manage.py send_mail» và đọc lỗi hiện ra; thư vẫn được giữ trong cơ sở dữ liệu.",
    ),
    heartbeats.WORKER: ("Tiến trình xử lý nền (worker)", "Khởi động lại worker; xem nhật ký của tiến trình này."),
    heartbeats.BEAT: ("Bộ hẹn giờ (beat)", "Khởi động lại beat. Chạy thừa một beat không gây trùng thư."),
}


@dataclass(frozen=True)
class Problem:
    """Something an administrator must see. ``code`` is what the alarms are counted by."""

    code: str
    words: str
    todo: str


@dataclass(frozen=True)
class Sign:
    """One line of the page: what, its value, and whether it is in order."""

    label: str
    value: str
    tone: str = "ok"
    todo: str = ""


@dataclass
class Picture:
    """All signs and the problems among them."""

    signs: list = field(default_factory=list)
    problems: list = field(default_factory=list)

    def add(self, label, value, problem=None, tone="ok"):
        self.signs.append(Sign(label, value, "late" if problem else tone, problem.todo if problem else ""))
        if problem:
            self.problems.append(problem)


def look(*, now) -> Picture:
    """Ask database, broker and disk. Takes about two seconds at worst when the broker is silent."""
    picture, beats = Picture(), heartbeats.read()
    _mail(picture, now)
    _mail_server(picture, beats, now)
    _part(picture, heartbeats.PLANNER, beats, now)
    _part(picture, heartbeats.SENDER, beats, now)
    if limit("worker"):
        alive = _part(picture, heartbeats.WORKER, beats, now)
        # The worker carries the beat's sign of life: a dead one tells nothing of it.
        _part(picture, heartbeats.BEAT, beats, now, judged=alive)
    if limit("queue"):
        _queue(picture, now)
    _ended_badly(picture, now)
    _disk(picture)
    return picture


def limit(name) -> int:
    """A threshold of the settings; 0 = not watched."""
    return settings.WATCH.get(name, 0)


def span(seconds) -> str:
    """“3 phút”, “2 giờ 5 phút”: a length of time in words."""
    seconds = int(max(seconds, 0))
    if seconds < 120:
        return f"{seconds} giây"
    minutes = seconds // 60
    if minutes < 120:
        return f"{minutes} phút"
    days, rest = divmod(minutes, 24 * 60)
    return f"{days} ngày {rest // 60} giờ" if days else f"{minutes // 60} giờ {minutes % 60} phút"


def oldest_unsent(*, now) -> dt.datetime | None:
    """Since when the longest waiting mail could have left; ``None`` when nothing waits that may leave now."""
    free = Mail.objects.order_by().filter(claims.may_leave(now))
    window = timezone.make_aware(dt.datetime.combine(timezone.localtime(now).date(), hours.FIRST))
    waiting = free.filter(state=Mail.State.QUEUED, not_before__lte=now)
    rows = waiting.values_list("kind", "not_before").order_by("not_before")
    rows = [rows.filter(kind=Mail.DIGEST).first(), rows.exclude(kind=Mail.DIGEST).first()]
    # A digest that waited for the night or the weekend to end waits since this morning only.
    since = [max(at, window) if kind == Mail.DIGEST else at for kind, at in filter(None, rows)]
    return min(since, default=None)


def _mail(picture, now):
    since = oldest_unsent(now=now)
    age = (now - since).total_seconds() if since else 0
    problem = None
    if limit("mail") and age > limit("mail"):
        words = f"Có thư chờ gửi đã {span(age)} mà chưa được gửi."
        problem = Problem("mail", words, "Kiểm tra worker và máy chủ thư; có thể chạy «manage.py send_mail» bằng tay.")
    picture.add("Thư chờ lâu nhất", span(age) if since else "không có thư nào chờ", problem)


def _mail_server(picture, beats, now):
    row = beats.get(heartbeats.SENDER)
    away = row.detail.get("away") if row else ""
    if not away:
        return picture.add("Máy chủ thư", "trả lời" if row else "chưa biết", tone="ok" if row else "idle")
    age = (now - dt.datetime.fromisoformat(row.detail["away_since"])).total_seconds()
    problem = None
    if limit("mail") and age > limit("mail"):
        words = f"Máy chủ thư không nhận thư đã {span(age)}: {away}."
        problem = Problem("mail-server", words, "Kiểm tra EMAIL_URL và máy chủ thư. Thư được giữ lại và tự gửi sau.")
    return picture.add("Máy chủ thư", f"không dùng được từ {span(age)} trước: {away}", problem, tone="warn")


def _part(picture, name, beats, now, judged=True):
    """One heartbeat; returns whether it is in order."""
    label, todo = PARTS[name]
    row = beats.get(name)
    age = (now - row.at).total_seconds() if row else None
    value = f"{timezone.localtime(row.at):%H:%M:%S %d/%m/%Y} ({span(age)} trước)" if row else NEVER
    problem = None
    if judged and limit(name) and (age is None or age > limit(name)):
        words = f"{label}: {'chưa chạy lần nào' if age is None else f'không có tín hiệu đã {span(age)}'}."
        problem = Problem(name, words, todo)
    picture.add(label, value, problem, tone="ok" if judged else "idle")
    return problem is None


def _queue(picture, now):
    state = broker.look()
    if state.error:
        words = f"Hàng đợi (Redis) không trả lời: {state.error}."
        todo = "Khởi động lại Redis. Không mất thư nào: hàng đợi chỉ là lời nhắc, dữ liệu nằm trong cơ sở dữ liệu."
        return picture.add("Hàng đợi", "không trả lời", Problem("broker", words, todo))
    age = (now - state.oldest).total_seconds() if state.oldest else 0
    problem = None
    if age > limit("queue") or (limit("queue_length") and state.length > limit("queue_length")):
        words = f"Hàng đợi ứ đọng: {state.length} lệnh, cũ nhất {span(age)}."
        problem = Problem("queue", words, "Kiểm tra worker; lệnh cũ tự hết hạn, không cần xóa tay.")
    return picture.add("Hàng đợi", f"{state.length} lệnh" + (f", cũ nhất {span(age)}" if age else ""), problem)


def _ended_badly(picture, now):
    failed = Mail.objects.order_by().filter(state=Mail.State.FAILED, created_at__gte=now - dt.timedelta(days=1))
    failed = failed.exclude(address="").count()
    unknown = Mail.objects.order_by().filter(state=Mail.State.UNKNOWN).count()
    problem = None
    if limit("failed") and failed >= limit("failed"):
        todo = "Mở «Thư», xem lỗi từng thư, sửa địa chỉ rồi chọn «Gửi lại»."
        problem = Problem("failed", f"{failed} thư không gửi được trong 24 giờ qua.", todo)
    picture.add("Thư không gửi được trong 24 giờ", str(failed), problem)
    problem = None
    if limit("unknown") and unknown >= limit("unknown"):
        todo = "Tra mã thư (Message-ID) trong nhật ký máy chủ thư rồi quyết định gửi lại hay không."
        problem = Problem("unknown", f"{unknown} thư chưa rõ đã đến hay chưa.", todo)
    picture.add("Thư chưa rõ đã đến hay chưa", str(unknown), problem)


def _disk(picture):
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // (1024 * 1024)
    problem = None
    if limit("disk_mb") and free < limit("disk_mb"):
        todo = "Giải phóng hoặc thêm dung lượng đĩa; khi đầy, đơn vị không tải tệp lên được."
        problem = Problem("disk", f"Ổ đĩa chứa tệp chỉ còn {free} MB.", todo)
    picture.add("Đĩa còn trống", f"{free // 1024} GB" if free >= 10240 else f"{free} MB", problem)


def mails_by_state() -> list:
    """(label, count, state) of every state, for the page."""
    counts = dict(Mail.objects.order_by().values_list("state").annotate(number=Count("pk")))
    return [(state.label, counts.get(state.value, 0), state.value) for state in Mail.State]
