"""Programmes and their indicators: data the Sở edits, never figures of ours."""

from django.db import models

from districts.models import Theme
from records.modelfields import BodyField, LineField


class Programme(models.Model):
    number = LineField("Số hiệu", max_length=100)
    name = LineField("Tên chương trình", max_length=400)
    issuer = LineField("Cơ quan ban hành", max_length=200, blank=True)
    issued_on = models.DateField("Ngày ban hành", null=True, blank=True)
    year_from = models.PositiveIntegerField("Từ năm")
    year_to = models.PositiveIntegerField("Đến năm", null=True, blank=True)
    standing_agency = LineField("Cơ quan thường trực", max_length=200, default="Sở Khoa học và Công nghệ")
    is_sample = models.BooleanField("Dữ liệu mẫu – Sở rà soát", default=False)

    class Meta:
        verbose_name = "chương trình"
        verbose_name_plural = "chương trình"
        ordering = ["-year_from", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                name="programme_once",
                violation_error_message="Đã có chương trình mang số hiệu này.",
            )
        ]

    def __str__(self):
        return self.number


class Indicator(models.Model):
    """One indicator of a programme. Sample ones are marked for the Sở to review (programme07.md 6)."""

    class Measure(models.TextChoices):
        COUNT = "count", "Số nguyên"
        DECIMAL = "decimal", "Số thập phân"
        PERCENT = "percent", "Tỷ lệ %"

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="indicators", verbose_name="Chương trình"
    )
    code = LineField("Mã", max_length=20)
    name = LineField("Chỉ tiêu", max_length=300)
    group = LineField("Nhóm", max_length=200, blank=True)
    unit_of_measure = LineField("ĐVT", max_length=60)
    measure = models.CharField("Kiểu số", max_length=10, choices=Measure, default=Measure.COUNT)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, verbose_name="Chủ đề")
    guidance = BodyField("Cách tính", blank=True)
    order = models.PositiveSmallIntegerField("Thứ tự", default=0)
    active = models.BooleanField("Áp dụng", default=True)
    is_sample = models.BooleanField("Mẫu – Sở rà soát", default=False)

    class Meta:
        verbose_name = "chỉ tiêu"
        verbose_name_plural = "chỉ tiêu"
        ordering = ["programme", "order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="indicator_once",
                violation_error_message="Chương trình đã có chỉ tiêu mang mã này.",
            )
        ]

    def __str__(self):
        return f"{self.code} {self.name}"

    @property
    def places(self) -> int:
        """Decimal places accepted and shown."""
        return 0 if self.measure == self.Measure.COUNT else 1
