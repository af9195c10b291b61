"""The watch without the queue: for cron or a systemd timer, each minute."""

import sys

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from notices.alarms import tell, tell_without_database
from notices.watching import look

# Not 1: Python and Django end with 1 on any crash, and 3 says to the timer that everybody has been told.
TROUBLE, UNTOLD = 3, 2


class Command(BaseCommand):
    help = (
        "Kiểm tra hệ thống và gửi thư cảnh báo cho quản trị viên, không qua hàng đợi. "
        "Mã kết thúc: 0 bình thường; 3 có sự cố, đã báo; 2 có sự cố mà không báo được bằng thư (hoặc không đọc được "
        "dữ liệu); 1 lệnh dừng vì lỗi, chưa báo cho ai."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        try:
            problems = look(now=now).problems
            told = tell(problems, now=now)
        except (DatabaseError, InterfaceError) as error:
            words = f"Cơ sở dữ liệu không trả lời: {error}".strip()
            self.stderr.write(words)
            tell_without_database(words, now=now)
            sys.exit(UNTOLD)
        for problem in problems:
            self.stdout.write(f"{problem.words} {problem.todo}")
        if told.error:
            self.stderr.write(f"Không gửi được thư cảnh báo: {told.error}")
            for problem in told.new:
                self.stderr.write(f"{problem.words} {problem.todo}")
            sys.exit(UNTOLD)
        if problems:
            sys.exit(TROUBLE)
        self.stdout.write("Hệ thống hoạt động bình thường.")
