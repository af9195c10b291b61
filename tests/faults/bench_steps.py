"""One measured step of ``ops.bench_notices`` in this process; prints what it found as JSON."""

import datetime as dt
import json
import os
import resource
import smtplib
import sys
import time

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Membership, User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from districts.models import Unit  # noqa: E402
from notices.digest import write_digests  # noqa: E402
from notices.models import Mail, Reminder  # noqa: E402
from notices.planner import plan  # noqa: E402
from notices.sender import compose, send  # noqa: E402
from tests.faults.app.provider import write_duties  # noqa: E402

DUE = dt.date(2026, 11, 30)
NOW = timezone.make_aware(dt.datetime(2026, 12, 3, 9))  # three working days late: every rung is reached
PEOPLE = 3


def prepare(units):
    """Migrated tables, units with three drafters each."""
    call_command("migrate", verbosity=0)
    since = dt.date(2025, 7, 1)
    places = Unit.objects.bulk_create(
        [Unit(code=f"{n:05d}", name=f"Xã Số {n}", kind="Xã", valid_from=since) for n in range(units)]
    )
    people = User.objects.bulk_create(
        [
            User(username=f"nguoi{n}", full_name=f"Người Thứ {n}", email=f"nguoi{n}@example.vn")
            for n in range(units * PEOPLE)
        ]
    )
    Membership.objects.bulk_create(
        [
            Membership(user=person, unit=places[n // PEOPLE], role=Role.UNIT_DRAFTER, valid_from=since)
            for n, person in enumerate(people)
        ]
    )
    return {}


def measure_plan(units):
    """The first plan of ``units`` duties × 3 people × 6 rungs, then one that finds nothing to do."""
    _empty()
    places = list(Unit.objects.filter(name__startswith="Xã Số ").order_by("pk").values_list("pk", flat=True)[:units])
    rows = [{"number": n, "unit": pk, "due": DUE.isoformat()} for n, pk in enumerate(places)]
    write_duties(os.environ["FAULT_DUTIES"], rows)
    first, _ = _timed(lambda: plan(now=NOW))
    idle, _ = _timed(lambda: plan(now=NOW))
    return {
        "units": units,
        "duties": len(rows),
        "rows": Reminder.objects.count(),
        "first": first,
        "idle": idle,
    } | _rss()


def fill(count):
    """``count`` status mails in the outbox, and nothing else."""
    _empty()
    _status_mails(count)
    return {}


def measure_raw(kind):
    """The mails of the outbox, composed beforehand, by smtplib alone over one connection; none of them is marked."""
    mails = list(Mail.objects.filter(kind=kind).select_related("person").order_by("pk"))
    written = {}
    for start in range(0, len(mails) if kind == Mail.DIGEST else 0, 50):
        written |= write_digests(mails[start : start + 50], now=NOW)
    ready = [_bytes(compose(mail, written.get(mail.pk))) for mail in mails]
    rate = _raw(ready)
    seconds, _ = _timed(lambda: [_bytes(compose(mail, written.get(mail.pk))) for mail in mails])
    return {"rate": rate, "composing": 1000 * seconds / len(mails)}


def measure_send(kind):
    """The same mails by our sender."""
    count, base = Mail.objects.filter(kind=kind).count(), _rss()["rss"]
    seconds, done = _timed(lambda: send(now=NOW, limit=count))
    assert done.sent == count, done
    return {"mails": count, "rate": count / seconds, "base": base} | _rss()


def _raw(messages):
    server = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT)

    def work():
        for address, content in messages:
            server.sendmail("khcn@localhost", [address], content)

    seconds, _ = _timed(work)
    server.quit()
    return len(messages) / seconds


def _bytes(message):
    return message.to[0], message.message().as_bytes(linesep="\r\n")


def _status_mails(count):
    person = User.objects.get(username="nguoi0")
    text = f"Kính gửi ông/bà,\n\n{'Hồ sơ đã được tiếp nhận và đang được xem xét. ' * 12}\n"
    Mail.objects.bulk_create(
        [
            Mail(
                dedupe_key=f"bench:{n}",
                kind=Mail.STATUS,
                person=person,
                address=f"nguoi{n}@example.vn",
                subject="Đã tiếp nhận: Đề xuất ĐX-2027-0042",
                text=text,
                html=f"<!doctype html><html lang=vi><body><p>{text}</p></body></html>",
                template="step",
                not_before=NOW,
                created_at=NOW,
            )
            for n in range(count)
        ],
        batch_size=1000,
    )


def _empty():
    Reminder.objects.all().delete()
    Mail.objects.all().delete()


def _timed(work):
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def _rss():
    return {"rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


STEPS = {"prepare": prepare, "plan": measure_plan, "fill": fill, "raw": measure_raw, "send": measure_send}

if __name__ == "__main__":
    step, number = sys.argv[1:]
    sys.stdout.write(json.dumps(STEPS[step](int(number) if number.isdigit() else number)))
