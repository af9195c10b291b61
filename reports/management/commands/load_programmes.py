"""Loads the two programmes with the sample indicators; may run again at any time."""

from django.core.management.base import BaseCommand

from reports.loading import load_programmes


class Command(BaseCommand):
    help = "Nạp chương trình và bộ chỉ tiêu mẫu (Sở rà soát). Chạy lại không ghi đè nội dung đã sửa."

    def handle(self, *args, **options):
        for what, count in load_programmes().items():
            self.stdout.write(f"{what}: thêm {count}")
