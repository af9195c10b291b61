"""Writing the audit trail."""

import ipaddress

from .models import AuditEntry
from .text import clean_line, search_text


def audit(*, action, actor, now, label="", path="", detail=None, ip=None):
    """Write one line of the audit trail in the caller's transaction and return it.

    ``action`` is a dotted code ("dossier.sent"); ``actor`` a user, an anonymous user or None (the system).
    ``detail`` must be JSON data. Too long labels are cut, an unreadable address is left out – a step never
    fails because of its trail.
    """
    known = actor is not None and getattr(actor, "pk", None) is not None
    name = (actor.get_full_name() or actor.get_username()) if known else ""
    label = clean_line(str(label))[:300]
    return AuditEntry.objects.create(
        at=now,
        actor=actor if known else None,
        actor_name=clean_line(name)[:200],
        action=action,
        object_label=label,
        object_path=path[:300],
        detail=detail or {},
        ip=_address(ip),
        search=search_text(name, actor.get_username() if known else "", label, *_units(detail)),
    )


def _units(detail):
    """Units named in the particulars, so that the trail of a unit is found by its name."""
    units = detail.get("units") if isinstance(detail, dict) else None
    return units if isinstance(units, list) else []


def _address(ip):
    try:
        return str(ipaddress.ip_address(ip)) if ip else None
    except ValueError:
        return None
