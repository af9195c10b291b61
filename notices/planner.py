"""Who is to be reminded of what: the ledger is filled, and one digest a person and day is put into the outbox.

Runs as often as one likes, in as many processes as one likes: the unique keys of ledger and outbox decide.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.people import people_by_unit
from accounts.roles import Role
from districts.workdays import is_working_day, load_calendar
from notices import holds, hours, inbox, ledger_rows
from notices.duties import open_duties
from notices.escalation import told_rows
from notices.ladder import days_left, default_rungs, rungs_reached
from notices.ledger_rows import LedgerRow
from notices.models import Mail, Reminder, Rung
from notices.outbox import NO_ADDRESS, wake_sender

LOCK = 20261123  # number of the planner's advisory lock on PostgreSQL
CHUNK = 5000
COPIED = frozenset({Role.UNIT_LEADER, Role.DEPT_HEAD})  # whoever of them belongs to the place that owes the duty


@dataclass(frozen=True)
class PlanResult:
    """What one run wrote. ``waiting``: reminders left for the next day's digest."""

    reminders: int = 0
    superseded: int = 0
    mails: int = 0
    unreachable: int = 0
    waiting: int = 0


def plan(*, now) -> PlanResult:
    """Write the rungs reached and not yet in the ledger, then the digests that carry them; wakes the sender.

    Only the most advanced rung is mailed, those jumped over are recorded as superseded. Does nothing from 18:00
    local time; before 07:00 the digest waits until then. Number of queries does not depend on number of duties.
    """
    if hours.too_late(now):
        return PlanResult()
    today, calendar = timezone.localtime(now).date(), load_calendar()
    at_work = is_working_day(today, calendar)
    quiet = holds.load_holds(today)
    owed = [duty for duty in open_duties(now=now) if to_mail(duty, today, quiet)]
    if not at_work:
        owed = [duty for duty in owed if duty.due == today]
    rows = _rows(owed, today, calendar, now)
    with transaction.atomic():
        _one_at_a_time()
        holds.release(today=today)
        ledger_rows.insert(rows)
        holds.suspend(today=today)
        jumped = _supersede(now) + sum(row.state == Reminder.State.SUPERSEDED for row in rows)
        mails, unreachable, waiting = _write_digests(today, at_work, now)
        if mails:
            wake_sender()
    planned = sum(row.state == Reminder.State.PLANNED for row in rows)
    return PlanResult(planned, jumped, mails, unreachable, waiting)


def to_mail(duty, day, quiet):
    """Is this duty one to write about on ``day``: open, not calm, not held back?"""
    return not duty.calm and duty.opened <= day and quiet.of(duty, day) is None


def _one_at_a_time():
    # The unique keys keep planners from doubling anything; the lock keeps them from waiting in a circle.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def ladders_of(kinds):
    """{kind: [(offset, copy_leader)]}; a kind nobody has set up has the default ladder."""
    known = {}
    for rung in Rung.objects.order_by("kind", "-offset"):
        known.setdefault(rung.kind, []).extend([(rung.offset, rung.copy_leader)] if rung.active else [])
    return {kind: known.get(kind, default_rungs(kind)) for kind in kinds}


def _rows(owed, today, calendar, now):
    """Every rung reached, for every person, not yet in the ledger; in one fixed order."""
    ladders = ladders_of({duty.kind for duty in owed})
    rows = reached_by(owed, ladders, _people_of(owed, today), lambda due: days_left(due, today, calendar))
    told = told_rows(owed, today=today, calendar=calendar)
    held = _held(rows | told)
    return [
        *(_row(*rows[key], key[2], now) for key in sorted(rows.keys() - held)),
        *(_row(*told[key][:3], key[2], now, told[key][3]) for key in sorted(told.keys() - held - rows.keys())),
    ]


def places_of(owed):
    """{roles: {unit}} of those who may be written to about these duties."""
    places = {}
    for duty in owed:
        for roles in {duty.roles, duty.stand_ins, COPIED} - {frozenset()}:
            places.setdefault(roles, set()).add(duty.unit_id)
    return places


def owing(duty, people):
    """Who owes the duty: the holders of its roles, where there are none the stand-ins."""
    return people[duty.roles].get(duty.unit_id) or people.get(duty.stand_ins, {}).get(duty.unit_id, [])


def still_concerned(owed, *, today):
    """{duty key: ids of the people who may get a mail about it today}; constant number of queries."""
    people = _people_of(owed, today)
    return {duty.key: concerned(duty, people) for duty in owed}


def concerned(duty, people):
    """Ids of those who owe the duty, and of the leaders who may get a copy; ``people`` as in ``reached_by``."""
    return {person.pk for person in (*owing(duty, people), *people[COPIED].get(duty.unit_id, ()))}


def _people_of(owed, today):
    return {roles: people_by_unit(units, roles=roles, today=today) for roles, units in places_of(owed).items()}


def reached_by(owed, ladders, people, left_of):
    """{(duty key, due, offset, person): (duty, person, mailed)} of every rung reached; no queries.

    The forecast asks the same question for days to come. ``people`` is {roles: {unit: [person]}}.
    """
    rows = {}
    for duty in owed:
        left, ladder = left_of(duty.due), ladders[duty.kind]
        copies = [offset for offset, copy in ladder if copy]
        everything = [offset for offset, _ in ladder]
        copied = people[COPIED].get(duty.unit_id, ())
        for offsets, some in ((copies, copied), (everything, owing(duty, people))):  # who owes it comes last and wins
            reached = rungs_reached(offsets, left)
            for person in some if reached else ():
                for offset in reached:
                    rows[duty.key, duty.due, offset, person.pk] = (duty, person, offset == reached[0])
    return rows


def _row(duty, person, mailed, offset, now, told_title=""):
    return LedgerRow(
        duty_key=duty.key,
        due=duty.due,
        offset=offset,
        person_id=person.pk,
        unit_id=duty.unit_id,
        title=told_title or duty.title,
        escalated=bool(told_title),
        state=Reminder.State.PLANNED if mailed else Reminder.State.SUPERSEDED,
        planned_at=now,
        settled_at=None if mailed else now,
    )


def _held(rows):
    """Which of the rungs (duty, due, offset, person) the ledger holds."""
    keys = sorted({key[0] for key in rows})
    held = set()
    for start in range(0, len(keys), CHUNK):
        some = Reminder.objects.order_by().filter(duty_key__in=keys[start : start + CHUNK])
        held.update(some.values_list("duty_key", "due", "offset", "person_id"))
    return held


def _supersede(now):
    """Reminders that wait while a later rung has been reached are replaced by it."""
    later = Reminder.objects.filter(
        duty_key=OuterRef("duty_key"), due=OuterRef("due"), person=OuterRef("person"), offset__lt=OuterRef("offset")
    )
    waiting = Reminder.objects.order_by().filter(Exists(later), state=Reminder.State.PLANNED)
    return waiting.update(state=Reminder.State.SUPERSEDED, settled_at=now)


def _write_digests(today, at_work, now):
    """Digest rows for whoever has reminders without one; returns counts: mails, unreachable people, waiting rows."""
    _free_stranded()
    pending = Reminder.objects.order_by().filter(state=Reminder.State.PLANNED, mail=None)
    if not at_work:
        pending = pending.filter(due=today)
    told = list(pending.values_list("person_id", flat=True).distinct())
    queued = Mail.objects.filter(kind=Mail.DIGEST, person=OuterRef("person"), state=Mail.State.QUEUED)
    people = dict(pending.exclude(Exists(queued)).values_list("person_id", "person__email").distinct())
    keys = {f"digest:{person_id}:{today.isoformat()}": person_id for person_id in sorted(people)}
    taken = set(Mail.objects.order_by().filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    fresh = [_digest(key, person_id, people[person_id], now) for key, person_id in keys.items() if key not in taken]
    Mail.objects.bulk_create(fresh, batch_size=1000, ignore_conflicts=True)
    # A digest that had nothing left to say never left: today's key is free again.
    revived = Mail.objects.filter(dedupe_key__in=taken, state=Mail.State.SUPERSEDED).update(
        state=Mail.State.QUEUED, not_before=hours.not_before(now), worker="", message_id=""
    )
    pending.filter(Exists(queued)).update(mail=Subquery(queued.order_by("pk").values("pk")[:1]))
    unsendable = Mail.objects.filter(
        kind=Mail.DIGEST, person=OuterRef("person"), state=Mail.State.FAILED, address="", dedupe_key__in=keys
    )
    pending.filter(Exists(unsendable)).update(mail=Subquery(unsendable.order_by("pk").values("pk")[:1]))
    inbox.tell_digests(told, now=now)
    unreachable = sum(not mail.address for mail in fresh)
    return len(fresh) - unreachable + revived, unreachable, pending.count()


def _digest(key, person_id, address, now):
    mail = Mail(
        dedupe_key=key,
        kind=Mail.DIGEST,
        person_id=person_id,
        address=address,
        subject="Việc cần làm",
        template="digest",
        not_before=hours.not_before(now),
        created_at=now,
    )
    if not address:
        mail.state, mail.last_error = Mail.State.FAILED, NO_ADDRESS
    return mail


def _free_stranded():
    """Reminders whose digest can no longer carry them: linked too late, or the person has an address by now."""
    gone = Q(mail__state__in=[Mail.State.SENT, Mail.State.SUPERSEDED])
    reachable = Q(mail__state=Mail.State.FAILED, mail__address="") & ~Q(person__email="")
    Reminder.objects.order_by().filter(gone | reachable, state=Reminder.State.PLANNED).update(mail=None)
