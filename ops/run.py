"""The portal in one foreground command: Redis, web, worker, beat. Ctrl-C stops all; nothing outlives it.

The web server is what people came for: when it dies, the run ends. The others are helpers and are started again.
Environment: PORT, DATA_DIR, REDIS_URL, DATABASE_URL, EMAIL_URL … as in settings; without any of them a trial run
on SQLite with an own Redis, keeping everything in var/.
"""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

from ops.keeper import Keeper
from ops.processes import kill_group, spawn, stop, tie_to_parent, wait_until
from ops.redis_server import RedisMissing, RedisServer

BASE_DIR = Path(__file__).resolve().parent.parent
FIRST_PORT, PORTS_TRIED = 8000, 100


class Refusal(Exception):
    """The run cannot start; the text says what to do."""


def port_is_free(port):
    """Whether nobody listens on 127.0.0.1:``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(wanted):
    """The port asked for (refused when taken), or the first free one from 8000 on."""
    if wanted:
        if not wanted.isdigit() or not port_is_free(int(wanted)):
            raise Refusal(f"Cổng {wanted} không dùng được hoặc đang bận. Chọn cổng khác: make run PORT=8080")
        return int(wanted)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if port_is_free(port):
            return port
    raise Refusal("Không còn cổng trống từ 8000 đến 8099. Chọn cổng khác: make run PORT=9000")


def take_data_dir(data_dir, patience=15):
    """Lock ``data_dir`` and return the lock; children inherit it, so it is free only when the last of them is gone.

    Raises Refusal when another run still holds it after ``patience`` seconds (an ended run may need some).
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = open(data_dir / "run.lock", "w")  # noqa: SIM115 - held until the process ends

    def taken():
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    if not wait_until(taken, seconds=patience):
        raise Refusal(
            f"Cổng thông tin đang chạy với thư mục dữ liệu {data_dir}. Dừng lần chạy trước rồi thực hiện lại."
        )
    os.set_inheritable(lock.fileno(), True)
    return lock


def web_command(port):
    """gunicorn with threads: slow clients do not block, the control socket (shared per user) stays closed."""
    argv = [sys.executable, "-m", "gunicorn", "kltn_portal.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    argv += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket"]
    argv += ["--graceful-timeout", "5", "--log-level", "warning"]
    if os.access("/dev/shm", os.W_OK):  # heartbeat files belong in memory
        argv += ["--worker-tmp-dir", "/dev/shm"]
    return argv


def worker_command():
    """Celery worker with two children."""
    as_root = "ignore:You're running the worker with superuser privileges"  # harmless here: our tasks are JSON
    argv = [sys.executable, "-W", as_root, "-m", "celery", "--app", "kltn_portal", "--quiet", "worker"]
    return [*argv, "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]


def beat_command():
    """Celery beat, a process of its own: nobody would notice the death of one inside the worker."""
    argv = [sys.executable, "-m", "celery", "--app", "kltn_portal", "--quiet", "beat"]
    return [*argv, "--pidfile", "", "--loglevel", "WARNING"]


class Run:
    """The children of one run."""

    def __init__(self, env, lock):
        self.env, self.lock, self.children, self.stop_asked = env, lock, {}, 0
        self.keeper = Keeper(self.children, say=lambda line: print(line, flush=True))

    def ask_stop(self, *_):
        """Signal handler: the loops look at ``stop_asked``; the second Ctrl-C no longer waits for anybody."""
        self.stop_asked += 1
        if self.stop_asked > 1:
            for process in self.children.values():
                kill_group(process)

    def start(self, name, argv):
        """Start a child whose output appears here with its name in front."""
        self.adopt(name, spawn(argv, **self.popen()))

    def keep(self, name, argv):
        """Start a helper, and again whenever it dies."""
        self.start(name, argv)
        self.keeper.keep(name, lambda: self.start(name, argv), log=f"các dòng “{name}” phía trên")

    def keep_redis(self, redis):
        """Start the own Redis, and again whenever it dies; the others wait for it meanwhile."""
        self.adopt("redis", redis.start(**self.popen()))
        again = partial(redis.launch, **self.popen())
        self.keeper.keep("redis", lambda: self.adopt("redis", again()), log=f"tệp {redis.folder / 'redis.log'}")

    def popen(self):
        """Popen arguments every child shares."""
        pipe, merged = subprocess.PIPE, subprocess.STDOUT
        return {"env": self.env, "cwd": BASE_DIR, "stdout": pipe, "stderr": merged, "pass_fds": [self.lock.fileno()]}

    def adopt(self, name, process):
        """Watch a started child and pass its output on."""
        self.children[name] = process
        threading.Thread(target=self.pump, args=(name, process.stdout), daemon=True).start()

    def pump(self, name, stream):
        """Copy lines with the name in front until the child closes its output."""
        for line in stream:
            try:
                print(f"{name:7}| {line.decode(errors='replace')}", end="", flush=True)
            except OSError:  # nobody reads us any more; the child must not block on a full pipe
                continue

    def prepare(self):
        """Migrate, load, collect; return the text of the sample sign-ins, or None when stopped meanwhile."""
        argv = [sys.executable, "-m", "ops.prepare"]
        step = spawn(argv, env=self.env, cwd=BASE_DIR, stdout=subprocess.PIPE, pass_fds=[self.lock.fileno()])
        wait_until(lambda: self.stop_asked or step.poll() is not None, seconds=float("inf"))
        if self.stop_asked:
            stop([step])
            return None
        if step.returncode:
            raise Refusal(
                "Chưa chuẩn bị được dữ liệu; nguyên nhân ghi ở dòng lỗi phía trên. Dữ liệu đã có được giữ nguyên."
            )
        return step.stdout.read().decode().rstrip()

    def watch(self, port, welcome):
        """Stay until a stop is asked for (0) or the web ends (1); says the welcome once pages are served."""
        while not self.stop_asked:
            if (code := self.children["web"].poll()) is not None:
                print(f"Tiến trình web đã dừng (mã {code}); dừng toàn bộ.", flush=True)
                return 1
            self.keeper.look()
            if welcome and serves(port):
                print(welcome, flush=True)
                welcome = None
            time.sleep(0.1)
        return 0

    def end(self):
        """Stop web, worker and beat together, then Redis, which they still talk to while they stop."""
        first = [process for name, process in self.children.items() if name != "redis"]
        stop(first)
        stop([process for name, process in self.children.items() if name == "redis"])


def serves(port):
    """Whether the web answers requests – with whatever: errors show in its own output."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        return bool(connection.getresponse().status)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def environment(data_dir, port):
    """What all children see: a trial run unless the caller's environment says otherwise."""
    env = dict(os.environ, DATA_DIR=str(data_dir), PORT=str(port), PYTHONUNBUFFERED="1")
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start compiles everything again
    env.setdefault("DEMO", "1")
    env.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    env.setdefault("DJANGO_SETTINGS_MODULE", "kltn_portal.settings")
    return env


def run(data_dir):
    """Start everything, stay in the foreground, return the exit code."""
    lock = take_data_dir(data_dir)
    port = choose_port(os.environ.get("PORT"))
    this, redis = Run(environment(data_dir, port), lock), None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, this.ask_stop)
    try:
        if not this.env.get("REDIS_URL"):
            redis = RedisServer(data_dir)
            this.env["REDIS_URL"] = redis.url
            this.keep_redis(redis)
        logins = this.prepare()
        if this.stop_asked:
            return 0
        this.start("web", web_command(port))
        this.keep("worker", worker_command())
        this.keep("beat", beat_command())
        address = this.env["SITE_URL"]
        return this.watch(port, f"\nCổng thông tin đang chạy tại {address} (dừng: Ctrl-C)\n{logins}\n")
    finally:
        this.end()
        if redis:
            redis.forget_socket()
        print("Đã dừng.", flush=True)


def main():
    """Entry point; refusals are plain sentences."""
    if os.environ.get("MAKELEVEL"):  # started by make: when make is killed, we go too
        tie_to_parent()
    data_dir = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()
    try:
        sys.exit(run(data_dir))
    except (Refusal, RedisMissing, RuntimeError) as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
