"""What happened to a dossier. Rows are added, never changed."""

from django.conf import settings
from django.db import models

from dossiers.models.dossier import Dossier
from records.modelfields import BodyField, LineField


class AppendOnly(models.Model):
    """History is never rewritten: a saved row refuses to be saved again or deleted."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise RuntimeError(f"{type(self).__name__} is history and cannot be changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise RuntimeError(f"{type(self).__name__} is history and cannot be deleted")


class Event(AppendOnly):
    """One step taken. Unique on dossier and version: a second winner of a race breaks the constraint."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="events")
    version = models.PositiveIntegerField()
    action = models.CharField("Bước", max_length=40)
    label = LineField("Việc", max_length=200)
    before = models.CharField(max_length=30)
    after = models.CharField(max_length=30)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = LineField("Người thực hiện", max_length=200)
    by_department = models.BooleanField(default=False)
    place = LineField("Nơi thực hiện", max_length=200)  # unit or room, as named at that time
    note = BodyField("Ý kiến", blank=True)
    data = models.JSONField(default=dict, blank=True)  # JSON values of the step's fields
    at = models.DateTimeField("Lúc")

    class Meta:
        verbose_name = "lịch sử hồ sơ"
        verbose_name_plural = "lịch sử hồ sơ"
        ordering = ["dossier", "-version"]
        constraints = [models.UniqueConstraint(fields=["dossier", "version"], name="event_once_per_version")]

    def __str__(self):
        return self.label


class Revision(AppendOnly):
    """The content as it was sent; number 1 is the first sending. ``content`` is the kind's snapshot."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="revision")
    content_seq = models.PositiveIntegerField()
    title = LineField(max_length=500, blank=True)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["dossier", "-number"]
        constraints = [models.UniqueConstraint(fields=["dossier", "number"], name="revision_once")]

    def __str__(self):
        return f"Bản gửi lần {self.number}"


class Comment(AppendOnly):
    """A remark on a dossier; ``internal`` ones stay within the Sở."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    place = LineField(max_length=200)
    by_department = models.BooleanField(default=False)
    internal = models.BooleanField("Chỉ trong Sở", default=False)
    body = BodyField("Nội dung")
    at = models.DateTimeField()

    class Meta:
        ordering = ["dossier", "at", "pk"]

    def __str__(self):
        return self.body[:60]
