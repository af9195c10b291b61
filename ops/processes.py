"""Child processes that never outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)  # loaded here, not in the child: between fork and exec as little as possible


def tie_to_parent(death_signal=signal.SIGTERM):
    """Ask the kernel to send this process ``death_signal`` when its parent dies (Linux; elsewhere nothing)."""
    if sys.platform.startswith("linux"):
        LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal))


def spawn(argv, *, death_signal=signal.SIGTERM, **popen):
    """Start ``argv`` in a process group of its own, tied to us.

    The own group keeps a Ctrl-C in the terminal away from the child: we stop it, in our order. Call it from the
    main thread only: Linux counts the end of the starting *thread* as the parent's death.
    """
    parent = os.getpid()

    def in_child():
        os.setpgid(0, 0)
        tie_to_parent(death_signal)
        if os.getppid() != parent:  # the parent died before the tie was made
            os._exit(1)

    popen.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(argv, preexec_fn=in_child, **popen)


def stop(processes, *, first=signal.SIGTERM, patience=10.0):
    """Stop processes started by ``spawn`` together; what is left of their groups after ``patience`` is killed."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(first)
    end = time.monotonic() + patience
    for process in processes:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        kill_group(process)
        process.wait()


def kill_group(process):
    """Kill what is left of the group that ``spawn`` made for ``process``."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # nobody left in the group (macOS says EPERM)
        pass


def wait_until(condition, *, seconds, every=0.05):
    """Poll ``condition`` until it is true; False when ``seconds`` have passed without."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True
