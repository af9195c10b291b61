"""Sample data for a trial run: people, a call, proposals in every place, a live reporting cycle."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from kltn_portal.sample import people, proposals, reminders, reports
from notices.models import InboxItem, Mail


class Command(BaseCommand):
    help = "Tạo dữ liệu mẫu cho bản dùng thử (chỉ trên cơ sở dữ liệu chưa có người dùng)."

    @transaction.atomic
    def handle(self, *args, **options):
        if User.objects.exists():
            raise CommandError("Cơ sở dữ liệu đã có người dùng: không tạo dữ liệu mẫu.")
        now = timezone.localtime()
        team = people.make_people()
        call = proposals.make_call(now=now)
        proposals.make_proposals(call, team, now=now)
        reports.make_reports(team, now=now)
        # The sample's past is not news: only what happens from now on is sent.
        Mail.objects.filter(state=Mail.State.QUEUED).update(
            state=Mail.State.SUPERSEDED, last_error="Dữ liệu mẫu: không gửi."
        )
        InboxItem.objects.filter(read_at=None).update(read_at=now)
        reminders.make_reminders(now=now)  # but the last morning's reminders are there to be looked at
        self.stdout.write("Đã tạo dữ liệu mẫu.")
