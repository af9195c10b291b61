"""The HTML part of a mail, alone, for a sandboxed frame of a page."""

import re

from django.http import HttpResponse

# Mail readers need inline styles: they are allowed in the frame; script, forms and foreign pictures not. A link opens
# a tab of its own, outside the frame's rules, with no way back to the page (noopener goes with _blank). The same
# origin lets our page measure the part; without script the part itself can do nothing with it.
MAIL_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_HEAD = re.compile(r"<head\b[^>]*>", re.I)
NEW_TAB = '<base target="_blank">'
LEAST, LINE, MOST = 200, 40, 1600  # pixels: head and foot of a mail, one line of it, no more than this


def html_part(html) -> HttpResponse:
    """The part under its own strict policy, framed by our own pages only; its links open a new tab."""
    shown = _HEAD.sub(lambda head: head[0] + NEW_TAB, html, count=1) if _HEAD.search(html) else NEW_TAB + html
    return HttpResponse(shown, headers={"Content-Security-Policy": MAIL_CSP, "X-Frame-Options": "SAMEORIGIN"})


def frame_height(text) -> int:
    """About how high the HTML part is, from its text part: until ``frames.js`` has measured it, or without script."""
    lines = sum(1 + len(line) // 70 for line in text.splitlines() if line.strip())
    return min(MOST, LEAST + LINE * lines)
