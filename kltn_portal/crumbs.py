"""The way to a page: always from the entry of the main menu it lies under, whoever wrote the page."""

from django.urls import NoReverseMatch, reverse
from django.utils.text import Truncator, capfirst

LONGEST = 12  # words of an object's name


def from_menu(context, crumbs):
    """``crumbs`` with the current entry of the menu in front, unless they begin there or the page is that entry."""
    entry = next((one for one in context.get("nav") or () if one["current"]), None)
    request = context.get("request")
    if entry is None or (request is not None and request.path == entry["url"]):
        return crumbs
    if crumbs and crumbs[0]["url"] == entry["url"]:
        return crumbs
    return [{"label": entry["label"], "url": entry["url"]}, *crumbs]


def of_admin_page(context):
    """(crumbs, name of the page itself) of a stock page of the admin: its table, its row, what is done with it."""
    title, opts = context.get("title") or "", context.get("opts")
    if opts is None or "cl" in context:
        return [], title
    crumbs = _crumb(capfirst(opts.verbose_name_plural), f"admin:{opts.app_label}_{opts.model_name}_changelist")
    row = context.get("original")
    if row is not None:
        return crumbs, _short(row)
    if (row := context.get("object")) is not None:  # history, deletion
        crumbs += _crumb(_short(row), f"admin:{opts.app_label}_{opts.model_name}_change", row.pk)
        return crumbs, "Lịch sử" if "action_list" in context else "Xóa"
    return crumbs, title


def _short(row):
    return Truncator(str(row)).words(LONGEST)


def _crumb(label, name, *args):
    try:
        return [{"label": label, "url": reverse(name, args=args)}]
    except NoReverseMatch:
        return []
