"""A throwaway PostgreSQL for one run of the suite: own folder, own unix socket, no durability."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from ops.processes import spawn, stop, wait_until

HOW_TO_GET = (
    "PostgreSQL không có trên máy này. Cài bằng lệnh «sudo apt install postgresql», "
    "hoặc đặt biến TEST_DATABASE_URL=postgres://… trỏ tới một máy chủ thử nghiệm."
)
# Nothing here survives the run, so nothing needs to reach the disk.
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=100"]


def find_bin_dir():
    """Folder with initdb and postgres: the newest Debian version, else that on PATH, else None."""
    versions = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    found = max(versions, key=lambda path: int(path.split("/")[4])) if versions else shutil.which("initdb")
    return Path(os.path.realpath(found)).parent if found else None


def servant():
    """Popen arguments for an ordinary user where we are root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("Chạy bằng root cần có người dùng hệ thống «postgres» hoặc «nobody».")


class Postgres:
    """``with Postgres(bin_dir) as url:`` – runs inside the block, gone with its folder afterwards."""

    def __init__(self, bin_dir):
        self.bin, self.as_user = bin_dir, servant()
        self.folder = Path(tempfile.mkdtemp(prefix="kltn-pg-", dir="/tmp"))  # short: it holds the socket

    def __enter__(self):
        if self.as_user:
            os.chown(self.folder, self.as_user["user"], self.as_user["group"])
        data, quiet = self.folder / "data", {**self.as_user, "cwd": self.folder}
        initdb = [
            self.bin / "initdb",
            "-D",
            data,
            "-U",
            "portal",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **quiet)
        argv = [self.bin / "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=", *FAST]
        with open(self.folder / "log", "wb") as log:
            self.process = spawn(argv, death_signal=signal.SIGINT, stdout=log, stderr=log, **quiet)
        ready = [self.bin / "pg_isready", "-q", "-h", self.folder, "-U", "portal", "-d", "postgres"]
        if not wait_until(lambda: subprocess.run(ready).returncode == 0, seconds=30, every=0.1):
            text = (self.folder / "log").read_text()
            self.__exit__()
            raise RuntimeError(f"PostgreSQL không khởi động được:\n{text}")
        return f"postgres://portal@/portal?host={self.folder}"

    def __exit__(self, *_):
        stop([self.process], first=signal.SIGINT)  # SIGINT: PostgreSQL's fast shutdown
        shutil.rmtree(self.folder, ignore_errors=True)
