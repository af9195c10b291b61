"""What tells that the machinery lives, and which alarms have been told. Written without the queue."""

from django.db import models


class Heartbeat(models.Model):
    """When a part of the machinery last did its work; one row per part."""

    name = models.CharField("Bộ phận", max_length=40, unique=True)
    at = models.DateTimeField("Lần gần nhất")
    detail = models.JSONField("Kết quả", default=dict, blank=True)

    class Meta:
        verbose_name = "tình trạng hệ thống"
        verbose_name_plural = "tình trạng hệ thống"
        ordering = ["name"]

    def __str__(self):
        return self.name


class Alarm(models.Model):
    """One problem the watch has found. ``told_at`` keeps the mails apart, ``told`` says that an end is owed one.

    ``told_at`` without ``told`` in the present occurrence: somebody began to tell it (notices/alarms.py).
    """

    code = models.CharField("Sự cố", max_length=40, unique=True)
    words = models.TextField("Nội dung", blank=True)
    since = models.DateTimeField("Từ lúc")
    told_at = models.DateTimeField("Báo lúc", null=True, blank=True)
    told = models.BooleanField("Đã báo lần này", default=False)
    ended_at = models.DateTimeField("Hết lúc", null=True, blank=True)

    class Meta:
        verbose_name = "cảnh báo hệ thống"
        verbose_name_plural = "cảnh báo hệ thống"
        ordering = ["-since", "-pk"]

    def __str__(self):
        return self.code
