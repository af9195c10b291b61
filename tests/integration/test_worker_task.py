"""What one message makes the worker send, and what the command of the same work takes a run."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from notices.models import Mail
from notices.tasks import send_mail
from tests.factories import make_user

pytestmark = pytest.mark.django_db
MORE = 520  # than one run of the command takes


@pytest.fixture
def waiting():
    """More mails than the command takes a run."""
    person, now = make_user(), timezone.now()
    fields = {"kind": Mail.STATUS, "person": person, "subject": "Đã gửi", "text": "Nội dung", "template": "step"}
    times = {"not_before": now, "created_at": now}
    rows = [
        Mail(dedupe_key=f"event:{number}", address=f"nhan{number}@example.vn", **fields, **times)
        for number in range(MORE)
    ]
    Mail.objects.bulk_create(rows)


def test_the_worker_sends_all_there_is_in_one_run(waiting, mailoutbox):
    assert send_mail.apply().get()["sent"] == MORE
    assert len(mailoutbox) == MORE
    assert not Mail.objects.exclude(state="sent").exists()


def test_the_command_takes_five_hundred_a_run_or_what_it_is_told(waiting, mailoutbox):
    call_command("send_mail")
    assert len(mailoutbox) == 500
    call_command("send_mail", limit=7)
    assert len(mailoutbox) == 507


@pytest.mark.parametrize("limit", ["0", "-5"])
def test_the_command_refuses_a_limit_that_sends_nothing(limit, mailoutbox):
    with pytest.raises(CommandError, match="phải từ 1 trở lên"):
        call_command("send_mail", f"--limit={limit}")
