"""Why somebody got, or did not get, a mail about a duty."""

import datetime as dt

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from notices.explain import explain


class Command(BaseCommand):
    help = "Giải thích vì sao một người nhận được, hoặc không nhận được, thư nhắc về một việc."

    def add_arguments(self, parser):
        parser.add_argument("--person", required=True, help="tên đăng nhập hoặc e-mail")
        parser.add_argument("--duty", required=True, help="mã việc, ví dụ report:17")
        parser.add_argument("--day", help="ngày hỏi, dạng 2026-12-17; mặc định là lúc này")

    def handle(self, *args, person, duty, day, **options):
        found = list(User.objects.filter(Q(username=person) | Q(email__iexact=person))[:2])
        if len(found) != 1:
            raise CommandError(f"Không có đúng một người mang tên đăng nhập hoặc e-mail “{person}”.")
        now = timezone.now()
        if day:
            now = _noon(day)
            self.stdout.write(f"Hỏi cho trưa {now:%d/%m/%Y}; việc còn mở hay không là theo dữ liệu lúc này.")
        self.stdout.write(f"{found[0].get_full_name()} – {duty}")
        for reason in explain(person=found[0], duty_key=duty, now=now):
            self.stdout.write(f"  [{reason.code}] {reason.text}")


def _noon(day):
    try:
        return timezone.make_aware(dt.datetime.combine(dt.date.fromisoformat(day), dt.time(12)))
    except ValueError as error:
        raise CommandError("Ngày viết dạng 2026-12-17.") from error
