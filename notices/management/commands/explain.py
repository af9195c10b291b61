"""Why somebody got, or did not get, a mail about a duty."""

import datetime as dt

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from notices.explain import explain
from records.dates import DateError, parse_date


class Command(BaseCommand):
    help = "Giải thích vì sao một người nhận được, hoặc không nhận được, thư nhắc về một việc."

    def add_arguments(self, parser):
        parser.add_argument("--person", required=True, help="tên đăng nhập hoặc thư điện tử")
        parser.add_argument("--duty", required=True, help="mã việc, ví dụ report:17")
        parser.add_argument("--day", help="ngày hỏi, dạng 17/12/2026 hoặc 2026-12-17; mặc định là lúc này")

    def handle(self, *args, person, duty, day, **options):
        found = list(User.objects.filter(Q(username=person) | Q(email__iexact=person))[:2])
        if len(found) != 1:
            raise CommandError(f"Không có đúng một người mang tên đăng nhập hoặc thư điện tử “{person}”.")
        now = timezone.now()
        if day and day.strip():
            now = _noon(day)
            self.stdout.write(f"Hỏi cho trưa {now:%d/%m/%Y}; việc còn mở hay không là theo dữ liệu lúc này.")
        said = explain(person=found[0], duty_key=duty, now=now)
        if unknown := next((reason for reason in said.reasons if reason.code == "unknown-duty"), None):
            raise CommandError(unknown.text)
        self.stdout.write(f"{found[0].get_full_name()} – {said.title}")
        self.stdout.write(f"Kết luận: {said.verdict.text}")
        for reason in said.reasons:
            self.stdout.write(f"  {reason.mark}: {reason.text}")


def _noon(day):
    try:
        return timezone.make_aware(dt.datetime.combine(parse_date(day), dt.time(12)))
    except DateError as error:
        raise CommandError(error.message) from error
