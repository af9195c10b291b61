"""The fault suite on both databases, and its table in docs/reliability.md: ``python -m ops.faults [pytest arguments]``.

The table is written only when every scenario held on both databases; the exit code is that of the tests.
"""

import datetime as dt
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from ops import testrun
from tests.faults import summary

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"


def put_section(name, text):
    """Replace what stands between the two marks of ``name`` in docs/reliability.md."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    page = PAGE.read_text(encoding="utf-8")
    between = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not between.search(page):
        raise ValueError(f"docs/reliability.md has no marks for «{name}».")
    PAGE.write_text(between.sub(lambda _: f"{begin}\n{text.strip()}\n{end}", page), encoding="utf-8")


def machine():
    """The machine in general words."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{os.cpu_count()} cores, {pages / 2**30:.0f} GB of memory, Linux, Python {version}"


def main(arguments):
    """Run, print, write; returns the exit code of the tests."""
    with tempfile.TemporaryDirectory(prefix="kltn-faults-") as place:
        os.environ["FAULTS_RESULTS"] = place
        began = time.monotonic()
        code = testrun.main(["sqlite", "postgres", "tests/faults", *arguments])
        found = summary.lines()
    databases = {line.database for line in found}
    if code or len(databases) < 2 or arguments:
        print("docs/reliability.md stays as it is: it takes a whole run that held on both databases.")
        return code
    day = dt.datetime.now().astimezone().date()
    head = f"Run of {day:%d/%m/%Y} on {machine()}; {time.monotonic() - began:.0f} s for both databases.\n\n"
    put_section("scenarios", head + summary.table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
