"""Who will be written to in the days ahead, about what, if nothing changes: the planner's own rules, run forward.

Nothing here decides anything by itself: which duties are mailed, which rungs are reached and for whom, and the hours,
come from the planner's functions; only the clock is moved on and the ledger is kept in memory.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership
from districts.models import Unit
from districts.workdays import is_working_day, load_calendar
from notices import hours
from notices.concerned import concerned, owing, places_of
from notices.duties import Duty, coming_duties, open_duties
from notices.escalation import TOLD, marked_rungs, told_by
from notices.holds import Holds, load_holds
from notices.ladder import rungs_reached, steps_left
from notices.models import Mail, Reminder
from notices.one_a_day import had_today
from notices.planner import CHUNK, ladders_of, reached_by, to_mail

DAYS = 30
OWES, COPY, TOLD_OF = "owes", "copy", "told"  # why a duty stands in somebody's digest


class Item(NamedTuple):
    """One duty of a digest. ``part``: the reader owes it, leads the unit that does, or is told of it at the Sở."""

    duty: Duty
    rung: int
    part: str = OWES


class _Waiting(NamedTuple):
    """What waits in the ledger for a person's next digest."""

    duty: Duty
    rung: int
    told: bool


@dataclass(frozen=True)
class Letter:
    """One digest of one person on one day. ``items``: of ``Item``, most urgent first."""

    day: dt.date
    person: object
    items: tuple

    @property
    def address(self):
        return self.person.email


@dataclass
class Forecast:
    """``letters`` by day and name; ``unpeopled``: duties of units (or the Sở) where nobody owes them; ``quiet``:
    (hold, duties it keeps quiet at some time of the span)."""

    first: dt.date
    last: dt.date
    letters: list = field(default_factory=list)
    unpeopled: list = field(default_factory=list)
    quiet: list = field(default_factory=list)


def forecast(*, now, days=DAYS, unit_ids=None) -> Forecast:
    """What the planner will write from today on, about the duties open now and those that open by themselves until
    then. Number of queries is constant."""
    last = timezone.localtime(now).date() + dt.timedelta(days=days - 1)
    duties = open_duties(now=now, unit_ids=unit_ids) + coming_duties(now=now, last=last, unit_ids=unit_ids)
    return run(duties, now=now, days=days)


def run(duties, *, now, days=DAYS) -> Forecast:
    """The same for a given list of duties, e.g. with another due day. Writes nothing."""
    first = timezone.localtime(now).date()
    last = first + dt.timedelta(days=days - 1)
    ahead = _Ahead(duties, now=now, first=first, last=last)
    found = Forecast(first, last)
    for day in (first + dt.timedelta(days=number) for number in range(days)):
        if day == first and hours.too_late(now):
            continue
        found.letters += ahead.letters_of(day)
    found.unpeopled = ahead.unpeopled()
    found.quiet = _kept_quiet(duties, ahead.holds, first, last)
    return found


class _Ahead:
    """The ledger as it will be: loaded once, then moved on day by day in memory."""

    def __init__(self, duties, *, now, first, last):
        self.first, self.calendar = first, load_calendar()
        self.duties = [duty for duty in duties if not duty.calm]
        self.open = {duty.key: duty for duty in self.duties}
        self.ladders = ladders_of({duty.kind for duty in self.duties})
        self.holds: Holds = load_holds(first, last)
        self.marked, units = marked_rungs(self.ladders), {duty.unit_id for duty in self.duties}
        self.names = dict(Unit.objects.filter(pk__in=units).values_list("pk", "name"))
        self.people = _People(units, first, last)
        self.held, self.pending = set(), defaultdict(dict)  # pending: person → {duty key: _Waiting}
        self.persons, self.written, self.seen, self.left, self.whom = {}, set(), {}, {}, {}
        self._load_ledger()
        self._load_written(now)

    def _load_ledger(self):
        keys = sorted(self.open)
        for start in range(0, len(keys), CHUNK):
            rows = Reminder.objects.filter(duty_key__in=keys[start : start + CHUNK]).select_related("mail", "person")
            for row in rows.order_by("-offset", "pk"):
                if row.state != Reminder.State.DROPPED:  # dropped unsent: written anew when it is reached again
                    self.held.add((row.duty_key, row.due, row.offset, row.person_id))
                duty = self.open[row.duty_key]
                if duty.due == row.due and row.person.is_active and _will_leave(row):
                    self._wait(row.person, _Waiting(duty, row.offset, row.escalated))

    def _load_written(self, now):
        """Who has had a digest today already: the next one leaves tomorrow."""
        planned = Q(kind=Mail.DIGEST, dedupe_key__endswith=f":{self.first.isoformat()}")
        spent = Mail.objects.filter(planned | had_today(now))
        waiting = (Mail.State.QUEUED, Mail.State.SENDING, Mail.State.SUPERSEDED)
        self.written = set(spent.exclude(state__in=waiting).order_by().values_list("person_id", flat=True))

    def _wait(self, person, fresh):
        self.persons[person.pk] = person
        known = self.pending[person.pk].get(fresh.duty.key)
        if known is None or known.rung > fresh.rung:  # a later rung takes the place of an earlier one
            self.pending[person.pk][fresh.duty.key] = fresh

    def letters_of(self, day):
        """Move the ledger on to ``day`` and take out what leaves then."""
        at_work = is_working_day(day, self.calendar)
        owed = [duty for duty in self.duties if to_mail(duty, day, self.holds) and (at_work or duty.due == day)]
        self._reach(owed, day)
        letters = []
        for person_id in sorted(self.pending, key=lambda pk: (self.persons[pk].full_name, pk)):
            if day == self.first and person_id in self.written:
                continue
            mine = self.pending[person_id]
            for key in [key for key, one in mine.items() if one.duty.over(day)]:
                del mine[key]
            goes = [mine.pop(key) for key, one in list(mine.items()) if self._leaves(one.duty, day, at_work)]
            parts = [(one, self._part(one, person_id, day)) for one in goes]
            # Dropped unsent: written anew should the role come back.
            self.held -= {(one.duty.key, one.duty.due, one.rung, person_id) for one, part in parts if not part}
            items = [Item(one.duty, one.rung, part) for one, part in parts if part]
            items.sort(key=lambda item: (item.duty.due, item.duty.title, item.duty.key))
            if items:
                letters.append(Letter(day, self.persons[person_id], tuple(items)))
        return letters

    def _leaves(self, duty, day, at_work):
        return (at_work or duty.due == day) and self.holds.of(duty, day) is None

    def _department(self, day):
        return self.people.on(day, {TOLD: {None}})[TOLD].get(None, [])

    def _part(self, one, person_id, day):
        """Why the reader gets it; who lost the role since the rung was written is not written to: ``None``."""
        stamp = ("" if one.told else one.duty.key, self.people.stamp(day))
        if stamp not in self.whom:
            self.whom[stamp] = self._told_on(day) if one.told else self._parts(one.duty, day)
        return self.whom[stamp].get(person_id)

    def _told_on(self, day):
        return {person.pk: TOLD_OF for person in self._department(day)}

    def _parts(self, duty, day):
        people = self.people.on(day, places_of([duty]))
        owers = {person.pk for person in owing(duty, people)}
        return {pk: OWES if pk in owers else COPY for pk in concerned(duty, people)}

    def _reach(self, owed, day):
        """The rungs newly reached; a duty whose rungs and people are as they were is not asked again."""
        fresh, people = [], self.people.stamp(day)
        for duty in owed:
            offsets = [step.offset for step in self.ladders[duty.kind]]
            stamp = (len(rungs_reached(offsets, self._left(duty, day))), people)
            if self.seen.get(duty.key) != stamp:
                self.seen[duty.key] = stamp
                fresh.append(duty)
        if not fresh:
            return
        people, left_of = self.people.on(day, places_of(fresh)), lambda duty: self._left(duty, day)
        told = told_by(fresh, self.marked, self._department(day), self.names, left_of)
        rows = {**told, **reached_by(fresh, self.ladders, people, left_of)}
        for key in sorted(rows.keys() - self.held):
            duty, person, mailed = rows[key][:3]
            if mailed:
                self._wait(person, _Waiting(duty, key[2], len(rows[key]) > 3))  # the Sở's rows bring a title
            elif (known := self.pending[person.pk].get(duty.key)) and known.rung > key[2]:
                del self.pending[person.pk][duty.key]
        self.held |= rows.keys()

    def _left(self, duty, day):
        known = duty.due, duty.grace_until, day
        if known not in self.left:
            self.left[known] = steps_left(duty, day, self.calendar)
        return self.left[known]

    def unpeopled(self):
        """Duties nobody owes today, though their unit has them."""
        people = self.people.on(self.first, places_of(self.duties))
        return [duty for duty in self.duties if not owing(duty, people)]


class _People:
    """Who holds which role in these units and at the Sở, over the span: ``people_by_unit`` for any of its days."""

    def __init__(self, units, first, last):
        rows = Membership.objects.filter(valid_from__lte=last, user__is_active=True).select_related("user")
        rows = rows.exclude(valid_to__lt=first).order_by("user__full_name", "user_id")
        self.by_unit, self.turns = defaultdict(list), set()
        for row in rows.filter(Q(unit_id__in=units - {None}) | Q(unit=None)):
            self.by_unit[row.unit_id].append(row)
            self.turns |= {row.valid_from, row.valid_to + dt.timedelta(days=1) if row.valid_to else row.valid_from}

    def stamp(self, day):
        """Changes whenever a membership has begun or ended."""
        return sum(turn <= day for turn in self.turns)

    def on(self, day, places):
        """{roles: {unit: [person]}} on ``day`` for the places asked about."""
        found = {roles: {} for roles in places}
        for roles, units in places.items():
            for unit in units:
                for row in self.by_unit.get(unit, ()):
                    valid = row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
                    if valid and row.role in roles and row.user not in found[roles].setdefault(unit, []):
                        found[roles][unit].append(row.user)
        return found


def _will_leave(row):
    """Does this line of the ledger still wait for a digest? One that may be on its way is not counted again."""
    if row.state not in (Reminder.State.PLANNED, Reminder.State.HELD):
        return False
    if row.mail is None:
        return True
    if row.mail.state == Mail.State.UNKNOWN:
        return row.pk not in row.mail.context.get("reminder_ids", ())
    if row.state == Reminder.State.HELD:
        return True
    if row.mail.state == Mail.State.FAILED:
        return not row.mail.address and bool(row.person.email)
    return True


def _kept_quiet(duties, holds, first, last):
    """Each hold of the span with the duties it keeps quiet."""
    found = []
    for hold in holds.rows:
        mine = [
            duty for duty in duties if (duty.key == hold.duty_key if hold.duty_key else duty.unit_id == hold.unit_id)
        ]
        found.append((hold, mine))
    return found
