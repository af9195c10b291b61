"""The sender without Celery: for cron, or an operator's hand."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notices.runs import run_sender


class Command(BaseCommand):
    help = "Gửi các thư đang chờ."

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, default=500, help="số thư nhiều nhất trong một lần chạy")

    def handle(self, *args, limit, **options):
        if limit < 1:
            raise CommandError("--limit là số thư nhiều nhất trong một lần chạy, phải từ 1 trở lên.")
        done = run_sender(now=timezone.now(), limit=limit)
        self.stdout.write(
            f"đã gửi: {done.sent} · gửi lại sau: {done.later} · không gửi được: {done.failed} · "
            f"chưa rõ: {done.unknown} · không còn cần: {done.superseded}"
        )
