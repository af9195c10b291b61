"""Holding reminders back for a while, and the ways of chasing that are not mails of the portal."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from districts.models import Unit
from records.modelfields import BodyField, LineField


class HoldQuerySet(models.QuerySet):
    """Holds by time."""

    def in_force(self, first, last=None):
        """Holds not lifted that cover a day from ``first`` to ``last`` (default: the one day)."""
        return self.filter(lifted_at=None, since__lte=last or first, until__gte=first)


class Hold(models.Model):
    """No reminder mails for one unit, or for one duty, from–to. Ends by itself; lifted earlier by a person."""

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Đơn vị"
    )
    duty_key = models.CharField("Việc", max_length=120, blank=True)
    title = LineField("Tạm dừng nhắc", max_length=300)  # the unit's or the duty's name, as it was then
    reason = LineField("Lý do", max_length=300)
    since = models.DateField("Từ ngày")
    until = models.DateField("Đến hết ngày")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="Người đặt"
    )
    made_at = models.DateTimeField("Đặt lúc")
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Người bỏ",
    )
    lifted_at = models.DateTimeField("Bỏ lúc", null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = "tạm dừng nhắc"
        verbose_name_plural = "tạm dừng nhắc"
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["until"], name="hold_in_force", condition=Q(lifted_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, duty_key="") | (Q(unit=None) & ~Q(duty_key="")),
                name="hold_one_target",
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="hold_dates_in_order"),
        ]

    def __str__(self):
        return self.title


class Touch(models.Model):
    """One letter, call or message about one duty of one unit. The duty is named by its key, never by a row above."""

    class Kind(models.TextChoices):
        LETTER = "letter", "Công văn"
        CALL = "call", "Cuộc gọi"
        MESSAGE = "message", "Lời nhắn"

    duty_key = models.CharField("Việc", max_length=120)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="Đơn vị")
    title = LineField("Tên việc", max_length=300)
    path = models.CharField(max_length=300, blank=True)
    kind = models.CharField("Hình thức", max_length=10, choices=Kind)
    at = models.DateTimeField("Lúc")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="Người đôn đốc"
    )
    number = LineField("Số, ký hiệu", max_length=60, blank=True)
    issued_on = models.DateField("Ngày ban hành", null=True, blank=True)
    contact = LineField("Người trả lời", max_length=150, blank=True)
    note = BodyField("Kết quả, nội dung", blank=True)
    promised_on = models.DateField("Hứa gửi ngày", null=True, blank=True)
    once = models.CharField(max_length=64, blank=True, editable=False)  # page and words: sent twice it is one touch
    # Noted by mistake: history stays and is readable, but counts nowhere.
    mistaken_at = models.DateTimeField("Đánh dấu ghi nhầm lúc", null=True, blank=True)
    mistaken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Người đánh dấu ghi nhầm",
    )
    mistaken_reason = LineField("Lý do ghi nhầm", max_length=300, blank=True)

    class Meta:
        verbose_name = "lần đôn đốc"
        verbose_name_plural = "sổ đôn đốc"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["duty_key", "-at"], name="touch_duty"),
            models.Index(fields=["-at", "-id"], name="touch_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["duty_key", "number", "issued_on"],
                condition=Q(kind="letter", mistaken_at=None),
                name="touch_letter_once",
            ),
            models.UniqueConstraint(
                fields=["duty_key", "once"], condition=~Q(once="") & Q(mistaken_at=None), name="touch_page_once"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.title}"


class LetterDraft(models.Model):
    """A letter that was drafted and waits for its number: whom it names, as its file did. Waiting, recorded or
    discarded; what it is about is named by a key, never by a row above."""

    scope = models.CharField(max_length=120)
    title = LineField("Việc", max_length=300)
    duty_keys = models.JSONField("Các việc")
    symbol = LineField("Ký hiệu", max_length=40, blank=True)
    page = models.CharField(max_length=64)  # visit of the page it was written on: fetched again it is the same draft
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="Người soạn"
    )
    made_at = models.DateTimeField("Soạn lúc")
    number = LineField("Số, ký hiệu", max_length=60, blank=True)
    issued_on = models.DateField("Ngày ban hành", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Người ghi số",
    )
    recorded_at = models.DateTimeField("Ghi số lúc", null=True, blank=True)
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Người bỏ dự thảo",
    )
    discarded_at = models.DateTimeField("Bỏ dự thảo lúc", null=True, blank=True)

    class Meta:
        verbose_name = "dự thảo công văn đôn đốc"
        verbose_name_plural = "dự thảo công văn đôn đốc"
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["scope", "-made_at"], name="letter_draft_scope")]
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_at=None) | Q(discarded_at=None), name="letter_draft_recorded_or_discarded"
            ),
            models.CheckConstraint(
                condition=Q(recorded_at=None, number="", issued_on=None)
                | (Q(recorded_at__isnull=False, issued_on__isnull=False) & ~Q(number="")),
                name="letter_draft_number_when_recorded",
            ),
            models.UniqueConstraint(
                fields=["made_by", "page"],
                condition=Q(recorded_at=None, discarded_at=None),
                name="letter_draft_once_per_page",
            ),
        ]

    def __str__(self):
        return self.title
