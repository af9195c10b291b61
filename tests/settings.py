"""Settings of the tests: the real ones, in a folder and on a database of their own, with no way out.

TEST_DATABASE_URL names a PostgreSQL server (``make test`` starts one); without it SQLite in a file, because live
servers and worker processes must see the same data.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "KLTN_TEST_DIR" not in os.environ:  # the first process makes the folder and removes it; xdist's workers share it
    os.environ["KLTN_TEST_DIR"] = tempfile.mkdtemp(prefix="kltn-test-", dir="/tmp")  # short: it holds sockets
    atexit.register(shutil.rmtree, os.environ["KLTN_TEST_DIR"], ignore_errors=True)
_own = Path(os.environ["KLTN_TEST_DIR"]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
_own.mkdir(exist_ok=True)

os.environ.update(
    DATA_DIR=str(_own),
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{_own / 'unused.sqlite3'}",
    SECRET_KEY="tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    DEBUG="0",
    DEMO="0",
    HTTPS="0",
    SITE_URL="http://127.0.0.1:8000",
    DEFAULT_FROM_EMAIL="Sở KH&CN Hà Nội <khcn@localhost>",
    MAIL_DOMAIN="khcn.hanoi.local",
    HOTLINE="Văn phòng Sở KH&CN (số mẫu): 024 0000 0000",
    EMAIL_URL="memorymail://",
    REDIS_URL="redis://127.0.0.1:1/0",  # nobody listens there; the fixture redis_url brings a real one
    STATICFILES_BACKEND="django.contrib.staticfiles.storage.StaticFilesStorage",
)
for _name in ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "STATIC_ROOT", "MEDIA_ROOT", "BEHIND_PROXY"):
    os.environ.pop(_name, None)

from kltn_portal.settings import *  # noqa: E402, F403
from kltn_portal.settings import DATABASES, STATIC_ROOT  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(_own / "test.sqlite3")}
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; the real one has its own test
Path(STATIC_ROOT).mkdir(exist_ok=True)  # whitenoise warns of a missing folder, and warnings are errors here
