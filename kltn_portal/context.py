"""What every page shows: names, the hotline, the trial banner, and the main navigation."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from notices.duties import open_duties_of
from notices.inbox import unread_count

PORTAL_NAME = "Cổng nhiệm vụ và báo cáo KH&CN"
ORG_NAME = "Sở Khoa học và Công nghệ Hà Nội"

# (label, url name, whether the count of waiting work is shown beside it)
UNIT_NAV = (
    ("Việc cần làm", "home", True),
    ("Đề xuất nhiệm vụ", "proposals:list", False),
    ("Báo cáo Chương trình", "reports:list", False),
    ("Hướng dẫn", "help", False),
)
DEPARTMENT_NAV = (
    ("Chờ xử lý", "admin:index", True),
    ("Đề xuất", "admin:proposals_proposal_changelist", False),
    ("Báo cáo", "admin:reports_report_changelist", False),
    ("Danh mục dùng chung", "admin:catalogue", False),
    ("Hướng dẫn", "help", False),
)
# Roots that other entries live under: current only on the page itself.
EXACT = {"home", "admin:index"}
# Pages that belong to an entry without lying under its address.
ALSO = {
    "admin:index": ("admin:notices_hold_changelist",),  # forecast and holds, reached from the queue
    "admin:proposals_proposal_changelist": ("admin:proposals_call_changelist",),
    "admin:reports_report_changelist": ("admin:reports_obligation_changelist", "admin:reports_cycle_changelist"),
}


def portal(request):
    """Context processor: HOTLINE, DEMO, names and ``nav`` (empty for visitors). Reads ``request.actor``, and
    counts waiting work and unread items where a page shows them."""
    return {
        "HOTLINE": settings.HOTLINE,
        "DEMO": settings.DEMO,
        "PORTAL_NAME": PORTAL_NAME,
        "ORG_NAME": ORG_NAME,
        "nav": navigation(request),
        "outbox_url": _url("outbox") if settings.DEMO else "",
        "help_url": _url("help"),
        # Asked only by pages with a masthead.
        "duty_count": SimpleLazyObject(lambda: _waiting(request)),
        "unread_count": SimpleLazyObject(lambda: _unread(request)),
    }


def _waiting(request):
    """The figure beside the first entry of the menu.

    Counted anew for each page from the one list of duties: 14 queries whatever the unit owes, and right at once
    after a step of one's own. A cache would lie then; a second, cheaper rule of what is owed would drift.
    """
    from kltn_portal.queue import waiting_count  # the admin site needs the names above before the models are ready

    actor = getattr(request, "actor", None)
    if actor is None:
        return 0
    return waiting_count(actor) if actor.is_department else _open(actor)


def _open(actor):
    return sum(not duty.settled for duty in open_duties_of(actor, now=timezone.now()))


def _unread(request):
    actor = getattr(request, "actor", None)
    return unread_count(actor.user) if actor else 0


def navigation(request):
    """Main menu of the person signed in; entries whose page does not exist are left out."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return []
    entries = []
    for label, name, counts in DEPARTMENT_NAV if actor.is_department else UNIT_NAV:
        if url := _url(name):
            entries.append({"label": label, "url": url, "counts": counts, "name": name, "current": False})
    _mark_current(entries, request.path)
    return entries


def _mark_current(entries, path):
    """Mark the entry whose address, or that of a page belonging to it, reaches furthest into ``path``."""
    reach = {entry["name"]: max(_reaches(entry, path), default=0) for entry in entries}
    if not any(reach.values()) and (admin := _url("admin:index")) and path.startswith(admin):
        reach["admin:catalogue"] = 1  # every other admin page is a catalogue
    for entry in entries:
        entry["current"] = bool(reach[entry["name"]]) and reach[entry["name"]] == max(reach.values())


def _reaches(entry, path):
    """Lengths of the addresses of an entry that ``path`` lies under."""
    if path == entry["url"] or (entry["name"] not in EXACT and path.startswith(entry["url"])):
        yield len(entry["url"])
    for url in filter(None, map(_url, ALSO.get(entry["name"], ()))):
        if path.startswith(url):
            yield len(url)


def _url(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
