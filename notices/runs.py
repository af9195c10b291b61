"""One run of what the beat wakes, as worker and commands start it: with a sign of life at its end."""

import logging
from dataclasses import asdict

from notices import heartbeats
from notices.planner import plan
from notices.sender import send
from notices.weekly import plan_weekly

log = logging.getLogger(__name__)


def run_planner(*, now):
    """Plan and say so; an exception passes on and leaves no sign of life."""
    result = plan(now=now)
    heartbeats.beat(heartbeats.PLANNER, now=now, detail=asdict(result))
    return result


def run_weekly(*, now) -> int:
    """Write the weekly letters that are due and say so.

    The day's digests come first, so that the letters ride with them instead of leaving before them.
    """
    try:
        plan(now=now)
    except Exception:  # the planner's own sign of life tells of it
        log.exception("The digests could not be planned before the weekly letters")
    return run_counted(heartbeats.WEEKLY, plan_weekly, now=now)


def run_counted(name, work, *, now) -> int:
    """``work(now=…)``, which returns how many, with a sign of life; an exception passes on and leaves none."""
    count = work(now=now)
    heartbeats.beat(name, now=now, detail={"count": count})
    return count


def run_sender(*, now, limit=500, seconds=None, progress=None):
    """Send and say so, with how long the mail server has been away by now."""
    before = heartbeats.detail_of(heartbeats.SENDER)
    result = send(now=now, limit=limit, seconds=seconds, progress=progress)
    detail = asdict(result)
    idle = not any(detail[name] for name in ("sent", "later", "failed", "unknown"))
    if result.away or (idle and before.get("away")):  # nothing was tried: what was known still holds
        detail["away"] = result.away or before["away"]
        detail["away_since"] = before.get("away_since") or now.isoformat()
    heartbeats.beat(heartbeats.SENDER, now=now, detail=detail)
    return result
