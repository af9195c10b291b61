"""Settings of a process whose clock is FAULT_OFFSET seconds ahead (tests/faults/app): the real ones in all else."""

from kltn_portal.settings import *  # noqa: F403
from kltn_portal.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.app"]
