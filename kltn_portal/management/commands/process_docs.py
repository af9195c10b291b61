"""Write docs/process.md from the process tables."""

from django.conf import settings
from django.core.management.base import BaseCommand

from kltn_portal.process_page import render


class Command(BaseCommand):
    help = "Viết docs/process.md từ bảng quy trình."

    def handle(self, *args, **options):
        path = settings.BASE_DIR / "docs" / "process.md"
        path.write_text(render(), encoding="utf-8")
        self.stdout.write(f"Đã viết {path.relative_to(settings.BASE_DIR)}")
