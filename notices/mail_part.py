"""The HTML part of a mail, alone, for a sandboxed frame of a page."""

from django.http import HttpResponse

# Mail readers need inline styles: they are allowed in the frame; script, forms, links out and foreign pictures not.
MAIL_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
)


def html_part(html) -> HttpResponse:
    """The part under its own strict policy, framed by our own pages only."""
    return HttpResponse(html, headers={"Content-Security-Policy": MAIL_CSP, "X-Frame-Options": "SAMEORIGIN"})
