"""The ladders every kind of duty starts with; an administrator changes them in the admin."""

from notices.duties import duty_kinds
from notices.ladder import default_rungs
from notices.models import Rung


def load_ladder() -> int:
    """Insert the default rungs of each kind of duty that has none yet; changes nothing else. Returns a count."""
    known = set(Rung.objects.order_by().values_list("kind", flat=True))
    fresh = [
        Rung(kind=kind, offset=offset, copy_leader=copy_leader)
        for kind in duty_kinds()
        if kind not in known
        for offset, copy_leader in default_rungs(kind)
    ]
    Rung.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
