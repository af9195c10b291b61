"""Bring the data of a trial run up to date; prints the sample sign-ins on standard output.

One process for all steps: starting Python and Django once instead of five times is most of a second start.
"""

import hashlib
import io
import os
import sys
from pathlib import Path


def note(text):
    """Progress goes to standard error: standard output carries the sign-ins only."""
    print(text, file=sys.stderr, flush=True)


def migrate_and_load():
    """Migrate, load the reference data, and on a database without users the sample data (whole or not at all)."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
    for load in ("load_reference", "load_programmes", "load_ladder"):
        call_command(load, stdout=io.StringIO())  # their counts mean nothing to who starts a trial run
    if not get_user_model().objects.exists():
        note("Đang tạo dữ liệu mẫu…")
        with transaction.atomic():
            call_command("load_sample", stdout=sys.stderr)


def static_fingerprint():
    """Checksum over name, size and time of every static source file and over what installs them."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            digest.update(f"{storage.path(path)}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static():
    """Collect static files unless nothing changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    stamp, current = Path(settings.DATA_DIR) / "static.stamp", static_fingerprint()
    if stamp.exists() and stamp.read_text() == current and Path(settings.STATIC_ROOT).is_dir():
        return
    note("Đang chuẩn bị tệp giao diện…")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, stdout=sys.stderr)
    stamp.write_text(current)


def main():
    """All steps in order; any error ends the process with a traceback and a non-zero code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kltn_portal.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    django.setup()
    migrate_and_load()
    collect_static()
    call_command("sample_logins")


if __name__ == "__main__":
    main()
