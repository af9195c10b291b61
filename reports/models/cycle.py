"""Reporting cycles and who owes a report in them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from districts.models import Unit
from dossiers.models import Round
from records.modelfields import BodyField, LineField
from reports.models.programme import Programme


class Cycle(models.Model):
    """One period of a programme. Cut-off and due date stand side by side, never derived from the calendar.

    Default windows: NĐ 09/2019/NĐ-CP, Điều 12 (six months 15/12–14/6, year 15/12–14/12); all editable.
    """

    class Kind(models.TextChoices):
        HALF = "half", "6 tháng đầu năm"
        YEAR = "year", "Cả năm"

    class Official(models.TextChoices):
        PORTAL = "portal", "Trên cổng"
        DOCUMENT = "document", "Trong hệ thống quản lý văn bản"

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="cycle")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="cycles", verbose_name="Chương trình"
    )
    kind = models.CharField("Loại kỳ", max_length=10, choices=Kind)
    year = models.PositiveIntegerField("Năm")
    code_stem = LineField(
        "Ký hiệu trong mã báo cáo",
        max_length=20,
        unique=True,
        help_text="Ví dụ 2026-N cho kỳ năm 2026: mã báo cáo là BC-2026-N-10402.",
    )
    period_start = models.DateField("Số liệu từ ngày")
    cutoff = models.DateField("Chốt số liệu")
    allows_estimates = models.BooleanField("Nhận số ước", default=False)
    official_copy = models.CharField("Bản chính", max_length=10, choices=Official, default=Official.PORTAL)
    opened_at = models.DateTimeField("Đã mở lúc", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "kỳ báo cáo"
        verbose_name_plural = "kỳ báo cáo"
        ordering = ["-cutoff", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind", "year"],
                name="cycle_once",
                violation_error_message=(
                    "Chương trình đã có kỳ báo cáo loại này của năm đó. Mở kỳ đã có, hoặc chọn năm, loại kỳ khác."
                ),
            )
        ]

    def __str__(self):
        return self.round.title

    def clean(self):
        if self.period_start and self.cutoff and self.cutoff < self.period_start:
            raise ValidationError({"cutoff": "Ngày chốt số liệu phải sau ngày bắt đầu kỳ."})

    def indicators(self):
        return self.programme.indicators.filter(active=True)


class Obligation(models.Model):
    """A unit owes a report for a cycle; frozen when the cycle opens. First sending and effective due date stand
    here, written once by the door – a slip in what came on paper is mended by ``reports.correcting`` only – so that
    every rate reads one table."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="obligations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="obligations", verbose_name="Đơn vị")
    responsible = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="responsibilities", verbose_name="Đơn vị chịu trách nhiệm"
    )
    due_on = models.DateField("Hạn gửi áp dụng")
    counted_until = models.DateField("Tính đúng hạn đến hết ngày")
    extended_to = models.DateField("Gia hạn đến hết ngày", null=True, blank=True)
    extended = LineField("Gia hạn", max_length=300, blank=True, default="", db_default="")  # words of the last one
    first_sent_at = models.DateTimeField("Gửi lần đầu", null=True, blank=True)
    counted_on = models.DateField("Ngày tính", null=True, blank=True)
    days_late = models.PositiveIntegerField("Số ngày trễ", null=True, blank=True)
    paper_number = LineField("Số đến", max_length=60, blank=True)
    paper_on = models.DateField("Ngày đến", null=True, blank=True)
    declared_number = LineField("Đơn vị báo đã gửi, số", max_length=60, blank=True)
    declared_on = models.DateField("Ngày văn bản", null=True, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Người báo",
    )
    declared_at = models.DateTimeField("Báo lúc", null=True, blank=True)
    # The declared letter the Sở had not got: stands until the unit declares anew or sends (``is_missed``).
    missed_number = LineField("Sở chưa nhận được số", max_length=60, blank=True, default="", db_default="")
    missed_on = models.DateField("Ngày văn bản chưa nhận được", null=True, blank=True)
    missed_note = BodyField("Ghi chú của Sở", blank=True, default="", db_default="")
    missed_at = models.DateTimeField("Sở báo lúc", null=True, blank=True)
    closed_reason = LineField("Kết thúc nghĩa vụ", max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "nghĩa vụ báo cáo"
        verbose_name_plural = "nghĩa vụ báo cáo"
        ordering = ["cycle", "unit"]
        constraints = [models.UniqueConstraint(fields=["cycle", "unit"], name="obligation_once")]
        indexes = [
            models.Index(
                fields=["responsible", "due_on"],
                name="obligation_open",
                condition=Q(first_sent_at=None, paper_on=None, closed_at=None),
            ),
            models.Index(fields=["unit", "due_on"], name="obligation_unit"),
            models.Index(
                fields=["cycle", "counted_until"],
                name="obligation_missing",
                condition=Q(first_sent_at=None, paper_on=None, closed_at=None),
            ),
            models.Index(fields=["cycle", "first_sent_at"], name="obligation_sent"),
            models.Index(
                fields=["cycle", "extended_to"], name="obligation_extended", condition=Q(extended_to__isnull=False)
            ),
            models.Index(fields=["cycle", "days_late"], name="obligation_late", condition=Q(days_late__gt=0)),
            models.Index(fields=["cycle"], name="obligation_paper", condition=Q(paper_on__isnull=False)),
            models.Index(fields=["cycle"], name="obligation_closed", condition=Q(closed_at__isnull=False)),
        ]

    def __str__(self):
        return f"{self.unit.name} – {self.cycle}"

    @property
    def is_open(self) -> bool:
        return self.first_sent_at is None and self.paper_on is None and self.closed_at is None

    @property
    def is_missed(self) -> bool:
        """Has the Sở said that it has not got the letter, and the unit not answered yet?"""
        return self.is_open and self.missed_at is not None and self.declared_at is None

    @property
    def is_extended(self) -> bool:
        """Does its own day count? Not where the cycle has been moved beyond it since."""
        return self.extended_to is not None and self.extended_to == self.due_on
