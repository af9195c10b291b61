"""A person's private calendar address, and what their calendar was last told of each duty."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.modelfields import LineField


class FeedToken(models.Model):
    """One address of one person. The address follows from ``seed`` and the portal's secret key; the table alone
    does not give it away, and it is found by its hash only."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("Tạo lúc")
    changed_at = models.DateTimeField("Nội dung đổi lúc")
    last_used_at = models.DateTimeField("Dùng gần nhất", null=True, blank=True)
    revoked_at = models.DateTimeField("Ngừng lúc", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(revoked_at=None), name="feed_one_open_each")
        ]

    def __str__(self):
        return f"{self.person_id} {self.created_at:%Y-%m-%d}"


class FeedEntry(models.Model):
    """What the calendar shows of one duty: SEQUENCE and LAST-MODIFIED of RFC 5545 need a memory."""

    feed = models.ForeignKey(FeedToken, on_delete=models.PROTECT, related_name="entries")
    duty_key = models.CharField(max_length=120)
    due = models.DateField()
    title = LineField(max_length=300)
    path = models.CharField(max_length=300)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    shown = models.BooleanField(default=True)  # False: the duty has closed

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "duty_key"], name="feed_entry_once")]

    def __str__(self):
        return self.title
