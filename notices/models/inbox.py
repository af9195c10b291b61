"""What a person was told, kept on the portal too: who has no e-mail, or lost one, still sees it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.modelfields import BodyField, LineField


class InboxItem(models.Model):
    """One thing one person was told. Written in the transaction of the mail row, under the mail's own key."""

    key = models.CharField(max_length=120, unique=True)  # the mail's dedupe key
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="inbox_items")
    at = models.DateTimeField("Lúc")
    title = LineField("Tiêu đề", max_length=300)
    text = BodyField("Nội dung", blank=True)
    path = models.CharField("Trang mở ra", max_length=300, default="/")
    read_at = models.DateTimeField("Đọc lúc", null=True, blank=True)

    class Meta:
        verbose_name = "tin trong hộp thư"
        verbose_name_plural = "tin trong hộp thư"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="inbox_newest"),
            models.Index(fields=["person"], name="inbox_unread", condition=Q(read_at=None)),
        ]

    def __str__(self):
        return self.title
