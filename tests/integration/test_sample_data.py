"""The trial run has something to look at whatever the hour: mails, ledger, one refused mail, one in doubt, phones."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from districts.loading import load_reference
from districts.models import Unit
from kltn_portal.sample.reminders import last_morning
from notices.models import Mail, Reminder
from reports.models import Cycle
from tests.factories import TODAY, moment

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EVENING = moment(TODAY, 21, 30)
TET = moment(dt.date(2026, 2, 19), 10)


def load(when, settings, tmp_path, time_machine):
    settings.DEMO, settings.EMAIL_OUTBOX_DIR = True, tmp_path / "outbox"
    settings.EMAIL_BACKEND = "tests.integration.test_sample_data.Outside"
    time_machine.move_to(when, tick=False)
    load_reference(range(when.year - 1, when.year + 2))
    call_command("load_sample", stdout=io.StringIO())


class Outside:
    """A mail server of the environment: nothing of the sample data may reach it."""

    def __init__(self, **kwargs):
        raise AssertionError("sample data must not be mailed")


@pytest.mark.parametrize(("when", "sent"), [(EVENING, "09:00 23/11/2026"), (TET, "09:00 13/02/2026")])
def test_mails_and_ledger_of_the_last_working_morning_are_there(when, sent, settings, tmp_path, time_machine, client):
    load(when, settings, tmp_path, time_machine)
    client.force_login(User.objects.get(username="chuyenvien"))
    page = client.get(reverse("outbox")).text
    assert page.count(sent) >= 4
    assert "soanthao.unghoa@mau.hanoi.example" in page
    assert Reminder.objects.filter(state="sent", person__username="soanthao.unghoa").exists()
    assert not Mail.objects.filter(state__in=["queued", "sending"]).exists()
    assert not Mail.objects.filter(ended_at__gt=when).exists()
    for state, words in (("failed", "5.1.1 User unknown (dữ liệu mẫu)"), ("unknown", "(dữ liệu mẫu)")):
        (mail,) = Mail.objects.filter(state=state)
        shown = client.get(reverse("admin:notices_mail_change", args=[mail.pk])).text
        assert words in shown
    assert settings.EMAIL_BACKEND == "tests.integration.test_sample_data.Outside"


def test_a_trial_begun_early_shows_the_morning_before():
    early, monday = moment(TODAY, 9, 10), moment(TODAY, 9)
    assert last_morning(early) == monday - dt.timedelta(days=3)  # the lease of a mail sent at nine still runs
    assert last_morning(moment(TODAY, 9, 15)) == monday


def test_everybody_can_be_rung_at_a_number_nobody_has(settings, tmp_path, time_machine, client):
    load(EVENING, settings, tmp_path, time_machine)
    phones = list(User.objects.values_list("phone", flat=True))
    assert len(phones) == len(set(phones))
    assert all(phone.startswith("0900 000 ") for phone in phones)
    offices = list(Unit.objects.filter(level="commune", valid_to=None).values_list("phone", flat=True))
    assert all(phone.startswith("024 0000 0") for phone in offices)
    client.force_login(User.objects.get(username="chuyenvien"))
    cycle = Cycle.objects.latest("opened_at")
    page = client.get(reverse("admin:reports_chasing_phone", args=[cycle.pk])).text
    assert "chưa có số điện thoại" not in page
    assert "tel:0900000" in page
    assert "tel:02400000" in page
