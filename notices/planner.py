"""Who is to be reminded of what: the ledger is filled, and one digest a person and day is put into the outbox.

Runs as often as one likes, in as many processes as one likes: the unique keys of ledger and outbox decide.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from districts.workdays import is_working_day, load_calendar
from notices import holds, hours, inbox, ledger_rows
from notices.concerned import COPIED, copies, owing, people_of_duties
from notices.duties import open_duties
from notices.escalation import told_rows
from notices.ladder import OPENING, Step, default_rungs, rungs_reached, steps_left
from notices.ledger_rows import LedgerRow
from notices.models import Mail, Reminder, Rung
from notices.one_a_day import who_had
from notices.outbox import NO_ADDRESS, wake_sender

LOCK = 20261123  # number of the planner's advisory lock on PostgreSQL
CHUNK = 5000
RUNG = ("duty_key", "due", "offset", "person_id")  # what is unique in the ledger


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
    duties = open_duties(now=now)
    owed = [duty for duty in duties if to_mail(duty, today, quiet)]
    if not at_work:
        owed = [duty for duty in owed if duty.due == today]
    people, ladders = people_of_duties(owed, today=today), ladders_of({duty.kind for duty in owed})

    def left_of(duty):
        return steps_left(duty, today, calendar)

    rows, dropped = _rows(owed, ladders, people, left_of, now)
    told = inbox.Telling(today, copies(owed, people), pressing(owed, ladders, people, left_of))
    with transaction.atomic():
        _one_at_a_time()
        holds.release(today=today)
        _drop_outdated(duties, now)
        revived = ledger_rows.revive(dropped, now=now)
        ledger_rows.follow_units(duties)
        ledger_rows.insert(rows)
        holds.suspend(today=today)
        jumped = _supersede(now) + sum(row.state == Reminder.State.SUPERSEDED for row in rows)
        mails, unreachable, waiting = _write_digests(today, at_work, told, now)
        if mails:
            wake_sender()
    planned = revived + sum(row.state == Reminder.State.PLANNED for row in rows)
    return PlanResult(planned, jumped, mails, unreachable, waiting)


def to_mail(duty, day, quiet):
    """Is this duty one to write about on ``day``: begun, not over, not calm, not held back?"""
    return not duty.calm and duty.opened <= day and not duty.over(day) and quiet.of(duty, day) is None


def _one_at_a_time():
    # The unique keys keep planners from doubling anything; the lock keeps them from waiting in a circle.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def ladders_of(kinds):
    """{kind: [Step]}; a kind nobody has set up has the default ladder."""
    known = {}
    for rung in Rung.objects.order_by("kind", "-offset"):
        known.setdefault(rung.kind, []).extend(_step(rung) if rung.active else [])
    return {kind: known.get(kind, default_rungs(kind)) for kind in kinds}


def _step(rung):
    return [Step(rung.offset, rung.copy_leader, rung.tell_department)]


def _rows(owed, ladders, people, left_of, now):
    """Every rung reached, for every person, not yet in the ledger, in one fixed order; and the keys of rows that were
    dropped unsent and are the most advanced rung now: what was closed is open again, who had left is back."""
    rows = reached_by(owed, ladders, people, left_of)
    told = told_rows(owed, ladders, today=timezone.localtime(now).date(), left_of=left_of)
    held, dropped = _held(rows | told)
    fresh = [
        *(_row(*rows[key], key[2], now) for key in sorted(rows.keys() - held)),
        *(_row(*told[key][:3], key[2], now, told[key][3]) for key in sorted(told.keys() - held - rows.keys())),
    ]
    return fresh, sorted(pk for key, pk in dropped.items() if (rows.get(key) or told.get(key) or (0, 0, False))[2])


def reached_by(owed, ladders, people, left_of):
    """{(duty key, due, offset, person): (duty, person, mailed)} of every rung reached; no queries.

    The forecast asks the same question for days to come. ``people`` is {roles: {unit: [person]}}.
    """
    rows = {}
    for duty in owed:
        left, ladder = left_of(duty), ladders[duty.kind]
        in_copy = [step.offset for step in ladder if step.copy_leader]
        everything = [step.offset for step in ladder]
        copied = people[COPIED].get(duty.unit_id, ())
        for offsets, some in ((in_copy, copied), (everything, owing(duty, people))):  # who owes it comes last and wins
            reached = rungs_reached(offsets, left)
            for person in some if reached else ():
                for offset in reached:
                    rows[duty.key, duty.due, offset, person.pk] = (duty, person, offset == reached[0])
    return rows


def pressing(owed, ladders, people, left_of) -> dict:
    """``{person: {duty key: duty}}`` of what somebody owes and a rung by days has been reached of – reminded of before
    or not: a mail that leaves anyway names all of it. No queries; arguments as of ``reached_by``."""
    found = {}
    for duty in owed:
        by_days = [step.offset for step in ladders[duty.kind] if step.offset != OPENING]
        for person in owing(duty, people) if rungs_reached(by_days, left_of(duty)) else ():
            found.setdefault(person.pk, {})[duty.key] = duty
    return found


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
    """Which rungs (duty, due, offset, person) of these duties the ledger holds; and {rung: key} of those dropped."""
    keys = sorted({key[0] for key in rows})
    held, dropped = set(), {}
    for start in range(0, len(keys), CHUNK):
        some = Reminder.objects.order_by().filter(duty_key__in=keys[start : start + CHUNK])
        held.update(some.values_list(*RUNG))
        for pk, *rung in some.filter(state=Reminder.State.DROPPED).values_list("pk", *RUNG):
            dropped[tuple(rung)] = pk
    return held, dropped


def _supersede(now):
    """Reminders that wait while a later rung has been reached are replaced by it (not by one dropped since: it counts
    no more, or would be waiting again)."""
    later = Reminder.objects.filter(
        duty_key=OuterRef("duty_key"), due=OuterRef("due"), person=OuterRef("person"), offset__lt=OuterRef("offset")
    ).exclude(state=Reminder.State.DROPPED)
    waiting = Reminder.objects.order_by().filter(Exists(later), state=Reminder.State.PLANNED)
    # What may have been said already keeps its place: the mail's end decides.
    waiting = waiting.exclude(mail__state__in=[Mail.State.SENDING, Mail.State.UNKNOWN])
    return waiting.update(state=Reminder.State.SUPERSEDED, settled_at=now)


def _write_digests(today, at_work, telling, now):
    """Digest rows for whoever has reminders without one; returns counts: mails, unreachable people, waiting rows."""
    _free_stranded()
    pending = Reminder.objects.order_by().filter(state=Reminder.State.PLANNED, mail=None)
    if not at_work:
        pending = pending.filter(due=today)
    told = list(pending.values_list("person_id", flat=True).distinct())
    queued = Mail.objects.filter(kind=Mail.DIGEST, person=OuterRef("person"), state=Mail.State.QUEUED)
    people = dict(pending.exclude(Exists(queued)).values_list("person_id", "person__email").distinct())
    had = who_had(people, now=now)  # of an older day, sent today: one a day all the same
    keys = {f"digest:{person_id}:{today.isoformat()}": person_id for person_id in sorted(people.keys() - had)}
    taken = set(Mail.objects.order_by().filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    fresh = [_digest(key, person_id, people[person_id], now) for key, person_id in keys.items() if key not in taken]
    Mail.objects.bulk_create(fresh, batch_size=1000, ignore_conflicts=True)
    revived = _revive([key for key in taken if people[keys[key]]], now)
    pending.filter(Exists(queued)).update(mail=Subquery(queued.order_by("pk").values("pk")[:1]))
    unsendable = Mail.objects.filter(
        kind=Mail.DIGEST, person=OuterRef("person"), state=Mail.State.FAILED, address="", dedupe_key__in=keys
    )
    pending.filter(Exists(unsendable)).update(mail=Subquery(unsendable.order_by("pk").values("pk")[:1]))
    inbox.tell_digests(told, telling, now=now)
    unreachable = sum(not mail.address for mail in fresh)
    return len(fresh) - unreachable + revived, unreachable, pending.count()


def _revive(keys, now):
    """A digest that had nothing left to say, or was refused at an address that is no longer the reader's, never
    arrived: today's key is free again. It goes to today's address."""
    address = User.objects.order_by().filter(pk=OuterRef("person")).values("email")
    never_left = Q(state=Mail.State.SUPERSEDED) | Q(state=Mail.State.FAILED) & ~Q(address=Subquery(address))
    return Mail.objects.filter(never_left, dedupe_key__in=keys).update(
        state=Mail.State.QUEUED,
        address=Subquery(address),
        not_before=hours.not_before(now),
        ended_at=None,
        worker="",
        message_id="",
        last_error="",
        attempts=0,
        refusals=0,
        crashes=0,
    )


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
        mail.state, mail.last_error, mail.ended_at = Mail.State.FAILED, NO_ADDRESS, now
    return mail


def _free_stranded():
    """Reminders whose digest can no longer carry them: linked too late, or the person has another address by now."""
    gone = Q(mail__state__in=[Mail.State.SENT, Mail.State.SUPERSEDED])
    reachable = Q(mail__state=Mail.State.FAILED) & ~Q(mail__address=F("person__email")) & ~Q(person__email="")
    stranded = Reminder.objects.filter(gone | reachable, state=Reminder.State.PLANNED)
    ledger_rows.by_key(stranded, lambda some: some.filter(state=Reminder.State.PLANNED).update(mail=None))
    doubtful = Mail.objects.order_by().filter(kind=Mail.DIGEST, state=Mail.State.UNKNOWN)
    said = {pk: set(context.get("reminder_ids", ())) for pk, context in doubtful.values_list("pk", "context")}
    if said:
        linked = Reminder.objects.order_by().filter(mail__in=said, state=Reminder.State.PLANNED)
        late = [pk for pk, mail in linked.values_list("pk", "mail_id") if pk not in said[mail]]
        ledger_rows.by_pk(late, lambda some: some.filter(state=Reminder.State.PLANNED).update(mail=None))


def _drop_outdated(duties, now):
    """What waits without a mail, or in one that could not be sent, for a duty that has closed or moved since, is owed
    no longer: neither mail nor inbox speaks of it."""
    due = {duty.key: duty.due for duty in duties if not duty.calm}
    unsent = Q(mail=None) | Q(mail__state=Mail.State.FAILED)
    waiting = Reminder.objects.order_by().filter(unsent, state=Reminder.State.PLANNED)
    rows = waiting.values_list("pk", "duty_key", "due")
    ledger_rows.drop([pk for pk, key, day in rows if due.get(key) != day], now=now)
