"""What is kept: files as they came in, and who did what when."""

import uuid

from django.conf import settings
from django.db import models

from .audit_labels import action_label
from .modelfields import LineField


def stored_path(instance, _filename):
    """Storage name: month folder and a random name; the original name never reaches the disk."""
    name = instance.original_name.rsplit(".", 1)
    suffix = f".{name[1].lower()}" if len(name) == 2 and name[1].isascii() and name[1].isalnum() else ""
    return f"{instance.uploaded_at:%Y/%m}/{uuid.uuid4().hex}{suffix}"


class StoredFile(models.Model):
    """A checked upload. Made by ``records.files.store_upload`` only; who may read it is the caller's decision."""

    file = models.FileField("tệp", upload_to=stored_path, max_length=120, editable=False)
    original_name = LineField("tên tệp", max_length=255)
    size = models.PositiveBigIntegerField("dung lượng (byte)")
    sha256 = models.CharField("mã băm SHA-256", max_length=64)
    content_type = models.CharField("loại nội dung", max_length=100)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người tải lên",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField("tải lên lúc")

    class Meta:
        verbose_name = "tệp lưu"
        verbose_name_plural = "tệp lưu"
        indexes = [models.Index(fields=["sha256"], name="storedfile_sha256")]

    def __str__(self):
        return self.original_name

    @property
    def extension(self):
        """Lower-case extension without the dot: "pdf"."""
        return self.original_name.rsplit(".", 1)[-1].lower()


class AppendOnly(Exception):
    """Somebody tried to change or delete a line of the audit trail."""


class AuditQuerySet(models.QuerySet):
    """Reads only: the trail is written line by line and never changed."""

    def update(self, **kwargs):
        """Refused: raises AppendOnly."""
        raise AppendOnly("Nhật ký chỉ ghi thêm, không sửa.")

    def delete(self):
        """Refused: raises AppendOnly."""
        raise AppendOnly("Nhật ký chỉ ghi thêm, không xóa.")

    def bulk_update(self, objs, fields, batch_size=None):
        """Refused: raises AppendOnly."""
        raise AppendOnly("Nhật ký chỉ ghi thêm, không sửa.")


class AuditEntry(models.Model):
    """One line of the audit trail: who did what to which thing, when, from where. Append-only."""

    at = models.DateTimeField("thời điểm")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người thực hiện",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    actor_name = LineField("tên người thực hiện", max_length=200, blank=True)
    action = models.CharField("việc", max_length=80)
    object_label = LineField("đối tượng", max_length=300, blank=True)
    object_path = models.CharField("địa chỉ", max_length=300, blank=True)
    detail = models.JSONField("chi tiết", default=dict, blank=True)
    ip = models.GenericIPAddressField("địa chỉ IP", null=True, blank=True)
    search = models.TextField(editable=False, default="", db_default="", blank=True)  # folded; index: search_index.py

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "dòng nhật ký"
        verbose_name_plural = "nhật ký"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["object_path", "-at"], name="audit_object"),
            models.Index(fields=["action", "-at"], name="audit_action"),
        ]

    def __str__(self):
        return ": ".join(part for part in (self.action_label, self.object_label) if part)

    def save(self, *args, **kwargs):
        """Insert only; raises AppendOnly on an existing row."""
        if not self._state.adding:
            raise AppendOnly("Nhật ký chỉ ghi thêm, không sửa.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Refused: raises AppendOnly."""
        raise AppendOnly("Nhật ký chỉ ghi thêm, không xóa.")

    @property
    def action_label(self):
        """What was done, in Vietnamese."""
        return action_label(self.action)
