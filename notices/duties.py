"""Duties: what somebody owes by a date. Each app registers a provider; five views read this one list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.utils import timezone

from accounts.roles import Role


@dataclass(frozen=True, kw_only=True)
class Duty:
    """``key`` is stable while the duty is the same (``report:17``); a moved ``due`` starts a new ladder.

    ``unit_id`` None means the Sở. ``roles`` are those who owe it; ``opened`` the day since when. ``done`` and
    ``total`` count progress (0/0: no progress to show). ``calm`` duties are shown but not mailed. ``subject`` is how
    the subject of a mail names it (“gửi Báo cáo năm 2026”; default: the title). ``urgent``: stands among what is to
    be done now whatever its date (the Sở asked for changes). ``other_*``: a second way out, linked in the mail too.
    ``stand_ins`` owe it where nobody holds one of ``roles``: they always see it, mails come to them only then.
    ``late_works``: it can still be done on the portal after its day. ``grace_until``: what is done by the end of that
    day still counts as on time; steps and words of “quá hạn” begin after it. ``settled``: who owes it has done their
    part and somebody else checks it – shown apart, not counted, without alarms (and ``calm``).
    ``ends_on``: the last day it can be done at all (a lock); from the next day on it is no duty, whatever was done.
    ``calm_reason``: why no mail comes, a sentence for “Vì sao?”. ``day_title``: how a calendar names its last day
    (“Hạn gửi: …”; default: the title).
    """

    key: str
    kind: str
    unit_id: int | None
    roles: frozenset
    due: dt.date
    title: str
    path: str
    opened: dt.date
    action: str = "Mở"
    detail: str = ""
    done: int = 0
    total: int = 0
    progress_label: str = ""  # “đã nhập 9/14 chỉ tiêu”
    calm: bool = False
    subject: str = ""
    urgent: bool = False
    other_label: str = ""
    other_path: str = ""
    stand_ins: frozenset = frozenset()
    late_works: bool = True
    grace_until: dt.date | None = None
    ends_on: dt.date | None = None
    settled: bool = False
    calm_reason: str = ""
    day_title: str = ""

    @property
    def is_coming(self) -> bool:
        """Foretold only: it will be a duty, under another key, once it has opened by itself."""
        return self.key.startswith(f"{COMING}:")

    def over(self, day) -> bool:
        """Can it be done no longer on ``day``?"""
        return self.ends_on is not None and self.ends_on < day

    def in_grace(self, day) -> bool:
        """Past its day, while it still counts as on time?"""
        return self.grace_until is not None and self.due < day <= self.grace_until

    def presses_on(self, day) -> dt.date:
        """The day that counts on ``day``: the due day, or in the days of grace the last of those."""
        return self.grace_until if self.in_grace(day) else self.due

    @property
    def seen_by(self) -> frozenset:
        """Roles that find the duty on their page."""
        return self.roles | self.stand_ins

    staff_path: str = ""  # where the Sở sees it
    staff_list_path: str = ""  # where the Sở sees every unit that owes the same
    assignee_id: int | None = None  # who of the Sở is in charge


class Provider(Protocol):
    """A source of duties. ``prefix`` is the part of the key before the colon, unique to the provider."""

    prefix: str
    kinds: dict[str, str]  # kind → Vietnamese name, for the ladder's admin page

    def open_duties(self, *, now: dt.datetime, unit_ids: list[int] | None = None) -> Iterable[Duty]:
        """All open duties, or those of some units. Constant number of queries."""

    def open_keys(self, keys: list[str], *, now: dt.datetime) -> set[str]:
        """Which of these duties are still open: asked again just before a mail leaves. A provider whose due days can
        move says ``open_dues(keys, now=now)`` too: {key: due day}."""


COMING = "coming"  # prefix of what is no duty yet; nothing in the database bears such a key

_providers: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Called in ``AppConfig.ready``; a second provider of the same prefix takes the place of the first."""
    _providers[provider.prefix] = provider


def unregister(prefix: str) -> None:
    """Forget a provider (tests)."""
    _providers.pop(prefix, None)


def providers() -> list[Provider]:
    """Every registered source of duties."""
    return list(_providers.values())


def duty_kinds() -> dict[str, str]:
    """Vietnamese name of every kind of duty, for the ladder."""
    return {code: label for provider in providers() for code, label in provider.kinds.items()}


def department_kinds() -> set[str]:
    """Kinds of duty that the Sở owes itself: their providers say ``of_department``."""
    return {code for provider in providers() if getattr(provider, "of_department", False) for code in provider.kinds}


def open_duties(*, now, unit_ids=None) -> list[Duty]:
    """Every open duty, most urgent first."""
    found = [duty for provider in providers() for duty in provider.open_duties(now=now, unit_ids=unit_ids)]
    return by_urgency(found, timezone.localtime(now).date())


def coming_duties(*, now, last, unit_ids=None) -> list[Duty]:
    """What opens by itself up to the day ``last``, of providers that know it (``coming``): for the forecast."""
    known = [provider for provider in providers() if hasattr(provider, "coming")]
    return [duty for provider in known for duty in provider.coming(now=now, last=last, unit_ids=unit_ids)]


def by_urgency(duties, day) -> list[Duty]:
    """The one order of page, mail and forecast: what presses most on ``day`` comes first."""
    return sorted(duties, key=lambda duty: (duty.presses_on(day), duty.title, duty.key))


def open_duties_of(actor, *, now) -> list[Duty]:
    """Duties of the unit this person works for, as far as one of the person's roles owes them; who may only read
    sees them all."""
    if actor.unit is None:
        return []
    mine, found = actor.unit_roles[actor.unit.pk], open_duties(now=now, unit_ids=[actor.unit.pk])
    return found if mine == {Role.UNIT_READER} else [duty for duty in found if duty.seen_by & mine]


def why_closed(key) -> str:
    """What became of a duty that is no longer open, as its provider says (``why_closed(key)``, where it has one); no
    full stop, "" where nobody knows."""
    tell = getattr(_providers.get(key.partition(":")[0]), "why_closed", None)
    return tell(key) if tell else ""


def open_keys(keys, *, now) -> set[str]:
    """Which of the keys are still open; a key nobody answers for is closed."""
    still: set[str] = set()
    for provider, some in _by_provider(keys):
        still |= set(provider.open_keys(some, now=now))
    return still


def open_dues(keys, *, now) -> dict:
    """``{key: due day}`` of those still open; ``None`` where the day cannot move. A query or two a kind of duty."""
    found: dict = {}
    for provider, some in _by_provider(keys):
        tell = getattr(provider, "open_dues", None)
        found |= tell(some, now=now) if tell else dict.fromkeys(provider.open_keys(some, now=now))
    return found


def _by_provider(keys):
    by_prefix: dict[str, list[str]] = {}
    for key in keys:
        by_prefix.setdefault(key.partition(":")[0], []).append(key)
    return [(_providers[prefix], some) for prefix, some in by_prefix.items() if prefix in _providers]
