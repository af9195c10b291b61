"""The dossier: one table for everything that travels from a unit to the Sở."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from districts.models import Succession, Theme, Unit
from dossiers.models.round import Round
from dossiers.process import Turn
from records.modelfields import LineField
from records.text import search_q, search_text


class DoorOnly(RuntimeError):
    """Code tried to change status, version, turn or holder without going through ``dossiers.door``."""


class DossierQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """What this person may read: the Sở what was sent (or came on paper), a unit what is or was its own,
        a successor what its predecessors sent; drafts only as holder."""
        if actor is None:
            return self.none()
        sent = Q(first_submitted_at__isnull=False) | Q(on_paper_at__isnull=False)
        mine = actor.unit_ids
        if actor.is_department:
            return self.filter(sent | Q(holder_id__in=mine))
        before = Succession.objects.filter(successor_id__in=mine).values("predecessor_id")
        return self.filter(Q(holder_id__in=mine) | (sent & (Q(unit_id__in=mine) | Q(unit_id__in=before))))

    def waiting_on(self, turn):
        return self.filter(turn=turn).order_by("turn_since", "pk")

    def search(self, term):
        return self.filter(search_q(term))


class Dossier(models.Model):
    """A dossier (hồ sơ). ``unit``: whose it is, for ever; ``holder``: who may act, changed by hand-over only.

    ``version`` moves with steps, ``content_seq`` with every save of content; both are written by
    ``dossiers.door`` and ``dossiers.content`` in single conditional statements.
    """

    GUARDED = ("status", "version", "turn", "turn_since", "content_seq", "holder_id", "code")

    code = models.CharField("Mã hồ sơ", max_length=30, unique=True, null=True, blank=True)
    kind = models.CharField("Loại", max_length=20)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, verbose_name="Đợt, kỳ")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, verbose_name="Chủ đề")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="dossiers", verbose_name="Đơn vị")
    holder = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="held_dossiers", verbose_name="Đơn vị đang giữ"
    )
    title = LineField("Tên", max_length=500, blank=True)
    sent_title = LineField("Tên như đã gửi", max_length=500, blank=True, editable=False)
    search = models.TextField(editable=False, default="", blank=True)
    status = models.CharField("Trạng thái", max_length=30)
    turn = models.CharField("Lượt", max_length=12, choices=Turn)
    turn_since = models.DateTimeField("Từ lúc", default=timezone.now)
    version = models.PositiveIntegerField(default=0)
    content_seq = models.PositiveIntegerField(default=0)
    due_on = models.DateField("Gửi lại trong ngày", null=True, blank=True)
    first_submitted_at = models.DateTimeField("Gửi lần đầu", null=True, blank=True)
    submitted_at = models.DateTimeField("Gửi gần nhất", null=True, blank=True)
    on_paper_at = models.DateTimeField("Nhận qua hệ thống văn bản", null=True, blank=True)
    needs_letter = models.BooleanField("Chờ bổ sung số, ngày, bản ký số", default=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_dossiers",
        verbose_name="Chuyên viên được giao",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="Người tạo"
    )
    created_at = models.DateTimeField("Ngày tạo", default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    saved_at = models.DateTimeField("Lưu gần nhất", default=timezone.now)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "hồ sơ"
        verbose_name_plural = "hồ sơ"
        indexes = [
            models.Index(fields=["turn", "turn_since", "id"], name="dossier_queue"),
            models.Index(fields=["kind", "turn", "turn_since", "id"], name="dossier_kind_queue"),
            models.Index(fields=["unit", "-submitted_at", "-id"], name="dossier_unit"),
            models.Index(fields=["holder", "turn"], name="dossier_holder"),
            models.Index(fields=["round", "theme", "status", "-submitted_at", "-id"], name="dossier_round_theme"),
            models.Index(fields=["round", "status", "-submitted_at", "-id"], name="dossier_round_status"),
            models.Index(fields=["kind", "-submitted_at", "-id"], name="dossier_newest"),
            models.Index(fields=["kind", "status", "-submitted_at", "-id"], name="dossier_kind_status"),
            models.Index(fields=["kind", "theme", "-submitted_at", "-id"], name="dossier_kind_theme"),
            models.Index(fields=["kind", "assignee", "-submitted_at", "-id"], name="dossier_kind_assignee"),
            models.Index(fields=["holder"], name="dossier_needs_letter", condition=Q(needs_letter=True)),
            models.Index(
                fields=["holder"], name="dossier_awaiting", condition=Q(status__in=["awaiting", "awaiting_again"])
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(turn__in=Turn.values), name="dossier_turn_known"),
        ]

    def __str__(self):
        return self.code or f"Bản nháp {self.pk}"

    def save(self, *args, **kwargs):
        """Ordinary fields only; on an existing row a changed status, version, turn or holder is refused."""
        if not self._state.adding:
            before = getattr(self, "_guarded", {})
            changed = [name for name in before if self.__dict__.get(name) != before[name]]
            if changed:
                raise DoorOnly(f"{', '.join(changed)} changes through dossiers.door only")
        self.search = self.search_for(self.title, self.code, self.unit)
        super().save(*args, **kwargs)

    @property
    def shown_title(self) -> str:
        """The title for those who do not hold the dossier: as last sent, not as being edited."""
        return self.sent_title or self.title

    @classmethod
    def from_db(cls, db, field_names, values):
        instance = super().from_db(db, field_names, values)
        instance._remember()
        return instance

    def refresh_from_db(self, *args, **kwargs):
        super().refresh_from_db(*args, **kwargs)
        self._remember()

    def _remember(self):
        self._guarded = {name: self.__dict__[name] for name in self.GUARDED if name in self.__dict__}

    @staticmethod
    def search_for(title, code, unit) -> str:
        return search_text(code or "", title, unit.name)


class CodeCounter(models.Model):
    """Last running number per kind and year; taken last in a sending, before its mails."""

    kind = models.CharField(max_length=20)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="code_counter_once")]
