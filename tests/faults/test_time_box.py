"""A scenario that blocks ends red, with a traceback of where it stood."""

import os
import subprocess
import sys

import pytest

from tests.support.broker import BASE_DIR


@pytest.mark.once
def test_a_scenario_that_hangs_is_ended():
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/faults/hang.py"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    env["FAULTS_TIME_BOX"] = "1"
    done = subprocess.run(argv, cwd=BASE_DIR, env=env, capture_output=True, text=True, timeout=90)
    assert done.returncode == 1
    assert "Timeout (0:00:01)!" in done.stderr
    assert "in test_hangs" in done.stderr
