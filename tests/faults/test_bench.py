"""The benchmark runs from end to end; its figures are made elsewhere."""

import re
import subprocess
import sys

import pytest

from ops import bench_notices
from tests.support.broker import BASE_DIR

pytestmark = pytest.mark.once


def test_a_tiny_run_gives_both_tables():
    argv = [sys.executable, "-m", "ops.bench_notices", "sqlite", "--units", "2", "5", "--mails", "20"]
    done = subprocess.run(argv, cwd=BASE_DIR, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = [row.strip("| ").split(" | ") for row in done.stdout.splitlines() if row.startswith("| sqlite")]
    assert [row[:4] for row in rows[:2]] == [["sqlite", "2", "2", "36"], ["sqlite", "5", "5", "90"]]
    assert [row[:3] for row in rows[2:]] == [["sqlite", "digest", "15"], ["sqlite", "status", "20"]]
    assert all(re.fullmatch(r"\d+", row[4]) and int(row[4]) > 0 for row in rows[2:])


@pytest.mark.parametrize("wrong", [["--mails", "0"], ["--mails", "-1"], ["--units", "x"], ["--units", "5", "0"]])
def test_a_run_that_would_measure_nothing_is_refused_before_it_begins(wrong, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", *wrong])
    monkeypatch.setattr(bench_notices, "spawn", lambda *_, **__: pytest.fail("it has begun"))
    with pytest.raises(SystemExit) as ended:
        bench_notices.main()
    assert ended.value.code == 2
    assert wrong[0] in capsys.readouterr().err
