"""Does a fresh machine's run really serve, work and vanish? ``python -m ops.smoke`` (Linux only).

Starts the supervisor with this very Python in a new data folder, waits for the sign-in page and a worker, ends it by
Ctrl-C, then on the same data by kill -9 and by the death of the web server; each time no process may be left. In
between worker, beat and Redis are killed, and a mail must still leave. From the environment of ``make run`` also
through make. This process becomes the "subreaper": whatever loses its parent becomes our child, so "nothing left" is
simply having no children.
"""

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

from ops.processes import LIBC, wait_until

PR_SET_CHILD_SUBREAPER = 36
BASE_DIR = Path(__file__).resolve().parent.parent
WELCOME = "đang chạy tại "
HELPERS = {"worker": " worker ", "beat": " beat ", "redis": "redis-server"}  # and how to know their command lines
QUEUE_A_MAIL = """
import sys, django; django.setup()
from django.utils import timezone; from accounts.models import User; from notices.outbox import queue_mail
queue_mail(person=User.objects.exclude(email="").first(), kind="status", dedupe_key=sys.argv[1], subject=sys.argv[1],
           template="step", context={"path": "/"}, now=timezone.now())
"""


class Failed(Exception):
    """Something did not happen in time; the text says what."""


def children():
    """Process ids of our children, orphans that came to us included; the dead ones are collected meanwhile."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return children_of("self")


def children_of(pid):
    """Process ids of the living children of ``pid`` – and its dead ones that nobody has collected yet."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for listed in lists for child in listed.read_text().split()]


def command_line(pid):
    """The arguments ``pid`` was started with, as one text; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def describe(pids):
    """Command lines of processes, for the failure message."""
    return "\n".join(f"{pid} {command_line(pid)}" for pid in pids)


def started(argv, env):
    """Start the run as a terminal would (own session) and wait for its welcome; returns pid and address."""
    process = subprocess.Popen(
        argv, env=env, cwd=BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    lines, said = queue.Queue(), []
    threading.Thread(target=lambda: [lines.put(line.decode()) for line in process.stdout], daemon=True).start()
    while True:
        try:
            said.append(lines.get(timeout=120))
        except queue.Empty:
            raise Failed("no welcome within 120 s:\n" + "".join(said)) from None
        if WELCOME in said[-1]:
            return process, said[-1].split(WELCOME)[1].split()[0]
        if "Đã dừng" in said[-1]:
            raise Failed("it stopped by itself:\n" + "".join(said))


def sign_in_path(env):
    """Where the sign-in page lies, asked of the project itself."""
    code = "import django; django.setup(); from django.urls import reverse; print(reverse('accounts:login'))"
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, env=env, cwd=BASE_DIR, check=True, capture_output=True, text=True).stdout.strip()


def serves_and_works(address, env):
    """The sign-in page answers 200 and a worker answers a ping through the run's own Redis."""
    page = address + sign_in_path(env)
    try:
        with urllib.request.urlopen(page, timeout=20) as answer:
            if answer.status != 200:
                raise Failed(f"{page} answered {answer.status}")
    except OSError as error:
        raise Failed(f"{page}: {error}") from None
    argv = [sys.executable, "-m", "celery", "--app", "kltn_portal", "inspect", "ping", "--timeout", "2"]
    env = {**env, "REDIS_URL": f"unix://{env['DATA_DIR']}/redis/r.sock"}

    def pong():
        answer = subprocess.run(argv, env=env, cwd=BASE_DIR, capture_output=True, text=True)
        return "pong" in answer.stdout

    if not wait_until(pong, seconds=60):
        raise Failed("no worker answered a ping within 60 s")


def vanishes(process, end, codes):
    """After ``end`` the command exits with one of ``codes`` and no process of it is left."""
    end()
    try:
        code = process.wait(30)
    except subprocess.TimeoutExpired:
        raise Failed("still running 30 s after it was told to stop:\n" + describe(children())) from None
    if code not in codes:
        raise Failed(f"exit code {code}, expected one of {codes}")
    if not wait_until(lambda: not children(), seconds=20):
        raise Failed("processes left behind:\n" + describe(children()))


def child_with(pid, words):
    """The child of ``pid`` whose command line has ``words``, or ``None``."""
    return next((child for child in children_of(pid) if words in command_line(child)), None)


def a_mail_leaves(subject, env):
    """A mail of which only the database knows is in the folder of sent mails within a minute."""
    argv, nowhere = [sys.executable, "-c", QUEUE_A_MAIL, subject], {**env, "REDIS_URL": "redis://127.0.0.1:1/0"}
    subprocess.run(argv, env=nowhere, cwd=BASE_DIR, check=True, capture_output=True)
    mails = Path(env["DATA_DIR"], "outbox")
    if not wait_until(lambda: any(subject in mail.read_text() for mail in mails.glob("*.eml")), seconds=60):
        raise Failed(f"the mail “{subject}” has not left within 60 s")


def helpers_come_back(process, env):
    """kill -9 of worker, beat and Redis, one after the other: each is started again, and mail still leaves."""
    for name, words in HELPERS.items():
        old = child_with(process.pid, words)
        os.kill(old, signal.SIGKILL)
        if not wait_until(lambda: child_with(process.pid, words) not in (None, old), seconds=60):  # noqa: B023
            raise Failed(f"{name} was killed and is not started again within 60 s")
        a_mail_leaves(f"smoke-{name}", env)
    if process.poll() is not None:
        raise Failed("the run ended because a helper died")


def scenario(name, argv, env, end, codes, meanwhile=None):
    """Start, look, do what happens ``meanwhile`` and look again, end; prints one line."""
    process, address = started(argv, env)
    serves_and_works(address, env)
    if meanwhile:
        meanwhile(process, env)
        serves_and_works(address, env)
    vanishes(process, lambda: end(process), codes)
    print(f"smoke: {name}: serves, works, leaves nothing behind", flush=True)


def interrupt(process):
    """What Ctrl-C in a terminal does: SIGINT to the whole foreground group."""
    os.killpg(process.pid, signal.SIGINT)


def kill_web(process):
    """The web server's master dies as if the machine had run out of memory."""
    os.kill(child_with(process.pid, "gunicorn"), signal.SIGKILL)


def main():
    """All scenarios on one data folder; 1 and a sentence when one fails."""
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
    data_dir = tempfile.mkdtemp(prefix="kltn-smoke-", dir="/tmp")
    unwanted = ("REDIS_URL", "DATABASE_URL", "EMAIL_URL", "SITE_URL", "PORT", "SECRET_KEY", "MAKELEVEL", "MAKEFLAGS")
    env = {name: value for name, value in os.environ.items() if name not in unwanted}
    env.update(DATA_DIR=data_dir, DEMO="1", DJANGO_SETTINGS_MODULE="kltn_portal.settings")
    direct = [sys.executable, "-m", "ops.run"]
    try:
        scenario("first start, Ctrl-C", direct, env, interrupt, {0})
        often = {**env, "NOTICES_EVERY_SECONDS": "1"}
        scenario("worker, beat, Redis killed, Ctrl-C", direct, often, interrupt, {0}, meanwhile=helpers_come_back)
        scenario("second start, kill -9", direct, env, lambda process: process.kill(), {-signal.SIGKILL})
        scenario("third start, the web server dies", direct, env, kill_web, {1})
        if shutil.which("make") and Path(sys.prefix) == BASE_DIR / ".venv":
            scenario("make run, Ctrl-C", ["make", "run"], env, interrupt, {0, 130, -signal.SIGINT})
    except Failed as failure:
        print(f"smoke: {failure}", file=sys.stderr)
        return 1
    finally:
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(data_dir, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
