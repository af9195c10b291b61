"""What the scenarios report, gathered from all test processes and shown as one table at the end of the run."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

HEAD = (
    "scenario",
    "database",
    "mails",
    "arrived",
    "doubled",
    "unknown",
    "failed",
    "missing",
    "kills",
    "seconds",
    "also",
)


@dataclass(frozen=True)
class Line:
    """One scenario's figures. ``missing``: did not arrive and no row says so. ``unknown``: visible doubt."""

    scenario: str
    database: str
    mails: int
    arrived: int
    doubled: int
    unknown: str
    failed: int
    missing: int
    kills: int
    seconds: float
    also: str = ""


def folder():
    """Where the lines of this run lie: FAULTS_RESULTS, else the run's temporary folder."""
    place = Path(os.environ.get("FAULTS_RESULTS") or Path(os.environ["KLTN_TEST_DIR"]) / "faults")
    place.mkdir(parents=True, exist_ok=True)
    return place


def write(line):
    """Keep one line; a file each, because several processes write at once."""
    name = "".join(char if char.isalnum() else "-" for char in f"{line.database}-{line.scenario}")
    (folder() / f"{name}.json").write_text(json.dumps(asdict(line), ensure_ascii=False))


def lines():
    """Every line of the run, by scenario and database."""
    found = [Line(**json.loads(path.read_text())) for path in folder().glob("*.json")]
    return sorted(found, key=lambda line: (line.scenario, line.database))


def table(found):
    """The lines as a Markdown table."""
    rows = [HEAD, tuple("---" for _ in HEAD), *(tuple(str(value) for value in asdict(line).values()) for line in found)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def pytest_terminal_summary(terminalreporter):
    """Print the table and keep it beside the lines (``summary.md``); nothing where no scenario ran."""
    if hasattr(terminalreporter.config, "workerinput") or "KLTN_TEST_DIR" not in os.environ:
        return
    if found := lines():
        text = table(found)
        (folder() / "summary.md").write_text(text)
        terminalreporter.section("fault scenarios")
        terminalreporter.write(text)
