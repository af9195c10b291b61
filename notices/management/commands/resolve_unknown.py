"""Reads the mail relay's log and settles the mails whose fate is unknown."""

import gzip
import sys
import zlib

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notices.settling import NOTHING_FOUND, settle_from_log


class Command(BaseCommand):
    help = "Đọc nhật ký máy chủ thư (Postfix) và kết luận các thư ở trạng thái “Chưa rõ”."

    def add_arguments(self, parser):
        parser.add_argument("--log", required=True, help="tệp nhật ký, nhận cả .gz; dấu - là đọc từ đầu vào")

    def handle(self, *args, log, **options):
        try:
            with _open(log) as lines:
                done = settle_from_log(lines, user=None, now=timezone.now())
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise CommandError("Tệp nhật ký .gz bị cắt dở hoặc hỏng. Chép lại tệp đủ rồi chạy lại.") from error
        except OSError as error:
            raise CommandError(f"Không đọc được tệp nhật ký: {error}. Kiểm tra đường dẫn và quyền đọc.") from error
        self.stdout.write(
            f"đã đến: {done.sent} · máy chủ trả lại: {done.failed} · máy chủ còn đang thử: {done.waiting} · "
            f"không có trong nhật ký: {done.absent}"
        )
        if done.knew_none:
            self.stdout.write(NOTHING_FOUND)


def _open(log):
    if log == "-":
        return open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False)
    return (gzip.open if log.endswith(".gz") else open)(log, "rt", encoding="utf-8", errors="replace")
