"""A round: the time frame shared by a call for proposals and a reporting cycle."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from districts.workdays import next_working_day
from records.modelfields import LineField


def end_of_day(day: dt.date) -> dt.datetime:
    """The last microsecond of a local day: a deadline day counts whole (guarantees.md 23)."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


class Round(models.Model):
    """Dates are local days, each counted whole. Sending is late after due/grace, refused after lock."""

    class Kind(models.TextChoices):
        PROPOSAL = "proposal", "Đợt đề xuất"
        REPORT = "report", "Kỳ báo cáo"

    class Basis(models.TextChoices):
        PORTAL = "portal", "Lúc gửi trên cổng"
        LETTER = "letter", "Ngày ban hành văn bản"

    kind = models.CharField("Loại", max_length=10, choices=Kind)
    title = LineField("Tên", max_length=250)
    opens_on = models.DateField("Ngày mở")
    due_on = models.DateField("Hạn gửi (hết ngày)")
    shift_due = models.BooleanField(
        "Hạn rơi vào ngày nghỉ thì tính đến hết ngày làm việc kế tiếp",
        default=True,
        help_text="Bộ luật Dân sự 2015, Điều 148 – Sở xác nhận việc áp dụng.",
    )
    grace_until = models.DateField(
        "Châm chước đến hết ngày",
        null=True,
        blank=True,
        help_text="Gửi đến hết ngày này vẫn tính đúng hạn. Để trống nếu không có.",
    )
    locks_on = models.DateField(
        "Khóa sau ngày",
        null=True,
        blank=True,
        help_text="Hết ngày này không gửi được nữa, trừ khi Sở gia hạn. Để trống: không khóa.",
    )
    moved = LineField("Dời hạn", max_length=300, blank=True, default="", db_default="", editable=False)  # last move
    basis = models.CharField("Thời điểm tính đúng hạn", max_length=10, choices=Basis, default=Basis.PORTAL)

    class Meta:
        verbose_name = "đợt, kỳ"
        verbose_name_plural = "đợt, kỳ"
        ordering = ["-due_on", "-pk"]
        indexes = [models.Index(fields=["kind", "-due_on"])]

    def __str__(self):
        return self.title

    def clean(self):
        if self.opens_on and self.due_on and self.due_on < self.opens_on:
            raise ValidationError({"due_on": "Hạn gửi phải từ ngày mở trở đi."})
        for name in ("grace_until", "locks_on"):
            value = getattr(self, name)
            if value and self.due_on and value < self.due_on:
                raise ValidationError({name: "Ngày này phải từ hạn gửi trở đi."})

    def effective_due(self, calendar) -> dt.date:
        """The day that counts: the due day, or the next working day where the round says so."""
        return next_working_day(self.due_on, calendar) if self.shift_due else self.due_on

    def last_day(self, calendar) -> dt.date | None:
        """The last day on which sending is possible; ``None`` where the round never locks."""
        if self.locks_on is None:
            return None
        return max(self.locks_on, self.effective_due(calendar))

    def is_open(self, *, today, calendar) -> bool:
        last = self.last_day(calendar)
        return self.opens_on <= today and (last is None or today <= last)
