"""The text of a digest, written when it leaves: from the duties that are open at that moment, most urgent first."""

import logging
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import timezone

from districts.workdays import load_calendar
from notices import mail_texts, riding
from notices.duties import open_duties, open_keys
from notices.escalation import as_told, still_told
from notices.holds import suspend
from notices.ladder import days_left, duty_words, in_grace, steps_left
from notices.models import Reminder
from notices.outbox import render
from notices.planner import still_concerned
from records.dates import format_date, weekday_date

log = logging.getLogger(__name__)
THE_DEPARTMENT = "Sở KH&CN"


@dataclass(frozen=True)
class Digest:
    """What one digest says, the reminders it carries, and the weekly letter that rides with it."""

    subject: str
    text: str
    html: str
    context: dict
    reminder_ids: tuple
    weekly_id: int | None = None


@dataclass(frozen=True)
class Unwritable:
    """Instead of a digest: why this one cannot be written."""

    words: str
    error: Exception


def write_digests(mails, *, now) -> dict:
    """``{mail.pk: Digest}`` for those that still have something to say; the others are missing from the answer.
    ``Unwritable`` stands for one whose writing fails.

    Drops the reminders of duties that have closed or whose due date has moved, and of people who meanwhile have
    lost the role that owes them. Constant number of queries.
    """
    suspend(today=timezone.localtime(now).date(), mails=mails)
    reminders = Reminder.objects.filter(mail__in=[mail.pk for mail in mails], state=Reminder.State.PLANNED)
    carried = {}
    for reminder in reminders.select_related("unit").order_by("pk"):
        carried.setdefault(reminder.mail_id, []).append(reminder)
    duties = _still_open([row for rows in carried.values() for row in rows], now)
    closed, written = [], {}
    today, calendar = timezone.localtime(now).date(), load_calendar()
    concerned = still_concerned(duties.values(), today=today)
    told, changed = still_told(carried.values(), today=today), mail_texts.load()
    letters = riding.riders(mails, now=now)
    for mail in mails:
        rows = carried.get(mail.pk, [])
        live = [row for row in rows if row.duty_key in duties and duties[row.duty_key].due == row.due]
        live = [row for row in live if row.person_id in (told if row.escalated else concerned[row.duty_key])]
        # Days of grace granted since: nothing is overdue yet.
        live = [row for row in live if row.offset >= 0 or steps_left(duties[row.duty_key], today, calendar) < 0]
        if not mail.person.is_active:
            live = []
        closed += [row.pk for row in rows if row not in live]
        if live:
            written[mail.pk] = _try(
                mail, live, duties, concerned, today, calendar, changed, letters.get(mail.person_id)
            )
    Reminder.objects.order_by().filter(pk__in=closed, state=Reminder.State.PLANNED).update(
        state=Reminder.State.DROPPED, settled_at=now
    )
    return _judged(written)


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


def _still_open(reminders, now):
    units = {row.unit_id for row in reminders}
    if not units:
        return {}
    duties = open_duties(now=now, unit_ids=None if None in units else sorted(units))
    still = open_keys({row.duty_key for row in reminders}, now=now)
    return {duty.key: duty for duty in duties if duty.key in still}


def _write(mail, reminders, duties, owes, today, calendar, changed, letter):
    owed = {row.duty_key: duties[row.duty_key] for row in reminders if not row.escalated}
    told = as_told([row for row in reminders if row.escalated and row.duty_key not in owed], duties)
    named = _named(reminders)
    copied = [duty for duty in owed.values() if not owes[duty.key].get(mail.person_id)]
    told += [replace(duty, subject=duty.title, action="Xem") for duty in copied]
    items, told = (
        [
            _item(duty, today, calendar, named.get(duty.key, ""))
            for duty in sorted(some, key=lambda duty: (duty.due, duty.title, duty.key))
        ]
        for some in ([duty for duty in owed.values() if duty not in copied], told)
    )
    places = {row.unit.body_name if row.unit and not row.escalated else THE_DEPARTMENT for row in reminders}
    name, places = mail.person.get_full_name(), ", ".join(sorted(places))
    context = {"name": name, "places": places, "path": "/"}
    context |= arrange(items, told, _values(name, places, items or told, items), changed)
    context |= {"weekly": riding.told(letter)} if letter else {}
    text, html = render("digest", context)
    carried = tuple(row.pk for row in reminders)
    return Digest(context.pop("subject"), text, html, context, carried, letter.pk if letter else None)


def _named(reminders):
    """{duty key: the unit's name} of who works for several places: the same report of two units looks alike."""
    own = [row for row in reminders if not row.escalated]
    names = {row.duty_key: row.unit.name if row.unit else THE_DEPARTMENT for row in own}
    return names if len(set(names.values())) > 1 else {}


def _item(duty, today, calendar, place=""):
    return {
        "title": duty.title + (f" – {place}" if place else ""),
        "subject": (duty.subject or duty.title) + (f" – {place}" if place else ""),
        "days": 0 if in_grace(duty, today) else days_left(duty.due, today, calendar),
        "left": duty_words(duty, today, calendar),
        "due": weekday_date(duty.due),
        "due_short": format_date(duty.due),
        "past": duty.due < today,
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
    title = first["subject"] if len(first["subject"]) <= 120 else first["subject"][:119].rstrip() + "…"
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
