"""Papers around dossiers: signed letters and attached files."""

from django.conf import settings
from django.db import models

from accounts.models import Signer
from districts.models import Unit
from dossiers.models.dossier import Dossier
from records.modelfields import LineField
from records.models import StoredFile


class Letter(models.Model):
    """A signed công văn or báo cáo of a unit: covers one or several dossiers (practice.md 2).

    The signer's words are kept as they stood on the day, beside the link to the person.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="letters", verbose_name="Đơn vị")
    number = LineField("Số, ký hiệu", max_length=60)
    issued_on = models.DateField("Ngày ban hành")
    signer = models.ForeignKey(Signer, on_delete=models.PROTECT, null=True, blank=True, verbose_name="Người ký")
    signer_text = LineField("Người ký", max_length=300)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, verbose_name="Bản ký số (PDF)")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("Ghi nhận lúc")

    class Meta:
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        ordering = ["-issued_on", "-pk"]
        indexes = [models.Index(fields=["unit", "-issued_on"])]

    def __str__(self):
        return f"{self.number} ngày {self.issued_on:%d/%m/%Y}"


class LetterItem(models.Model):
    """A dossier covered by a letter, in the order of priority the letter gives."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="items")
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="letter_items")
    position = models.PositiveIntegerField("Thứ tự ưu tiên", default=1)
    revision_number = models.PositiveIntegerField("Lần gửi", default=1)

    class Meta:
        ordering = ["letter", "position"]
        constraints = [models.UniqueConstraint(fields=["letter", "dossier"], name="letter_item_once")]

    def __str__(self):
        return f"{self.letter} · {self.dossier}"


class Attachment(models.Model):
    """A file laid beside a dossier (evidence, annex). Removed ones stay, with who removed them."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="attachments")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT)
    title = LineField("Tên tài liệu", max_length=250)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    sent = models.BooleanField(default=False, editable=False)  # part of a frozen revision: readable for ever
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "tài liệu kèm theo"
        verbose_name_plural = "tài liệu kèm theo"
        ordering = ["dossier", "added_at", "pk"]

    def __str__(self):
        return self.title
