"""Once a week, on its first working day: what waits on the Sở's people. Floors above register what they have to say.

A week that was missed in the morning is caught up on the next working day; nothing to say, no mail.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.people import department_people
from accounts.roles import DEPT_DECIDERS, Role
from districts.workdays import is_working_day, load_calendar
from notices import hours
from notices.models import Mail, WeeklyRun
from notices.outbox import queue_mail
from records.dates import format_date

READERS = DEPT_DECIDERS | {Role.DEPT_ADMIN}


@dataclass(frozen=True)
class Line:
    """One sentence, with the page of the portal it leads to."""

    text: str
    path: str = ""


@dataclass(frozen=True)
class Section:
    """A group of lines; ``headline`` (“14 hồ sơ chờ Sở”) is what the subject says of it, or ""."""

    title: str
    lines: tuple
    headline: str = ""


# people, now=… → {person.pk: [Section, …]}; constant number of queries.
Provider = Callable[..., dict[int, list[Section]]]
_providers: dict[str, Provider] = {}


def register_weekly(name: str, provider: Provider) -> None:
    """Called in ``AppConfig.ready``; a second provider of the same name takes the place of the first."""
    _providers[name] = provider


def plan_weekly(*, now) -> int:
    """Write this week's mails unless they have been written; returns how many. Any number of processes may run it.

    On working days until 18:00 only; the mails leave from 07:00. The row of the week and its mails are one
    transaction.
    """
    today = timezone.localtime(now).date()
    if hours.too_late(now) or not is_working_day(today, load_calendar()):
        return 0
    year, week, weekday = today.isocalendar()
    name = f"{year}-W{week:02d}"
    if WeeklyRun.objects.filter(week=name).exists():
        return 0
    with transaction.atomic():
        run, mine = WeeklyRun.objects.get_or_create(week=name, defaults={"at": now})
        if not mine:
            return 0
        monday = today - dt.timedelta(days=weekday - 1)
        run.mails = sum(_write(person, sections, name, monday, now) for person, sections in _told(today, now))
        run.save(update_fields=["mails"])
    return run.mails


def _told(today, now):
    """(person, sections) of everybody there is something to tell."""
    people = list(department_people(today=today, roles=READERS))
    told: dict[int, list[Section]] = {}
    for provider in (*_providers.values(), mails_in_trouble):
        for pk, sections in provider(people, now=now).items():
            told.setdefault(pk, []).extend(section for section in sections if section.lines)
    return [(person, told[person.pk]) for person in people if told.get(person.pk)]


def _write(person, sections, week, monday, now):
    heads = "; ".join(section.headline for section in sections if section.headline)
    subject = f"Việc chờ xử lý, tuần từ {format_date(monday)}" + (f": {heads}" if heads else "")
    context = {
        "name": person.get_full_name(),
        "subject": subject,
        "monday": format_date(monday),
        "sections": [_with_addresses(section) for section in sections],
        "path": reverse("admin:index"),
    }
    mail = queue_mail(
        person=person,
        kind="weekly",
        dedupe_key=f"weekly:{person.pk}:{week}",
        subject=subject,
        template="weekly",
        context=context,
        now=now,
        not_before=hours.not_before(now),
    )
    return mail is not None


def _with_addresses(section):
    lines = [{**asdict(line), "url": settings.SITE_URL + line.path if line.path else ""} for line in section.lines]
    return {"title": section.title, "lines": lines}


def mails_in_trouble(people, *, now) -> dict:
    """Mails of unknown fate, and those of the last seven days that could not be sent: told to everybody."""
    listing, since = reverse("admin:notices_mail_changelist"), now - dt.timedelta(days=7)
    unknown = Mail.objects.filter(state=Mail.State.UNKNOWN).count()
    failed = Mail.objects.filter(state=Mail.State.FAILED, created_at__gte=since).count()
    lines = []
    if unknown:
        lines.append(Line(f"{unknown} thư chưa rõ đã đến hay chưa, cần kết luận.", f"{listing}?state=unknown"))
    if failed:
        lines.append(Line(f"{failed} thư trong 7 ngày qua không gửi được.", f"{listing}?state=failed"))
    section = Section("Thư", tuple(lines), f"{unknown + failed} thư cần xem" if lines else "")
    return {person.pk: [section] for person in people}
