"""Breaks a process on demand: its clock, its start, its duties, the writing of one mail."""

import os
import signal
import time
from pathlib import Path

import time_machine
from django.apps import AppConfig

from tests.faults.app.provider import FileProvider


class FaultsConfig(AppConfig):
    name = "tests.faults.app"
    label = "faults"

    def ready(self):
        from notices import duties

        if offset := float(os.environ.get("FAULT_OFFSET", 0)):
            _move_clock(offset)
        if path := os.environ.get("FAULT_DUTIES"):
            for other in duties.providers():
                duties.unregister(other.prefix)
            duties.register(FileProvider(path))
        if key := os.environ.get("FAULT_CRASH"):
            _crash_over(key)
        if gate := os.environ.get("FAULT_GATE"):  # loaded and waiting: many processes can be released together
            Path(f"{gate}.ready-{os.getpid()}").touch()
            end = time.monotonic() + 120
            while not Path(gate).exists() and time.monotonic() < end:
                time.sleep(0.002)


def _move_clock(offset):
    """``offset`` seconds ahead, and never behind that: a mail may leave from the moment its writer's clock showed.

    What starting takes – on a busy machine longer than a page needs to write a mail – is made up for.
    """
    clock = time_machine.travel(time.time() + offset, tick=True).start()
    shown = time.time()
    clock.shift(time_machine.escape_hatch.time.time() + offset - shown)


def _crash_over(key):
    """The process dies while it composes the mail of this key, as by a fault in a library."""
    from notices import sender

    plain = sender.compose

    def compose(mail, *args):
        if mail.dedupe_key == key:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(mail, *args)

    sender.compose = compose
