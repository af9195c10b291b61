"""Checks that need no database and no browser: style, migrations, deployment settings. Runs all, then reports."""

import os
import secrets
import subprocess
import sys

PRODUCTION_LIKE = {
    "SECRET_KEY": secrets.token_urlsafe(60),
    "DATABASE_URL": "sqlite://:memory:",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example.vn:587",
    "SITE_URL": "https://portal.example.vn",
    "DEFAULT_FROM_EMAIL": "portal@example.vn",
    "HOTLINE": "024 0000 0000",
    "ALLOWED_HOSTS": "portal.example.vn",
    "DEBUG": "0",
    "DEMO": "0",
    "HTTPS": "1",
}
CHECKS = [
    ["ruff", "check", "--quiet", "."],
    ["ruff", "format", "--quiet", "--check", "."],
    ["django", "makemigrations", "--check", "--dry-run"],
    ["django", "check", "--deploy", "--fail-level", "WARNING"],
]


def main():
    """Run every check; 1 when any of them failed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kltn_portal.settings")
    failed = []
    for tool, *arguments in CHECKS:
        argv = [sys.executable, "-m", tool, *arguments]
        if subprocess.run(argv, env={**os.environ, **PRODUCTION_LIKE}).returncode:
            failed.append(" ".join([tool, *arguments]))
    for name in failed:
        print(f"lint: {name} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
