"""For probes of a load balancer or a monitor: no sign-in, no secrets, no cache."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notices import broker

_migrated = False  # once true it stays true for this process: its code does not change any more


@never_cache
@require_safe
def healthz(request):
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request):
    """503 unless pages can be served and files kept; a queue that is away only degrades."""
    parts = {"database": _database(), "files": _files()}
    parts["migrations"] = _migrations() if parts["database"] == "ok" else "unknown"
    ready = all(state == "ok" for state in parts.values())
    parts["queue"] = "degraded" if broker.look().error else "ok"
    status = "down" if not ready else "degraded" if parts["queue"] != "ok" else "ok"
    return JsonResponse({"status": status, **parts}, status=200 if ready else 503)


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except (DatabaseError, InterfaceError):
        return "down"
    return "ok"


def _migrations():
    global _migrated
    if _migrated:
        return "ok"
    try:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InterfaceError):
        return "down"
    return "ok" if _migrated else "pending"


def _files():
    try:
        folder = Path(settings.MEDIA_ROOT)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".ready-") as probe:
            probe.write(b"ok")
    except OSError:
        return "down"
    return "ok"
