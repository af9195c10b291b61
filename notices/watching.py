"""What is wrong, and what to do: read by the page “Tình trạng hệ thống” and by ``manage.py watch``. Writes nothing."""

import datetime as dt
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from districts.known_holidays import known_years
from notices import broker, claims, heartbeats, hours
from notices.mail_errors import in_words
from notices.models import Mail

NEVER = "chưa lần nào"
PARTS = {
    heartbeats.PLANNER: ("Bộ lập nhắc việc", "Chạy “manage.py plan_reminders” và đọc lỗi hiện ra."),
    heartbeats.SENDER: (
        "Bộ gửi thư",
        "Chạy “manage.py send_mail” và đọc lỗi hiện ra; thư vẫn được giữ trong cơ sở dữ liệu.",
    ),
    heartbeats.OPENER: ("Bộ mở kỳ báo cáo", "Chạy “manage.py open_cycles” và đọc lỗi hiện ra."),
    heartbeats.WEEKLY: ("Bộ lập thư tuần", "Chạy “manage.py plan_weekly” và đọc lỗi hiện ra."),
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
    queue = broker.look() if limit("worker") or limit("queue") else None
    _mail(picture, now)
    _mail_server(picture, beats, now)
    _part(picture, heartbeats.PLANNER, beats, now)
    _part(picture, heartbeats.SENDER, beats, now)
    _part(picture, heartbeats.OPENER, beats, now)
    _part(picture, heartbeats.WEEKLY, beats, now)
    if limit("worker"):
        alive = _part(picture, heartbeats.WORKER, beats, now)
        # The worker carries the beat's sign of life: a dead one tells nothing of it. While a busy one takes nothing up,
        # what the beat has put into the queue speaks for it.
        _part(picture, heartbeats.BEAT, beats, now, judged=alive, waiting=queue.beaten)
    if limit("queue"):
        _queue(picture, queue, now)
    _ended_badly(picture, now)
    _disk(picture)
    if limit("holidays"):
        _holidays(picture, now)
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
    rows = [rows.filter(kind__in=Mail.BY_DAY).first(), rows.exclude(kind__in=Mail.BY_DAY).first()]
    # What waited for the night, the weekend or the reader's one mail of the day waits since this morning only.
    since = [max(at, window) if kind in Mail.BY_DAY else at for kind, at in filter(None, rows)]
    return min(since, default=None)


def _mail(picture, now):
    since = oldest_unsent(now=now)
    age = (now - since).total_seconds() if since else 0
    problem = None
    if limit("mail") and age > limit("mail"):
        words = f"Có thư chờ gửi đã {span(age)} mà chưa được gửi."
        problem = Problem("mail", words, "Kiểm tra worker và máy chủ thư; có thể chạy “manage.py send_mail” bằng tay.")
    later, tried = _put_off(now)
    value = "; ".join(part for part in (span(age) if since else "", later) if part) or "không có thư nào chờ"
    picture.add("Thư chờ lâu nhất", value, problem, tone="warn" if tried else "ok")


def _put_off(now):
    """Mails in the queue that may not leave yet, in words; and whether some of them have been tried in vain."""
    rows = Mail.objects.order_by().filter(state=Mail.State.QUEUED).exclude(claims.may_leave(now), not_before__lte=now)
    again = rows.filter(attempts__gt=0).aggregate(number=Count("pk"), first=Min("not_before"))
    fresh = rows.filter(attempts=0).count()
    parts = [f"{fresh} thư chờ đến giờ gửi"] if fresh else []
    if again["number"]:
        first = f", sớm nhất lúc {timezone.localtime(again['first']):%H:%M %d/%m/%Y}" if again["first"] > now else ""
        parts.insert(0, f"{again['number']} thư chờ gửi lại{first}")
    return "; ".join(parts), bool(again["number"])


def _mail_server(picture, beats, now):
    row = beats.get(heartbeats.SENDER)
    away = row.detail.get("away") if row else ""
    if not away:
        return picture.add("Máy chủ thư", "trả lời" if row else "chưa biết", tone="ok" if row else "idle")
    age = (now - dt.datetime.fromisoformat(row.detail["away_since"])).total_seconds()
    problem = None
    if limit("mail") and age > limit("mail"):
        words = f"Máy chủ thư không nhận thư đã {span(age)}: {in_words(away).rstrip('.')}."
        problem = Problem("mail-server", words, "Kiểm tra EMAIL_URL và máy chủ thư. Thư được giữ lại và tự gửi sau.")
    return picture.add("Máy chủ thư", f"không dùng được từ {span(age)} trước: {in_words(away)}", problem, tone="warn")


def _part(picture, name, beats, now, judged=True, waiting=None):
    """One heartbeat; returns whether it is in order. ``waiting``: a sign of life not yet taken up."""
    label, todo = PARTS[name]
    row = beats.get(name)
    signs = [at for at in (row.at if row else None, waiting) if at]
    last = max((at for at in signs if at <= now + heartbeats.AHEAD), default=None)
    age = (now - last).total_seconds() if last else None
    ahead = max(signs) if signs and not last else None
    never = not signs or bool(row and row.detail.get("awaited"))
    value = NEVER if never else f"{timezone.localtime(last or ahead):%H:%M:%S %d/%m/%Y}"
    if not never:
        value += f" ({span(age)} trước)" if last else " (giờ này chưa tới)"
    problem = None
    if judged and limit(name) and (age is None or age > limit(name)):
        words = "chưa chạy lần nào" if never else f"không có tín hiệu đã {span(age or 0)}"
        if ahead and not never:
            words, todo = f"tín hiệu cuối ghi giờ chưa tới ({value[:19]})", f"Chỉnh đồng hồ máy chạy phần này. {todo}"
        problem = Problem(name, f"{label}: {words}.", todo)
    picture.add(label, value, problem, tone="ok" if judged and not never else "idle")
    return problem is None


def _queue(picture, state, now):
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
    failed = Mail.objects.order_by().filter(state=Mail.State.FAILED, ended_at__gte=now - dt.timedelta(days=1))
    nobody, failed = failed.filter(address="").count(), failed.exclude(address="").count()
    unknown = Mail.objects.order_by().filter(state=Mail.State.UNKNOWN).count()
    problem = None
    if limit("failed") and failed >= limit("failed"):
        todo = "Mở “Thư”, xem lỗi từng thư, sửa địa chỉ rồi chọn “Gửi lại”."
        problem = Problem("failed", f"{failed} thư không gửi được trong 24 giờ qua.", todo)
    apart = f"; ngoài ra {nobody} thư không có địa chỉ người nhận" if nobody else ""
    tone = "warn" if nobody else "ok"
    picture.add("Thư không gửi được trong 24 giờ", f"{failed} thư máy chủ từ chối{apart}", problem, tone=tone)
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


def _holidays(picture, now):
    years = known_years(today=timezone.localtime(now).date(), days=limit("holidays"))
    lacking = next((year for year in years if not year.complete), None)
    said = "; ".join(f"năm {one.year}: {one.days_off} ngày{_unconfirmed(one)}" for one in years)
    if not lacking:
        return picture.add("Lịch nghỉ", said, tone="warn" if any(one.unconfirmed for one in years) else "ok")
    today = lacking.needed_from == timezone.localtime(now).date()
    by = "ngay" if today else f"trước ngày {lacking.needed_from:%d/%m/%Y}"
    words = f"Chưa có lịch nghỉ năm {lacking.year}: nạp hoặc nhập {by}."
    if lacking.days_off:
        words = f"Lịch nghỉ năm {lacking.year} mới có {lacking.days_off} ngày nghỉ: nạp hoặc nhập đủ {by}."
    todo = (
        "Chạy “manage.py load_reference” hoặc nhập ở “Danh mục dùng chung”, bảng “Ngày nghỉ, làm bù”. "
        "Thiếu lịch nghỉ, thư nhắc vẫn đi ngày lễ, Tết và hạn gửi không dời."
    )
    return picture.add("Lịch nghỉ", said, Problem("holidays", words, todo))


def _unconfirmed(year):
    return f" ({year.unconfirmed} ngày chưa xác nhận)" if year.unconfirmed else ""


def mails_by_state() -> list:
    """(label, count, state) of every state, for the page."""
    counts = dict(Mail.objects.order_by().values_list("state").annotate(number=Count("pk")))
    return [(state.label, counts.get(state.value, 0), state.value) for state in Mail.State]
