"""The save door: every change of a dossier's content starts here."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dossiers import kinds
from dossiers.models import Dossier
from dossiers.refusals import ContentRefused, moved_on


def touch(*, dossier, actor, now, **columns) -> int:
    """Announce a save: one statement raises ``content_seq`` while the status allows editing.

    Must run first in the caller's transaction, so that a save and a step exclude each other: whoever gets the
    dossier row first wins, the other is refused. ``columns`` may carry title, theme_id. Returns the new
    ``content_seq``. Raises ``ContentRefused`` when the dossier cannot be edited (now) by this person.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("touch() belongs inside the transaction that writes the content")
    process = kinds.get(dossier.kind).process
    if not actor.can_write_for(dossier.holder_id):
        raise ContentRefused("Hồ sơ này do đơn vị khác giữ hoặc vai trò của ông/bà chỉ được xem.")
    if "title" in columns:
        columns["search"] = Dossier.search_for(columns["title"], dossier.code, dossier.unit)
    changed = Dossier.objects.filter(pk=dossier.pk, holder_id=dossier.holder_id, status__in=process.editable).update(
        content_seq=F("content_seq") + 1, saved_by=actor.user, saved_at=now, **columns
    )
    dossier.refresh_from_db()
    if changed != 1:
        raise ContentRefused(moved_on(dossier, process, actor))
    return dossier.content_seq


def stale(other_name: str, at) -> ContentRefused:
    """The refusal for a row that somebody else saved meanwhile."""
    who = other_name or "một người khác"
    return ContentRefused(
        f"{who} đã lưu phần này lúc {timezone.localtime(at):%H:%M}. Nội dung vừa nhập vẫn còn ở bên dưới, "
        "chưa ghi đè lên bản kia: so lại rồi lưu lần nữa."
    )
