"""Loads units, succession, themes and days off; may run again at any time."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from districts.loading import load_reference

FIRST_YEAR = 2024


class Command(BaseCommand):
    help = "Nạp danh mục dùng chung: đơn vị, kế thừa đơn vị, chủ đề, ngày nghỉ. Chạy lại không ghi đè."

    def add_arguments(self, parser):
        parser.add_argument("--from-year", type=int, default=FIRST_YEAR, help="năm đầu nạp ngày nghỉ")
        parser.add_argument("--to-year", type=int, default=None, help="năm cuối nạp ngày nghỉ (mặc định: năm sau)")

    def handle(self, *args, from_year, to_year, **options):
        to_year = to_year or timezone.localdate().year + 1
        if to_year < from_year:
            raise CommandError(f"Năm cuối {to_year} đứng trước năm đầu {from_year}. Đổi lại --from-year, --to-year.")
        for what, count in load_reference(range(from_year, to_year + 1)).items():
            self.stdout.write(f"{what}: thêm {count}")
