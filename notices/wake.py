"""Waking the sender after commit. A hint only: when it is lost, the beat finds the mail within a minute."""

import logging
import os
import threading

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


class Nudger:
    """Publishes from one thread: a broker that is down or silent may hold it for seconds, never a request.

    Any number of wishes while it is busy become one more message; there is never a second thread.
    """

    def __init__(self):
        self.reset()

    def reset(self):
        """Forget everything: in a forked child the thread does not exist, and the lock may be held by nobody."""
        self._lock, self._wanted, self._thread = threading.Lock(), False, None

    def wish(self):
        """Ask for a message; returns at once. Raises ``RuntimeError`` when no thread can be started."""
        with self._lock:
            self._wanted = True
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="wake-sender", daemon=True)
                thread.start()
                self._thread = thread

    def wait(self, seconds) -> bool:
        """Wait until nothing is being published; False when ``seconds`` were not enough (tests, shutdown)."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return self._thread is None

    def _run(self):
        while True:
            with self._lock:
                if not self._wanted:
                    self._thread = None
                    return
                self._wanted = False
            if not publish():
                with self._lock:  # no use in knocking again at once: the beat wakes the sender
                    self._wanted, self._thread = False, None
                return


def publish() -> bool:
    """Put one message into the queue over a connection of its own; False, with a warning, when that fails.

    No pool: a pooled connection may be half-open since the broker's restart, or come from before a fork.
    """
    try:
        with current_app.connection_for_write() as connection:
            current_app.send_task("notices.send", expires=60, connection=connection, retry=False)
    except Exception as error:  # whatever the broker does, the mail is safe in its table
        log.warning("Could not wake the sender, the beat will: %s", error)
        return False
    return True


nudger = Nudger()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=nudger.reset)


def wake_sender():
    """Tell the worker after commit that there is mail, once per transaction, without making the caller wait."""
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is _nudge for entry in waiting):
        transaction.on_commit(_nudge, robust=True)


def _nudge():
    nudger.wish()
