"""Once a week, on its first working day: what waits on each of the Sở's people. Floors above register what they have
to say: specialists their own work, heads and leaders what waits on their decision, then the totals.

A week that was missed in the morning is caught up on the next working day; nothing to say, no mail.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.people import department_people, department_roles
from accounts.permissions import PROGRAMME_EDITORS
from accounts.roles import WEEKLY_READERS
from districts.workdays import is_working_day, load_calendar
from notices import hours, mail_texts
from notices.models import Mail, WeeklyRun
from notices.outbox import queue_mail
from records.dates import format_date


@dataclass(frozen=True)
class Line:
    """One sentence, with the page of the portal it leads to."""

    text: str
    path: str = ""


@dataclass(frozen=True)
class Section:
    """A group of lines; ``headline`` (“14 hồ sơ chờ Sở”) is what the subject says of it, or "". ``total``: the state
    of things at the Sở, told below what waits on the reader."""

    title: str
    lines: tuple
    headline: str = ""
    total: bool = False


# people, roles={person.pk: roles at the Sở}, now=… → {person.pk: [Section, …]}; constant number of queries.
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
        changed = mail_texts.load()
        run.mails = sum(_write(person, sections, name, monday, changed, now) for person, sections in _told(today, now))
        run.save(update_fields=["mails"])
    return run.mails


def _told(today, now):
    """(person, sections) of everybody there is something to tell."""
    people = list(department_people(today=today, roles=WEEKLY_READERS).filter(weekly_mail=True))
    roles = department_roles(today=today)
    told: dict[int, list[Section]] = {}
    for provider in (*_providers.values(), mails_in_trouble):
        for pk, sections in provider(people, roles=roles, now=now).items():
            told.setdefault(pk, []).extend(section for section in sections if section.lines)
    for sections in told.values():
        sections.sort(key=lambda section: section.total)
    return [(person, told[person.pk]) for person in people if told.get(person.pk)]


def write_weekly(*, person, sections, monday, changed) -> dict:
    """The context of one weekly mail, subject included; ``changed`` are the administrator's words."""
    heads = "; ".join(section.headline for section in sections if section.headline)
    subject, words = mail_texts.letter("weekly", person=person, values={"tuan": format_date(monday)}, changed=changed)
    return {
        "subject": subject + (f": {heads}" if heads else ""),
        "words": words,
        "sections": [_with_addresses(section) for section in sections],
        "path": reverse("admin:index"),
    }


def _write(person, sections, week, monday, changed, now):
    context = write_weekly(person=person.get_full_name(), sections=sections, monday=monday, changed=changed)
    mail = queue_mail(
        person=person,
        kind="weekly",
        dedupe_key=f"weekly:{person.pk}:{week}",
        subject=context["subject"],
        template="weekly",
        context=context,
        now=now,
        not_before=hours.not_before(now),
    )
    return mail is not None


def _with_addresses(section):
    lines = [{**asdict(line), "url": settings.SITE_URL + line.path if line.path else ""} for line in section.lines]
    return {"title": section.title, "lines": lines}


def mails_in_trouble(people, *, roles, now) -> dict:
    """Mails of unknown fate, and those of the last seven days that could not be sent: told to who can settle them."""
    listing, since = reverse("admin:notices_mail_changelist"), now - dt.timedelta(days=7)
    unknown = Mail.objects.filter(state=Mail.State.UNKNOWN).count()
    failed = Mail.objects.filter(state=Mail.State.FAILED, ended_at__gte=since).count()
    lines = []
    if unknown:
        lines.append(Line(f"{unknown} thư chưa rõ đã đến hay chưa, cần kết luận.", f"{listing}?state=unknown"))
    if failed:
        lines.append(Line(f"{failed} thư trong 7 ngày qua không gửi được.", f"{listing}?state=failed"))
    section = Section("Thư", tuple(lines), f"{unknown + failed} thư cần xem" if lines else "")
    return {person.pk: [section] for person in people if roles[person.pk] & PROGRAMME_EDITORS}
