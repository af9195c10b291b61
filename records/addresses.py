"""The address a request comes from."""

from django.conf import settings


def client_address(request) -> str:
    """The visitor's address. X-Forwarded-For counts only behind our own proxy, and then only its last entry."""
    if settings.BEHIND_PROXY:
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if chain[-1].strip():
            return chain[-1].strip()[:45]
    return request.META.get("REMOTE_ADDR", "")[:45] or "?"
