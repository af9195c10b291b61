"""Loads the default ladder of reminders; may run again at any time."""

from django.core.management.base import BaseCommand

from notices.loading import load_ladder


class Command(BaseCommand):
    help = "Nạp mốc nhắc mặc định cho các loại việc chưa có mốc nào. Chạy lại không ghi đè."

    def handle(self, *args, **options):
        self.stdout.write(f"mốc nhắc: thêm {load_ladder()}")
