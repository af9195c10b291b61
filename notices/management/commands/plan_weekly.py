"""The weekly letter to the Sở without Celery: for cron, or an operator's hand."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from notices.runs import run_weekly


class Command(BaseCommand):
    help = "Lập thư tuần “việc chờ xử lý” cho chuyên viên, lãnh đạo Sở. Mỗi tuần một lần; chạy lại không lập thêm."

    def handle(self, *args, **options):
        self.stdout.write(f"thư tuần: {run_weekly(now=timezone.now())}")
