"""Signs of life, and what the watch makes of them."""

from notices import heartbeats
from notices.watching import look
from tests.factories import NOW


def alive(now=NOW, *names):
    """The parts named (all by default) were at work at ``now``; cycles and weekly letters were looked at anyway."""
    for name in ("opener", "weekly", *(names or ("planner", "sender", "worker", "beat"))):
        heartbeats.beat(name, now=now)


def codes(now=NOW):
    """What is wrong, by code."""
    return [problem.code for problem in look(now=now).problems]
