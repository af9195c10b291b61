"""Refusals as sentences a person can act on."""

from django.utils import timezone

# Said where the page shows the form again; lists of many dossiers leave it out.
KEPT = "Nội dung vừa nhập vẫn còn ở bên dưới."
NOT_DONE = "Chưa thực hiện được: "


class StepRefused(Exception):
    """A step that cannot be taken. ``str()`` is the sentence; ``problems`` lists what to mend, if anything;
    ``fields`` maps an input's name to the sentences that belong beside it."""

    def __init__(self, message, *, problems=(), fields=None):
        super().__init__(message)
        self.message = message
        self.problems = list(problems)
        self.fields = dict(fields or {})

    @property
    def in_a_list(self) -> str:
        """The sentence where many dossiers are named at once and no form is shown again."""
        return self.message.removesuffix(KEPT).strip().rstrip(".")


class ContentRefused(Exception):
    """A save that cannot be taken. The caller keeps what was typed on the page."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


def moved_on(dossier, process, actor) -> str:
    """“Chưa thực hiện được: hồ sơ đã được chuyển sang …” and who moved it."""
    return moved_on_by(dossier.events.order_by("-version").first(), dossier, process, actor)


def moved_on_by(event, dossier, process, actor) -> str:
    """The same where the dossier's last event is known (``None``: there is none). To a unit a person of the Sở is
    the place only, as in the timeline."""
    label = process.status(dossier.status).label
    if event is None:
        return f"{NOT_DONE}hồ sơ đang ở trạng thái “{label}”. Tải lại trang để xem."
    at = timezone.localtime(event.at)
    day = "" if at.date() == timezone.localdate() else f" ngày {at:%d/%m/%Y}"
    who = event.actor_name if actor.is_department or not event.by_department else department_place(event.place)
    return f"{NOT_DONE}hồ sơ đã được chuyển sang “{label}” lúc {at:%H:%M}{day} (người thực hiện: {who}). {KEPT}"


def department_place(place) -> str:
    """How a place at the Sở is named to a unit: “Sở KH&CN – Phòng Quản lý khoa học”."""
    return f"Sở KH&CN – {place}".removesuffix(" – Sở KH&CN")
