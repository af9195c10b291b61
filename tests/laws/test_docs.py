"""The written pages say what the code does."""

from pathlib import Path

from django.conf import settings

from kltn_portal.process_page import render


def test_the_process_page_is_the_one_the_tables_give():
    written = Path(settings.BASE_DIR, "docs", "process.md").read_text(encoding="utf-8")

    assert written == render(), "Run `python manage.py process_docs`."
