"""The written pages say what the code does."""

import re
from pathlib import Path

from django.conf import settings

from kltn_portal.process_page import render


def test_the_process_page_is_the_one_the_tables_give():
    written = Path(settings.BASE_DIR, "docs", "process.md").read_text(encoding="utf-8")

    assert written == render(), "Run `python manage.py process_docs`."


def test_every_file_the_readme_links_is_there():
    root = Path(settings.BASE_DIR)
    linked = re.findall(r"\]\(([^)#:]+)\)", (root / "README.md").read_text(encoding="utf-8"))

    assert linked
    assert [name for name in linked if not (root / name).exists()] == []
