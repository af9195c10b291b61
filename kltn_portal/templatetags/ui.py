"""Template tags of the shared components; a builtin, so no template needs ``{% load %}``.

Markup lives in ``templates/components``; the tags only shape their arguments.
"""

from itertools import zip_longest

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import capfirst

from kltn_portal import crumbs
from kltn_portal.templatetags import ui_forms

register = template.Library()

SOON_DAYS = 3  # working days left from which a deadline is shown as near
CHIP_ICONS = {
    "ok": "check2",
    "warn": "exclamation-triangle",
    "late": "exclamation-circle",
    "idle": "dash-lg",
    "info": "search",
}


@register.simple_tag
def icon(name):
    """A decorative Bootstrap icon, silent for screen readers."""
    return format_html('<i class="bi bi-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def hotline():
    """The phone line of the Sở; needs no context, so the 500 page may use it."""
    return settings.HOTLINE


@register.simple_tag
def labelled_cells(cells, headers):
    """Cells of a row of a stock admin list, each with the name of its column; the tick box and hidden ids have none."""
    names = ["" if "action-checkbox" in header.get("class_attrib", "") else header["text"] for header in headers]
    return mark_safe("".join(_labelled(cell, name) for cell, name in zip_longest(cells, names, fillvalue="")))


def _labelled(cell, name):
    if not name or not cell.startswith("<td"):
        return conditional_escape(cell)
    return format_html('<td data-label="{}"{}', capfirst(strip_tags(str(name))), mark_safe(cell[3:]))


@register.inclusion_tag("components/chip.html")
def chip(tone, label, icon=None):
    """Status chip; ``tone`` is ok, warn, late, idle or info. ``icon=""`` leaves the icon out."""
    return {"tone": tone, "label": label, "icon": CHIP_ICONS.get(tone, "") if icon is None else icon}


@register.inclusion_tag("components/due.html")
def due(days_left, settled=False, grace=False):
    """Due box of a task: working days left, negative when late, None when there is no deadline.

    ``settled``: said to be done, somebody else checks; ``grace``: past its day, so many days still count as on time.
    """
    if settled:
        return {"tone": "idle", "figure": "–", "words": "đã báo"}
    if days_left is None:
        return {"tone": "", "figure": "–", "words": "không có hạn"}
    if grace and days_left > 0:
        return {"tone": "warn", "figure": days_left, "words": "ngày làm việc còn tính đúng hạn", "working": True}
    if grace:
        return {"tone": "warn", "figure": "Hôm nay", "words": "còn tính đúng hạn", "word_figure": True}
    if days_left < 0:
        return {"tone": "late", "figure": -days_left, "words": "ngày làm việc quá hạn", "working": True}
    if days_left == 0:
        return {"tone": "warn", "figure": "Hôm nay", "words": "là hạn gửi", "word_figure": True}
    tone = "warn" if days_left <= SOON_DAYS else ""
    return {"tone": tone, "figure": days_left, "words": "ngày làm việc còn lại", "working": True}


@register.inclusion_tag("components/progress.html")
def progress(done, total, label="", name=""):
    """Progress bar with its figures; ``name`` lets autosave find it (default: any answer's progress)."""
    return {"done": done, "total": total, "maximum": max(total or 0, 1), "label": label, "name": name}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*sources, extra=()):
    """Box of links to every wrong field; ``sources`` are forms, formsets or lists of them.

    ``extra`` holds further (href, sentence) pairs. Prints nothing when nothing is wrong.
    """
    return {"entries": [*ui_forms.collect_errors(sources), *extra]}


@register.inclusion_tag("components/field.html")
def field(bound, label=None, help=None, show_label=True, optional=True, wrapper=""):
    """One form field: label above, help, control, error; ids match ``aria-describedby``."""
    return ui_forms.field_context(bound, label, help, show_label, optional, wrapper)


@register.simple_tag
def control(bound, **attrs):
    """Only the control of a field, with the portal's classes and aria attributes (grid cells)."""
    attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    return ui_forms.render_control(bound, attrs)


@register.inclusion_tag("components/field_error.html")
def field_error(bound):
    """Only the error of a field, at the id its control points to."""
    return {"bound": bound}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context, page, parameter="page", noun=""):
    """“1–25 trong 312” and page links that keep the other query parameters."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is not None:
        query.pop(parameter, None)
    rest = query.urlencode() if query else ""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "numbers": list(numbers),
        "ellipsis": page.paginator.ELLIPSIS,
        "prefix": f"?{rest}&{parameter}=" if rest else f"?{parameter}=",
        "noun": noun,
    }


@register.inclusion_tag("components/empty_state.html")
def empty_state(title, text="", href="", action="", icon="inbox"):
    """What to say (and do) where a list has nothing."""
    return {"title": title, "text": text, "href": href, "action": action, "icon": icon}


@register.inclusion_tag("components/timeline.html")
def timeline(events):
    """Events, newest first; each has title, who, when and may have note, tone, href."""
    return {"events": events}


@register.inclusion_tag("components/breadcrumbs.html", takes_context=True)
def breadcrumbs(context, *parts):
    """``label url label url … label``: the last label is the page itself. The menu's entry comes first by itself."""
    given = [{"label": parts[i], "url": parts[i + 1]} for i in range(0, len(parts) - 1, 2)]
    here = parts[-1] if len(parts) % 2 else ""
    return {"crumbs": crumbs.from_menu(context, given), "here": here}


@register.inclusion_tag("components/breadcrumbs.html", takes_context=True)
def admin_breadcrumbs(context):
    """The same for a stock page of the admin, which says itself what it shows."""
    given, here = crumbs.of_admin_page(context)
    return {"crumbs": crumbs.from_menu(context, given), "here": here}


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows):
    """Read-only pairs; a row is (term, value) or (term, value, edit_url). Blank prints “Không điền”."""
    shaped = []
    for row in rows:
        term, value, *rest = row
        shaped.append({"term": term, "value": value, "blank": value in (None, "", []), "edit": rest[0] if rest else ""})
    return {"rows": shaped}


@register.inclusion_tag("components/stepnav.html")
def stepnav(steps, label="Các phần"):
    """Section list; a step has label, url, state (done, todo, bad, locked) and may have current, note."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("components/save_state.html")
def save_state(text=""):
    """Where autosave writes “Đã lưu lúc 14:32”; ``text`` is what it shows before the first save."""
    return {"text": text}


@register.simple_block_tag
def pagehead(content, title, lede="", chip_tone="", chip_label=""):
    """Page header: the h1, one line under it, and the block's content as actions on the right."""
    parts = [format_html("<h1>{}</h1>", title)]
    if lede:
        parts.append(format_html('<p class="lede">{}</p>', lede))
    if chip_label:
        parts.append(render_to_string("components/chip.html", chip(chip_tone, chip_label)))
    actions = content.strip()
    right = format_html('<div class="page-actions">{}</div>', mark_safe(actions)) if actions else ""
    return format_html('<div class="page-head"><div>{}</div>{}</div>', mark_safe("".join(parts)), right)


@register.simple_block_tag
def note(content, tone="warn", title=""):
    """A note inside the page: tone warn, late, ok or info; the block's content is its text."""
    heading = format_html('<p class="note-title">{}</p>', title) if title else ""
    return format_html('<div class="note {}">{}{}</div>', tone, heading, conditional_escape(content))
