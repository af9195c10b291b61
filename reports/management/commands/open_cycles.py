"""Opens reporting cycles whose day has come: the same work as the background task, by hand or by cron."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from reports.opening import run_opening


class Command(BaseCommand):
    help = "Mở các kỳ báo cáo đến ngày mở và chốt danh sách đơn vị phải báo cáo. Chạy lại không mở hai lần."

    def handle(self, *args, **options):
        self.stdout.write(f"đã mở {run_opening(now=timezone.now())} kỳ báo cáo")
