"""WSGI entry point for gunicorn."""

import logging
import os

from django.core.wsgi import get_wsgi_application

from kltn_portal.log_mask import MaskCalendarTokens

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kltn_portal.settings")
for name in ("gunicorn.error", "gunicorn.access"):  # these have handlers of their own
    logging.getLogger(name).addFilter(MaskCalendarTokens())
application = get_wsgi_application()
