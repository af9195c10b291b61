"""The ledger (what somebody was reminded of) and the outbox (mails). The database is the truth."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from districts.models import Unit
from notices.duties import duty_kinds
from notices.ladder import FARTHEST, OPENING, rung_words
from notices.models.folded import Folded
from records.modelfields import BodyField, LineField


class Rung(models.Model):
    """One step of the reminder ladder of a kind of duty. ``offset`` in working days left: 5, 1, 0, −1 …"""

    kind = models.CharField("Loại việc", max_length=40)
    offset = models.SmallIntegerField("Còn lại (ngày làm việc)")
    copy_leader = models.BooleanField("Gửi cả lãnh đạo đơn vị", default=False)
    tell_department = models.BooleanField("Báo chuyên viên Sở", default=False)
    active = models.BooleanField("Áp dụng", default=True)

    class Meta:
        verbose_name = "mốc nhắc"
        verbose_name_plural = "mốc nhắc"
        ordering = ["kind", "-offset"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "offset"],
                name="rung_once",
                violation_error_message="Loại việc này đã có mốc nhắc đó. Sửa mốc đã có, hoặc nhập số ngày khác.",
            ),
            models.CheckConstraint(
                condition=Q(offset__range=(-FARTHEST, FARTHEST)) | Q(offset=OPENING),
                name="rung_offset_known",
                violation_error_message=f"Số ngày của mốc nhắc từ 1 đến {FARTHEST}.",
            ),
        ]

    def __str__(self):
        return f"{duty_kinds().get(self.kind, self.kind)}: {rung_words(self.offset)}"


class Mail(Folded):
    """One mail to one person. Claimed by one UPDATE with a lease; the final stamp names worker and state."""

    STATUS, DIGEST, WEEKLY = "status", "digest", "weekly"  # what ``kind`` may be
    BY_DAY = (DIGEST, WEEKLY)  # leave by day only, one a person and day; what a step tells leaves at any hour

    class State(models.TextChoices):
        QUEUED = "queued", "Chờ gửi"
        SENDING = "sending", "Đang gửi"
        SENT = "sent", "Đã gửi"
        FAILED = "failed", "Không gửi được"
        UNKNOWN = "unknown", "Chưa rõ"
        SUPERSEDED = "superseded", "Không còn cần"

    dedupe_key = models.CharField(max_length=120, unique=True)
    kind = models.CharField("Loại", max_length=20)  # status | digest | weekly
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mails", verbose_name="Người nhận"
    )
    address = models.EmailField("Địa chỉ", blank=True)  # frozen at planning; blank = nobody can be reached
    subject = LineField("Tiêu đề", max_length=300, blank=True)
    text = BodyField("Nội dung (văn bản)", blank=True)
    html = models.TextField("Nội dung (HTML)", blank=True)
    template = models.CharField(max_length=40)
    context = models.JSONField(default=dict, blank=True)
    state = models.CharField("Trạng thái", max_length=12, choices=State, default=State.QUEUED)
    not_before = models.DateTimeField("Không gửi trước")
    lease_until = models.DateTimeField("Giữ đến", null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField("Số lần thử", default=0)
    refusals = models.PositiveSmallIntegerField("Số lần máy chủ hẹn lại", default=0)
    crashes = models.PositiveSmallIntegerField("Số lần tiến trình gửi dừng", default=0, db_default=0)
    last_error = BodyField("Lỗi gần nhất", blank=True)
    message_id = models.CharField(max_length=120, blank=True)  # set just before the mail server is spoken to
    created_at = models.DateTimeField("Tạo lúc", default=timezone.now)
    sent_at = models.DateTimeField("Gửi lúc", null=True, blank=True)
    ended_at = models.DateTimeField("Kết thúc lúc", null=True, blank=True)  # when it came into its final state

    folds = "subject"

    class Meta:
        verbose_name = "thư"
        verbose_name_plural = "thư"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["not_before", "id"], name="mail_queue", condition=Q(state="queued")),
            models.Index(fields=["lease_until"], name="mail_lease", condition=Q(state="sending")),
            models.Index(fields=["state", "-created_at", "-id"], name="mail_state"),
            models.Index(fields=["person", "-created_at"], name="mail_person"),
            # The planner looks for each person's waiting digest; without it PostgreSQL reads the whole queue for each.
            models.Index(fields=["person"], name="mail_waiting", condition=Q(state="queued", kind="digest")),
            models.Index(fields=["-created_at", "-id"], name="mail_newest"),
            models.Index(fields=["message_id"], name="mail_message_id"),
        ]

    def __str__(self):
        return self.subject or self.dedupe_key


class Reminder(Folded):
    """One rung of one duty for one person: written once, whatever runs twice."""

    class State(models.TextChoices):
        PLANNED = "planned", "Chờ gửi"
        HELD = "held", "Đang tạm dừng"
        SENT = "sent", "Đã gửi"
        SUPERSEDED = "superseded", "Được thay bằng mốc sau"
        DROPPED = "dropped", "Không còn cần"

    duty_key = models.CharField("Việc", max_length=120)
    due = models.DateField("Hạn")
    offset = models.SmallIntegerField("Mốc")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="Người nhận"
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Đơn vị"
    )  # whose duty; blank = the Sở's own
    title = LineField("Tên việc", max_length=300)
    escalated = models.BooleanField("Báo chuyên viên Sở", default=False)  # told to the Sở, owed by the unit
    state = models.CharField("Trạng thái", max_length=12, choices=State, default=State.PLANNED)
    mail = models.ForeignKey(Mail, on_delete=models.PROTECT, null=True, blank=True, related_name="reminders")
    planned_at = models.DateTimeField("Ghi lúc")
    settled_at = models.DateTimeField("Xong lúc", null=True, blank=True)

    folds = "title"

    class Meta:
        verbose_name = "sổ nhắc việc"
        verbose_name_plural = "sổ nhắc việc"
        ordering = ["-planned_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "person"], name="reminder_state"),
            models.Index(fields=["-planned_at", "-id"], name="reminder_newest"),
        ]
        constraints = [models.UniqueConstraint(fields=["duty_key", "due", "offset", "person"], name="reminder_once")]

    def __str__(self):
        return f"{self.title} ({rung_words(self.offset)})"
