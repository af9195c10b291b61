"""A unit's report: figures and narrative. Written by ``reports.filing`` only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dossiers.models import Dossier
from records.modelfields import BodyField, LineField
from reports.models.cycle import Obligation
from reports.models.programme import Indicator


class Report(models.Model):
    """Made when the unit first opens it; a board row without one is “chưa bắt đầu”."""

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, primary_key=True, related_name="report")
    obligation = models.OneToOneField(Obligation, on_delete=models.PROTECT, related_name="report")

    class Meta:
        verbose_name = "báo cáo"
        verbose_name_plural = "báo cáo"

    def __str__(self):
        return f"{self.dossier}"


class Entry(models.Model):
    """One row of the grid. For ``plan`` and ``actual``: number, or blank (``None``); for the actual also
    “Không phát sinh” (``nil``) – three different things. Saved where ``version`` is the one that was read."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="entries")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    plan = models.DecimalField("Kế hoạch năm", max_digits=18, decimal_places=2, null=True, blank=True)
    actual = models.DecimalField("Thực hiện", max_digits=18, decimal_places=2, null=True, blank=True)
    nil = models.BooleanField("Không phát sinh", default=False)
    estimate = models.BooleanField("Số ước", default=False)
    remark = LineField("Ghi chú, giải trình", max_length=500, blank=True)
    version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "số liệu"
        verbose_name_plural = "số liệu"
        constraints = [
            models.UniqueConstraint(fields=["report", "indicator"], name="entry_once"),
            models.CheckConstraint(condition=Q(nil=False) | Q(actual=None), name="entry_nil_has_no_number"),
            models.CheckConstraint(
                condition=(Q(plan=None) | Q(plan__gte=0)) & (Q(actual=None) | Q(actual__gte=0)),
                name="entry_not_negative",
            ),
        ]

    def __str__(self):
        return f"{self.indicator.code}"

    @property
    def answered(self) -> bool:
        return self.nil or self.actual is not None


class Narrative(models.Model):
    """One heading of the outline I–V, saved where ``version`` is the one that was read."""

    class Section(models.TextChoices):
        LEADERSHIP = "I", "I. Công tác lãnh đạo, chỉ đạo, tổ chức triển khai"
        RESULTS = "II", "II. Kết quả thực hiện"
        ASSESSMENT = "III", "III. Đánh giá chung: ưu điểm; tồn tại, hạn chế; nguyên nhân"
        DIRECTION = "IV", "IV. Phương hướng, nhiệm vụ trọng tâm"
        REQUESTS = "V", "V. Kiến nghị, đề xuất"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="narratives")
    section = models.CharField(max_length=3, choices=Section)
    text = BodyField(blank=True)
    version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "nội dung báo cáo"
        verbose_name_plural = "nội dung báo cáo"
        constraints = [models.UniqueConstraint(fields=["report", "section"], name="narrative_once")]

    def __str__(self):
        return self.get_section_display()
