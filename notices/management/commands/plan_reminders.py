"""The planner without Celery: for cron, or an operator's hand."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from notices.runs import run_planner


class Command(BaseCommand):
    help = "Ghi sổ nhắc việc và lập thư nhắc đến hạn."

    def handle(self, *args, **options):
        done = run_planner(now=timezone.now())
        self.stdout.write(
            f"mốc nhắc: {done.reminders} · được thay bằng mốc sau: {done.superseded} · thư: {done.mails} · "
            f"chưa có địa chỉ: {done.unreachable} · chờ ngày sau: {done.waiting}"
        )
