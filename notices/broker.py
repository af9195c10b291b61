"""A short look at the queue: never more than about two seconds, never an exception."""

import datetime as dt
import json
import logging
from dataclasses import dataclass

import redis
from celery import current_app

from notices.tasks import BY_BEAT, ENQUEUED

log = logging.getLogger(__name__)

QUEUE = "celery"  # Celery's default queue is a Redis list: new messages left, the oldest right
NEWEST = 50  # messages looked at for one of the beat


@dataclass(frozen=True)
class QueueState:
    """What the broker answered; ``error`` says in a few words when it did not.

    ``beaten``: when the newest message of the beat that still waits was put there.
    """

    length: int = 0
    oldest: dt.datetime | None = None
    beaten: dt.datetime | None = None
    error: str = ""


def look() -> QueueState:
    """Length of the queue, and when its oldest message and the newest of the beat were put there."""
    try:
        with _client() as client:
            length = client.llen(QUEUE)
            last = client.lindex(QUEUE, -1) if length else None
            newest = client.lrange(QUEUE, 0, NEWEST - 1) if length else []
    except redis.TimeoutError:
        return QueueState(error="quá thời gian chờ")
    except (redis.RedisError, OSError, ValueError) as error:
        log.warning("The broker cannot be asked: %s", error)
        return QueueState(error="không kết nối được")
    beaten = max(filter(None, (_enqueued(message, BY_BEAT) for message in newest)), default=None)
    return QueueState(length=length, oldest=_enqueued(last), beaten=beaten)


def _client():
    url = current_app.conf.broker_url.replace("redis+socket://", "unix://", 1)
    return redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=None)


def _enqueued(message, by=None):
    try:
        headers = json.loads(message)["headers"]
        return dt.datetime.fromisoformat(headers[ENQUEUED]) if by is None or headers.get(by) else None
    except (TypeError, KeyError, ValueError):  # an empty queue, or a message of somebody else
        return None
