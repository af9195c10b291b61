"""What every page shows: names, the hotline, the trial banner, and the main navigation."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

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


def portal(request):
    """Context processor: HOTLINE, DEMO, names and ``nav`` (empty for visitors). Reads ``request.actor``, and
    counts the unread items of the inbox where a page shows them."""
    return {
        "HOTLINE": settings.HOTLINE,
        "DEMO": settings.DEMO,
        "PORTAL_NAME": PORTAL_NAME,
        "ORG_NAME": ORG_NAME,
        "nav": navigation(request),
        "outbox_url": _url("outbox") if settings.DEMO else "",
        "help_url": _url("help"),
        "unread_count": SimpleLazyObject(lambda: _unread(request)),  # asked only by pages with a masthead
    }


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
    matches = [e for e in entries if path == e["url"] or (e["name"] not in EXACT and path.startswith(e["url"]))]
    if not matches and (admin := _url("admin:index")) and path.startswith(admin):
        matches = [e for e in entries if e["name"] == "admin:catalogue"]  # every other admin page is a catalogue
    if matches:
        max(matches, key=lambda entry: len(entry["url"]))["current"] = True


def _url(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
