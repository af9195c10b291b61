"""A short look at the queue: never more than about two seconds, never an exception."""

import datetime as dt
import json
import logging
from dataclasses import dataclass

import redis
from celery import current_app

from notices.tasks import ENQUEUED

log = logging.getLogger(__name__)

QUEUE = "celery"  # Celery's default queue is a Redis list: new messages left, the oldest right


@dataclass(frozen=True)
class QueueState:
    """What the broker answered; ``error`` says in a few words when it did not."""

    length: int = 0
    oldest: dt.datetime | None = None
    error: str = ""


def look() -> QueueState:
    """Length of the queue and when its oldest message was put there."""
    try:
        with _client() as client:
            length = client.llen(QUEUE)
            last = client.lindex(QUEUE, -1) if length else None
    except redis.TimeoutError:
        return QueueState(error="quá thời gian chờ")
    except (redis.RedisError, OSError, ValueError) as error:
        log.warning("The broker cannot be asked: %s", error)
        return QueueState(error="không kết nối được")
    return QueueState(length=length, oldest=_enqueued(last))


def _client():
    url = current_app.conf.broker_url.replace("redis+socket://", "unix://", 1)
    return redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=None)


def _enqueued(message):
    try:
        return dt.datetime.fromisoformat(json.loads(message)["headers"][ENQUEUED])
    except (TypeError, KeyError, ValueError):  # an empty queue, or a message of somebody else
        return None
