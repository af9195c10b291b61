"""The text of a digest, written when it leaves: from the duties that are open at that moment, most urgent first."""

import logging
from dataclasses import dataclass, replace
from functools import cached_property

from django.conf import settings
from django.utils import timezone

from accounts.models import Membership
from districts.models import Unit
from districts.workdays import is_working_day, load_calendar
from notices import mail_texts, riding
from notices.concerned import concerned, copies, owing, people_of_duties
from notices.duties import by_urgency, open_dues, open_duties, open_keys
from notices.escalation import as_told, still_told
from notices.holds import load_holds, suspend
from notices.ladder import days_left, duty_words, steps_left
from notices.models import Reminder
from notices.outbox import render
from notices.planner import ladders_of, pressing, to_mail
from records.dates import format_date, weekday_date

log = logging.getLogger(__name__)
THE_DEPARTMENT = "Sở KH&CN"
TITLE = 70  # characters of a title in a subject: behind it the date must still be seen in a list of mails


@dataclass(frozen=True)
class Digest:
    """What one digest says, the reminders it carries, and the weekly letter that rides with it. ``dues``: the duties it
    names and the due day it gives for each."""

    subject: str
    text: str
    html: str
    context: dict
    reminder_ids: tuple
    dues: dict
    weekly_id: int | None = None


@dataclass(frozen=True)
class Unwritable:
    """Instead of a digest: why this one cannot be written."""

    words: str
    error: Exception


def still_true(text, *, now) -> bool:
    """Is every duty it names still open, and due on the day it says? Asked at the moment the mail leaves."""
    if not isinstance(text, Digest):
        return True
    dues = open_dues(text.dues, now=now)
    return all(key in dues and dues[key] in (None, due) for key, due in text.dues.items())


def write_digests(mails, *, now) -> dict:
    """``{mail.pk: Digest}`` for those that still have something to say; the others are missing from the answer.
    ``Unwritable`` stands for one whose writing fails.

    A mail that leaves names everything its reader owes by now, not only what a reminder is due for today. Drops the
    reminders of duties that have closed or whose due date has moved, of rungs switched off, and of people who
    meanwhile have lost the role that owes them. Constant number of queries.
    """
    suspend(today=timezone.localtime(now).date(), mails=mails)
    reminders = Reminder.objects.filter(mail__in=[mail.pk for mail in mails], state=Reminder.State.PLANNED)
    carried = {}
    for reminder in reminders.select_related("unit").order_by("pk"):
        carried.setdefault(reminder.mail_id, []).append(reminder)
    facts = _Facts(mails, carried, now)
    letters, closed, written = riding.riders(mails, now=now), [], {}
    for mail in mails:
        rows = carried.get(mail.pk, [])
        live = [row for row in rows if mail.person.is_active and facts.still_due(row)]
        closed += [row.pk for row in rows if row not in live]
        if live:
            written[mail.pk] = _try(mail, live, facts, letters.get(mail.person_id))
    Reminder.objects.order_by().filter(pk__in=closed, state=Reminder.State.PLANNED).update(
        state=Reminder.State.DROPPED, settled_at=now
    )
    return _judged(written)


class _Facts:
    """What is true at this moment of everything that the digests of some people may name."""

    def __init__(self, mails, carried, now):
        rows = [row for some in carried.values() for row in some]
        self.today, self.calendar, self.changed = timezone.localtime(now).date(), load_calendar(), mail_texts.load()
        self.duties = _open_now(mails, rows, now) if rows else {}
        owed = self.duties.values()
        self.people, self.ladders = people_of_duties(owed, today=self.today), ladders_of({duty.kind for duty in owed})
        self.copied, self.told = copies(owed, self.people), still_told(carried.values(), today=self.today)
        quiet = load_holds(self.today)
        at_work = is_working_day(self.today, self.calendar)
        mailed = [d for d in owed if to_mail(d, self.today, quiet) and (at_work or d.due == self.today)]
        self.pressing = pressing(mailed, self.ladders, self.people, self.left)

    @cached_property
    def names(self):
        """{unit: its name}; asked for only where somebody works for several places."""
        units = {duty.unit_id for duty in self.duties.values()} - {None}
        return dict(Unit.objects.filter(pk__in=units).values_list("pk", "name"))

    def left(self, duty):
        return steps_left(duty, self.today, self.calendar)

    def still_due(self, row):
        """Does this reminder still stand: open, same day, same rung, same role?"""
        duty = self.duties.get(row.duty_key)
        if duty is None or duty.due != row.due or (row.offset < 0 <= self.left(duty)):
            return False  # ``0 <= left``: days of grace granted since, nothing is overdue yet
        steps = [step for step in self.ladders[duty.kind] if step.offset == row.offset]
        if row.escalated:
            return any(step.tells for step in steps) and row.person_id in self.told
        return bool(steps) and row.person_id in concerned(duty, self.people)

    def owed_by(self, mail, rows):
        """{duty key: duty} of what the reader owes, or is told of as the leader: reminded of today, or pressing."""
        owed = {row.duty_key: self.duties[row.duty_key] for row in rows if not row.escalated}
        return owed | self.pressing.get(mail.person_id, {})


def _try(*facts):
    """One digest that cannot be written must not hold up the others."""
    try:
        return _write(*facts)
    except Exception as error:
        log.exception("A digest cannot be written")
        return Unwritable(f"{type(error).__name__}: {error}"[:500], error)


def _judged(written):
    """Several digests, and none can be written for one and the same reason: that is no fault of a mail, they wait."""
    bad = [one for one in written.values() if isinstance(one, Unwritable)]
    if len(bad) > 1 and len(bad) == len(written) and len({one.words for one in bad}) == 1:
        raise bad[0].error
    return written


def _open_now(mails, rows, now):
    """{key: duty} of every place the readers work for: read from the duties, confirmed by their providers."""
    today, readers = timezone.localtime(now).date(), {mail.person_id for mail in mails}
    held = Membership.objects.valid_on(today).filter(user__in=readers).order_by()
    units = {row.unit_id for row in rows} | set(held.values_list("unit_id", flat=True))
    duties = {duty.key: duty for duty in open_duties(now=now, unit_ids=None if None in units else sorted(units))}
    still = open_keys([row.duty_key for row in rows], now=now)
    gone = {row.duty_key for row in rows} - set(still)
    return {key: duty for key, duty in duties.items() if key not in gone}


def _write(mail, reminders, facts, letter):
    owed = facts.owed_by(mail, reminders)
    told = as_told([row for row in reminders if row.escalated and row.duty_key not in owed], facts.duties)
    copied = [duty for duty in owed.values() if (duty.key, mail.person_id) in facts.copied]
    told += [_as_copy(duty, facts) for duty in copied]
    mine = [duty for duty in owed.values() if duty not in copied]
    named = _named(mine, facts)
    items, told = ([_item(duty, facts, named) for duty in by_urgency(some, facts.today)] for some in (mine, told))
    places = {row.unit.body_name if row.unit and not row.escalated else THE_DEPARTMENT for row in reminders}
    name, places = mail.person.get_full_name(), ", ".join(sorted(places))
    context = {"name": name, "places": places, "path": "/"}
    context |= arrange(items, told, _values(name, places, items or told, items), facts.changed)
    context |= {"weekly": riding.told(letter)} if letter else {}
    text, html = render("digest", context)
    dues = {row.duty_key: row.due for row in reminders} | {key: duty.due for key, duty in owed.items()}
    carried = tuple(row.pk for row in reminders)
    return Digest(context.pop("subject"), text, html, context, carried, dues, letter.pk if letter else None)


def _as_copy(duty, facts):
    """As a leader reads of it who does not owe it: to know of, and who does it."""
    names = ", ".join(person.get_full_name() for person in owing(duty, facts.people))
    said = "; ".join(filter(None, (duty.detail or duty.progress_label, names and f"người được giao: {names}")))
    return replace(duty, subject=duty.title, action="Xem", detail=said)


def _named(owed, facts):
    """{duty key: the place's name} of who works for several places: the same report of two units looks alike."""
    if len({duty.unit_id for duty in owed}) < 2:
        return {}
    return {duty.key: facts.names.get(duty.unit_id, THE_DEPARTMENT) for duty in owed}


def _item(duty, facts, named):
    place = f" – {named[duty.key]}" if duty.key in named else ""
    past = duty.due < facts.today
    return {
        "title": duty.title + place,
        "subject": (duty.subject or duty.title) + place,
        "days": 0 if duty.in_grace(facts.today) else days_left(duty.due, facts.today, facts.calendar),
        "left": duty_words(duty, facts.today, facts.calendar),
        "due": weekday_date(duty.due),
        "due_short": format_date(duty.due),
        "past": past,
        "until": weekday_date(duty.ends_on) if past and duty.ends_on else "",
        "to_unit": duty.unit_id is not None,
        "what": duty.detail or duty.progress_label or (f"đã xong {duty.done}/{duty.total}" if duty.total else ""),
        "action": duty.action,
        "late_works": duty.late_works,
        "url": settings.SITE_URL + duty.path,
        "other_label": duty.other_label,
        "other_url": settings.SITE_URL + duty.other_path if duty.other_path else "",
    }


def _values(name, places, shown, items):
    """What the words may name. “Gửi Báo cáo năm 2026, hạn 17/12/2026: còn 3 ngày làm việc”; the date always fits,
    long titles are cut. In a mail to know of nothing is counted: nobody is told of “0 việc”."""
    first = shown[0]
    title = first["subject"] if len(first["subject"]) <= TITLE else first["subject"][: TITLE - 1].rstrip() + "…"
    return {
        "ten_nguoi_nhan": name,
        "don_vi": places,
        "noi": "đơn vị" if any(item["to_unit"] for item in shown) else "Sở",
        "so_viec": str(len(items) or ""),
        "so_viec_khac": str(len(items) - 1) if items else "",
        "viec": title[:1].upper() + title[1:],
        "han": first["due_short"],
        "con_lai": first["left"][0].lower() + first["left"][1:],
        "lien_he": settings.HOTLINE,
    }


def arrange(items, told, values, changed) -> dict:
    """The part of the context that the words an administrator may change belong to, subject included.

    ``items`` are what the reader owes; ``told`` what others do, and stands below it, or alone in a mail to know of.
    """
    number = "one" if len(items) == 1 else "many"
    late = any(item["days"] < 0 for item in told)
    names = {"hello": "hello", "late": "overdue", "told": "told_late" if late else "told"}
    if items:
        past = any(item["past"] for item in items)
        names |= {"intro": f"intro_{number}", "outro": "outro_late" if past else "outro"}
    else:
        names |= {"outro": "outro_told"}
    overdue = [item for item in [*items, *told] if item["days"] < 0]
    return {
        "items": items,
        "told": told,
        "count": len(items) + len(told),
        "overdue": bool(overdue) and all(item["late_works"] for item in overdue),
        "words": {name: mail_texts.say(f"digest_{key}", values, changed) for name, key in names.items()},
        "subject": mail_texts.say(f"digest_subject_{number if items else 'told'}", values, changed),
    }
