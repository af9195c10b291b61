"""What planner and sender cost: ``python -m ops.bench_notices [sqlite|postgres …] [--mails N] [--units N …] [--write]``.

In one run, on one machine: raw smtplib over one connection beside our sender, to the same mail server; the planner
against the number of duties; memory. Each measured step is a process of its own on a throwaway database.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ops.processes import spawn, stop
from tests.support.postgres import HOW_TO_GET, Postgres, find_bin_dir

UNITS = (100, 1000, 3321)  # communes of a province, of a region, of the country
MAILS = 10_000
BASE_DIR = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def database(name, folder):
    """DATABASE_URL of a fresh database."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    if find_bin_dir() is None:
        sys.exit(HOW_TO_GET)
    with Postgres(find_bin_dir()) as url:
        yield url.replace("/portal?", "/postgres?")  # the one database a new server has


def measure(url, folder, *step):
    """Run one step of ``tests.faults.bench_steps`` in a process of its own; returns what it found."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "FAULT_DUTIES": str(folder / "duties.json"),
        "SECRET_KEY": "measurement-only",
        "DEMO": "1",
        "LOG_LEVEL": "ERROR",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": os.environ["EMAIL_URL"],
    }
    argv = [sys.executable, "-m", "tests.faults.bench_steps", *map(str, step)]
    done = subprocess.run(argv, env=env, cwd=BASE_DIR, stdout=subprocess.PIPE, check=True)
    print(*step, done.stdout.decode(), file=sys.stderr, flush=True)  # a sweep takes minutes: show how far it is
    return json.loads(done.stdout)


def bench(name, mails, units):
    """All steps on one database; returns rows for the two tables: planner and sender."""
    with tempfile.TemporaryDirectory(prefix="kltn-bench-", dir="/tmp") as place, database(name, Path(place)) as url:
        folder = Path(place)
        measure(url, folder, "prepare", max(units))
        planner = [{"database": name} | measure(url, folder, "plan", count) for count in units]
        sender = [{"database": name, "kind": "digest"} | compare(url, folder, "digest")]
        measure(url, folder, "fill", mails)
        sender.append({"database": name, "kind": "status"} | compare(url, folder, "status"))
    return planner, sender


def compare(url, folder, kind):
    """Raw smtplib, then our sender, with the same mails."""
    raw = measure(url, folder, "raw", kind)
    return {"raw": raw["rate"], "composing": raw["composing"]} | measure(url, folder, "send", kind)


PLANNER_HEAD = (
    "| database | units | duties | ledger rows | first plan, s | rows/s | nothing to do, s | peak memory, MB |"
)
SENDER_HEAD = (
    "| database | kind of mail | mails | raw smtplib, mails/s | our sender, mails/s | raw ÷ ours "
    "| ms a mail: raw + composing + the rest = ours | memory before / at most, MB |"
)


def rule(head):
    """The line below a Markdown head."""
    return "|" + " --- |" * (head.count("|") - 1)


def tables(results):
    """Both tables as Markdown."""
    planner, sender = [PLANNER_HEAD, rule(PLANNER_HEAD)], [SENDER_HEAD, rule(SENDER_HEAD)]
    for plans, sent in results:
        for row in plans:
            planner.append(
                f"| {row['database']} | {row['units']} | {row['duties']} | {row['rows']} | {row['first']:.2f} "
                f"| {row['rows'] / row['first']:.0f} | {row['idle']:.2f} | {row['rss']:.0f} |"
            )
        for row in sent:
            ours, raw = 1000 / row["rate"], 1000 / row["raw"]
            rest = ours - raw - row["composing"]
            sender.append(
                f"| {row['database']} | {row['kind']} | {row['mails']} | {row['raw']:.0f} | {row['rate']:.0f} "
                f"| {ours / raw:.1f} | {raw:.2f} + {row['composing']:.2f} + {rest:.2f} = {ours:.2f} "
                f"| {row['base']:.0f} / {row['rss']:.0f} |"
            )
    return "\n".join(planner) + "\n\n" + "\n".join(sender) + "\n"


def positive(text):
    """A number that leaves something to measure."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"cần một số nguyên từ 1 trở lên, không phải “{text}”")
    return int(text)


def main():
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("databases", nargs="*", choices=["sqlite", "postgres", []], default=[])
    parser.add_argument("--mails", type=positive, default=MAILS)
    parser.add_argument("--units", type=positive, nargs="+", default=UNITS)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/reliability.md")
    options = parser.parse_args()
    names = options.databases or ["sqlite", "postgres"]
    sink = spawn([sys.executable, "-m", "tests.faults.bench_sink"], cwd=BASE_DIR, stdout=subprocess.PIPE)
    try:
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{int(sink.stdout.readline())}"
        text = tables([bench(name, options.mails, options.units) for name in names])
    finally:
        stop([sink])
    print(text)
    if options.write:
        from ops.faults import put_section

        put_section("cost", text)


if __name__ == "__main__":
    main()
