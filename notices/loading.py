"""The ladders every kind of duty starts with; an administrator changes them in the admin."""

from notices.duties import duty_kinds
from notices.ladder import default_rungs
from notices.models import Rung


def load_ladder(kinds=None, *, but=()) -> int:
    """Insert the default rungs of each kind of duty (of ``kinds``, when given) that has none yet, except those at the
    offsets ``but``; changes nothing else. Returns a count."""
    known = set(Rung.objects.order_by().values_list("kind", flat=True))
    wanted = [kind for kind in (duty_kinds() if kinds is None else kinds) if kind not in known]
    fresh = [
        Rung(kind=kind, **step._asdict()) for kind in wanted for step in default_rungs(kind) if step.offset not in but
    ]
    Rung.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
