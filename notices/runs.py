"""One run of the planner and of the sender, as worker and commands start them: with a sign of life at its end."""

from dataclasses import asdict

from notices import heartbeats
from notices.planner import plan
from notices.sender import send


def run_planner(*, now):
    """Plan and say so; an exception passes on and leaves no sign of life."""
    result = plan(now=now)
    heartbeats.beat(heartbeats.PLANNER, now=now, detail=asdict(result))
    return result


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
