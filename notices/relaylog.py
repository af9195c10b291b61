"""What the log of a Postfix relay says of our mails. Pure: lines in, outcomes by Message-ID out.

Line formats: Postfix's own logging (cleanup ``message-id=<…>``, delivery agents ``status=sent|bounced|deferred``,
qmgr ``status=expired``), with traditional or ISO time stamps, short or long queue ids.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

SENT, BOUNCED, DEFERRED = "sent", "bounced", "deferred"

_BEGINS = re.compile(r"postfix[^\s:]*\[\d+\]: (?P<queue>[0-9A-Za-z]{5,}): message-id=(?P<id><[^>\s]+>)")
_ENDS = re.compile(
    r"postfix[^\s:]*\[\d+\]: (?P<queue>[0-9A-Za-z]{5,}): .*?\bstatus=(?P<status>sent|bounced|deferred|expired)\b"
    r"(?P<words>.*)"
)
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_TRADITIONAL = re.compile(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d")
_HANDED_ON = re.compile(r"queued as (?P<queue>[0-9A-Za-z]{5,})")


@dataclass
class _Life:
    """One stay of one mail in the relay's queue; short queue ids are used again for other mails."""

    message_id: str
    queue: str
    status: str = DEFERRED
    words: str = "Máy chủ thư đã nhận vào hàng đợi, chưa ghi kết quả."
    stamp: str = ""


@dataclass(frozen=True)
class Outcome:
    """``status`` is SENT, BOUNCED or DEFERRED (the relay still has it); ``words`` what the log says, ``stamp`` the
    time as it stands there."""

    status: str
    words: str
    stamp: str = ""


def read_log(lines: Iterable[str], wanted) -> dict[str, Outcome]:
    """``{Message-ID: Outcome}`` for those of ``wanted`` the log knows. Reads once, keeps only what is wanted."""
    wanted, open_lives, lives = set(wanted), {}, []
    for line in lines:
        if "message-id=" in line and (found := _BEGINS.search(line)):
            open_lives.pop(found["queue"], None)
            if found["id"] in wanted:
                life = open_lives[found["queue"]] = _Life(found["id"], found["queue"])
                lives.append(life)
        elif "status=" in line and (found := _ENDS.search(line)) and (life := open_lives.get(found["queue"])):
            life.status = BOUNCED if found["status"] == "expired" else found["status"]
            life.words = f"{found['status']}{found['words']}".strip()[:400]
            begins = _ISO.match(line) or _TRADITIONAL.match(line)
            life.stamp = begins[0] if begins else ""
    by_id = {}
    for life in lives:
        by_id.setdefault(life.message_id, []).append(life)
    return {message_id: _outcome(some) for message_id, some in by_id.items()}


def moment_of(stamp, *, now) -> dt.datetime | None:
    """A time of the log as a moment not after ``now``; without a zone it is ours, without a year the newest that fits."""
    zone = now.tzinfo
    try:
        if _ISO.fullmatch(stamp):
            at = dt.datetime.fromisoformat(stamp)
            at = at if at.tzinfo else at.replace(tzinfo=zone)
        else:
            at = dt.datetime.strptime(f"{now.year} {stamp}", "%Y %b %d %H:%M:%S").replace(tzinfo=zone)
            at = at if at <= now else at.replace(year=now.year - 1)
    except ValueError:  # no time, or 29 February of another year
        return None
    return at if at <= now else None


def _outcome(lives):
    """Several stays: handed on to a filter, or sent more than once. Arrived once is arrived."""
    queues = {life.queue for life in lives}
    final = [life for life in lives if not _handed_on(life, queues)] or lives
    for status in (SENT, DEFERRED, BOUNCED):
        for life in final:
            if life.status == status:
                return Outcome(status, life.words, life.stamp)
    raise AssertionError("every stay has one of the three")


def _handed_on(life, queues):
    onward = _HANDED_ON.search(life.words) if life.status == SENT else None
    return bool(onward and onward["queue"] in queues - {life.queue})
