"""Settings of a worker whose limits can be waited for: the real ones, with the seconds its environment names."""

import os

from kltn_portal.settings import *  # noqa: F403
from kltn_portal.settings import CELERY_BROKER_TRANSPORT_OPTIONS, CELERY_TASK_TIME_LIMIT

CELERY_TASK_TIME_LIMIT = float(os.environ.get("SHORT_TIME_LIMIT", CELERY_TASK_TIME_LIMIT))
if "SHORT_VISIBILITY" in os.environ:
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "visibility_timeout": float(os.environ["SHORT_VISIBILITY"]),
        "unacked_restore_interval": 1,
    }
EMAIL_TIMEOUT = 300  # a silent mail server is left to the limit of the task
