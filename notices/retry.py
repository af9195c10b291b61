"""When to try a mail again that the server has put off: ladders by the code it answered. Pure functions."""

import datetime as dt
import random

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)

# After the last step its wait is repeated. Every ladder is about a day long, then the mail counts as failed.
QUICK = (10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE)
SLOW = (MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE)
LONGEST_QUICK, LONGEST_SLOW, WIDEST = 30 * MINUTE, 60 * MINUTE, 30 * MINUTE
QUICK_TRIES, SLOW_TRIES, SCATTERED_TRIES = 50, 28, 90

# The server is busy, not the mailbox: 421 goodbye, 431 full, 442/447 line or time, 452 short of room.
QUICK_CODES = frozenset({421, 431, 442, 447, 452})
SCATTERED_CODE = 432  # Microsoft: too many at once; whoever comes back together is put off together

AWAY = (MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 15 * MINUTE)


def wait(code, refusals, *, recipient, rng=random) -> dt.timedelta | None:
    """How long to wait after the ``refusals``-th answer ``code`` (1 = the first); ``None``: final, do not retry.

    ``recipient``: the mailbox was refused, not the message. Below 500 such a refusal comes back slowly
    (greylisting, a full mailbox); other 4xx codes too. Each wait is lengthened by up to a fifth, so that many
    mails do not come back in one second.
    """
    if not 400 <= code < 500:
        return None
    if code == SCATTERED_CODE:
        return None if refusals > SCATTERED_TRIES else MINUTE + rng.random() * (WIDEST - MINUTE)
    if code in QUICK_CODES and not recipient:
        return _step(QUICK, LONGEST_QUICK, QUICK_TRIES, refusals, rng)
    return _step(SLOW, LONGEST_SLOW, SLOW_TRIES, refusals, rng)


def wait_for_server(attempts, *, rng=random) -> dt.timedelta:
    """How long a mail rests when the server could not be spoken to at all; it never gives up."""
    return _scattered(AWAY[min(max(attempts, 1), len(AWAY)) - 1], rng)


def _step(ladder, longest, tries, refusals, rng):
    if refusals > tries:
        return None
    return _scattered(ladder[refusals - 1] if refusals <= len(ladder) else longest, rng)


def _scattered(delay, rng):
    return delay * (1 + rng.random() / 5)
