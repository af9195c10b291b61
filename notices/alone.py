"""One run at a time among the processes of one worker; the system frees the place of a process that dies.

Whoever finds the place taken has left its wish there first: the one at work looks again when it is through.
"""

import contextlib
import fcntl
import hashlib
import logging
import time
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)


@contextlib.contextmanager
def only_one(what, place):
    """Yields whether nobody else does ``what`` at ``place`` now; never waits. Where no file can be kept: yes."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(open(_file(what, place, "lock"), "ab"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError as error:
            log.warning("No lock file can be kept, %s may run beside another: %s", what, error)
        yield True


def one_after_the_other(what, place, work, *, seconds):
    """Call ``work(seconds left)`` while somebody wishes it and ``seconds`` are left; returns its last answer.

    ``None`` where another is at it: that one sees the wish after its own run, for the wish is written before the place
    is tried, and looked for after the place is free again.
    """
    began, answer = time.monotonic(), None
    if not _wish(what, place):
        return work(seconds)
    wish = _file(what, place, "wish")
    while wish.exists() and (left := seconds - (time.monotonic() - began)) > 0:
        with only_one(what, place) as alone:
            if not alone:
                return answer
            wish.unlink(missing_ok=True)
            answer = work(left)
    return answer


def _wish(what, place):
    try:
        _file(what, place, "wish").touch()
        return True
    except OSError as error:
        log.warning("No wish can be kept, %s may run beside another: %s", what, error)
        return False


def _file(what, place, kind):
    # A worker's name may hold anything; it is the same for all processes of its pool.
    folder, mark = Path(settings.DATA_DIR), hashlib.sha256(place.encode()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{what}-{mark}.{kind}"
