"""Planner and sender at one moment after the other, in one process, as cron would run them."""

import datetime as dt
import json

import time_machine
from django.core.management import call_command
from django.core.management.base import BaseCommand

from notices.models import Mail


class Command(BaseCommand):
    help = "walk <ISO moment> …: prints how many mails had been sent in all after each moment, as JSON."

    def add_arguments(self, parser):
        parser.add_argument("moments", nargs="+")

    def handle(self, *args, moments, **options):
        sent = []
        for moment in moments:
            # Destination as a number: the clock changes, the server's own time zone stays what the test made it.
            # It stands still: five seconds to seven stay that on a slow machine.
            with time_machine.travel(dt.datetime.fromisoformat(moment).timestamp(), tick=False):
                call_command("plan_reminders", stdout=self.stderr)
                call_command("send_mail", stdout=self.stderr)
            sent.append(Mail.objects.filter(state=Mail.State.SENT).count())
        self.stdout.write(json.dumps(sent))
