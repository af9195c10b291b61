"""Settings of the processes a fault scenario starts: the real ones, plus the app that breaks things on demand.

What a scenario wants comes from its environment: FAULT_DUTIES (file of duties), FAULT_OFFSET (seconds the clock is
ahead), FAULT_GATE (file to wait for), FAULT_DIE ("after:7": die when the seventh mail was taken),
FAULT_CRASH (key of the mail whose writing kills the process).
"""

import os

from kltn_portal.settings import *  # noqa: F403
from kltn_portal.settings import CELERY_BEAT_SCHEDULE, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.app"]
EMAIL_BACKEND = "tests.faults.app.backends.DyingBackend"
EMAIL_TIMEOUT = 5
if os.environ.get("FAULT_PLAN_EVERY"):
    CELERY_BEAT_SCHEDULE["plan-reminders"]["schedule"] = float(os.environ["FAULT_PLAN_EVERY"])
