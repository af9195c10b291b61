"""The whole suite on each database: ``python -m ops.testrun [sqlite|postgres …] [pytest arguments]``.

Starts a throwaway PostgreSQL where TEST_DATABASE_URL does not name one; the tests start what else they need.
Everything runs even after a failure; the exit code is the first that was not 0.
"""

import contextlib
import os
import subprocess
import sys

from tests.support.need import all_required
from tests.support.postgres import HOW_TO_GET, Postgres, find_bin_dir

# "once": tests that no database can change (supervisor, locks of the tool chain) run on SQLite alone.
CHOSEN = {"sqlite": "not postgres", "postgres": "not once"}
NO_TESTS_CHOSEN = 5


def pytest(database, url, arguments):
    """One pytest run with its database; returns the exit code."""
    print(f"== {database} ==", flush=True)
    env = dict(os.environ, TEST_DATABASE_URL=url)
    argv = [sys.executable, "-m", "pytest", "-n", os.environ.get("TEST_PROCESSES", "2")]
    marks = CHOSEN[database]
    if "-m" in arguments:
        at = arguments.index("-m")
        marks = f"({marks}) and ({arguments[at + 1]})"
        arguments = arguments[:at] + arguments[at + 2 :]
    return subprocess.run([*argv, "-m", marks, *arguments], env=env).returncode


def on_postgres(arguments):
    """The suite on PostgreSQL: the given server, else our own, else a sentence (a failure in CI)."""
    with contextlib.ExitStack() as stack:
        url = os.environ.get("TEST_DATABASE_URL", "")
        if not url.startswith(("postgres", "pgsql", "psql")):
            bin_dir = find_bin_dir()
            if bin_dir is None:
                print(HOW_TO_GET, flush=True)
                return 1 if all_required() else 0
            url = stack.enter_context(Postgres(bin_dir))
        return pytest("postgres", url, arguments)


def main(arguments):
    """Run the databases named first in ``arguments`` (both by default) with the rest handed to pytest."""
    databases = []
    while arguments and arguments[0] in CHOSEN:
        databases.append(arguments.pop(0))
    codes = []
    for database in databases or CHOSEN:
        code = pytest(database, "", arguments) if database == "sqlite" else on_postgres(arguments)
        codes.append(0 if code == NO_TESTS_CHOSEN and arguments else code)
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
