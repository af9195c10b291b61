"""Files and remarks beside a dossier. They touch neither status nor content."""

from django.db import transaction
from django.db.models import Q

from dossiers import kinds
from dossiers.models import Attachment, Comment, Dossier
from dossiers.refusals import StepRefused
from records.audit import audit
from records.files import kept_with_its_row, store_upload
from records.models import StoredFile


def attach(*, dossier, upload, title, actor, now) -> Attachment:
    """Lay a file beside a dossier its holder may still edit. Raises ``StepRefused`` or ``FileRefused``."""
    with kept_with_its_row() as keep, transaction.atomic():
        _lock_editable(dossier, actor)
        stored = keep(store_upload(upload=upload, user=actor.user, now=now))
        return Attachment.objects.create(
            dossier=dossier,
            file=stored,
            title=title or stored.original_name.rsplit(".", 1)[0],
            added_by=actor.user,
            added_at=now,
        )


def detach(*, attachment, actor, now) -> None:
    """Take a file away from the list; the file itself and who removed it are kept."""
    with transaction.atomic():
        _lock_editable(attachment.dossier, actor)
        Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(removed_by=actor.user, removed_at=now)


def comment(*, dossier, body, internal, actor, now) -> Comment:
    """Add a remark. ``internal`` is for people of the Sở only."""
    at_unit = dossier.holder_id in actor.unit_roles
    if not (actor.is_department or actor.can_write_for(dossier.holder_id)):
        raise StepRefused("Vai trò của ông/bà chỉ được xem hồ sơ này.")
    return Comment.objects.create(
        dossier=dossier,
        author=actor.user,
        place=dossier.holder.body_name if at_unit else actor.room or "Sở KH&CN",
        by_department=not at_unit,
        internal=internal and actor.is_department,
        body=body,
        at=now,
    )


def readable_file(pk, actor):
    """A stored file this person may read: of a letter or attachment of a visible dossier. ``None`` otherwise."""
    visible = Dossier.objects.visible_to(actor)
    by_letter = StoredFile.objects.filter(pk=pk, letter__items__dossier__in=visible)
    held = Q(attachment__dossier__holder_id__in=actor.unit_ids, attachment__removed_at__isnull=True)
    by_attachment = StoredFile.objects.filter(held | Q(attachment__sent=True), pk=pk, attachment__dossier__in=visible)
    return by_letter.first() or by_attachment.first()


def note_download(stored, *, actor, now, ip):
    """Keep who read which file."""
    audit(
        action="file.read",
        actor=actor.user,
        now=now,
        label=stored.original_name,
        path=f"/ho-so/tep/{stored.pk}/",
        ip=ip,
    )


def _lock_editable(dossier, actor):
    """Hold the dossier's row for this transaction, so that no step can pass between check and write."""
    now_there = Dossier.objects.select_for_update().get(pk=dossier.pk)
    status = kinds.get(dossier.kind).process.status(now_there.status)
    if not actor.can_write_for(dossier.holder_id):
        raise StepRefused("Hồ sơ này do đơn vị khác giữ hoặc vai trò của ông/bà chỉ được xem.")
    if not status.editable:
        raise StepRefused(f"Hồ sơ đang ở trạng thái “{status.label}”, chưa thêm hoặc bỏ tài liệu được.")
