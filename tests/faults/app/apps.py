"""Breaks a process on demand: its clock, its start, its duties."""

import os
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
            time_machine.travel(time.time() + offset, tick=True).start()
        if path := os.environ.get("FAULT_DUTIES"):
            for other in duties.providers():
                duties.unregister(other.prefix)
            duties.register(FileProvider(path))
        if gate := os.environ.get("FAULT_GATE"):  # loaded and waiting: many processes can be released together
            end = time.monotonic() + 120
            while not Path(gate).exists() and time.monotonic() < end:
                time.sleep(0.002)
