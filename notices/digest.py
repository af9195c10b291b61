"""The text of a digest, written when it leaves: from the duties that are open at that moment, most urgent first."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import timezone

from districts.workdays import load_calendar
from notices import mail_texts
from notices.duties import open_duties, open_keys
from notices.escalation import still_told
from notices.holds import suspend
from notices.ladder import days_left, words_left
from notices.models import Reminder
from notices.outbox import render
from notices.planner import still_concerned
from records.dates import format_date, weekday_date

THE_DEPARTMENT = "Sở KH&CN"


@dataclass(frozen=True)
class Digest:
    """What one digest says, and the reminders it carries."""

    subject: str
    text: str
    html: str
    context: dict
    reminder_ids: tuple


def write_digests(mails, *, now) -> dict:
    """``{mail.pk: Digest}`` for those that still have something to say; the others are missing from the answer.

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
    for mail in mails:
        rows = carried.get(mail.pk, [])
        live = [row for row in rows if row.duty_key in duties and duties[row.duty_key].due == row.due]
        live = [row for row in live if row.person_id in (told if row.escalated else concerned[row.duty_key])]
        if not mail.person.is_active:
            live = []
        closed += [row.pk for row in rows if row not in live]
        if live:
            written[mail.pk] = _write(mail, live, duties, today, calendar, changed)
    Reminder.objects.order_by().filter(pk__in=closed, state=Reminder.State.PLANNED).update(
        state=Reminder.State.DROPPED, settled_at=now
    )
    return written


def _still_open(reminders, now):
    units = {row.unit_id for row in reminders}
    if not units:
        return {}
    duties = open_duties(now=now, unit_ids=None if None in units else sorted(units))
    still = open_keys({row.duty_key for row in reminders}, now=now)
    return {duty.key: duty for duty in duties if duty.key in still}


def _write(mail, reminders, duties, today, calendar, changed):
    owed = {row.duty_key: _as_told(duties[row.duty_key], row) for row in reminders}
    items = [
        _item(duty, days_left(duty.due, today, calendar))
        for duty in sorted(owed.values(), key=lambda duty: (duty.due, duty.title, duty.key))
    ]
    places = {row.unit.body_name if row.unit and not row.escalated else THE_DEPARTMENT for row in reminders}
    context = {
        "name": mail.person.get_full_name(),
        "places": ", ".join(sorted(places)),
        "items": items,
        "count": len(items),
        "overdue": any(item["days"] < 0 for item in items)
        and all(item["late_works"] for item in items if item["days"] < 0),
        "path": "/",
    }
    subject = _add_words(context, items, changed)
    text, html = render("digest", {**context, "subject": subject})
    return Digest(subject, text, html, context, tuple(row.pk for row in reminders))


def _item(duty, days):
    return {
        "title": duty.title,
        "subject": duty.subject or duty.title,
        "days": days,
        "left": words_left(days),
        "due": weekday_date(duty.due),
        "due_short": format_date(duty.due),
        "what": duty.detail or duty.progress_label or (f"đã xong {duty.done}/{duty.total}" if duty.total else ""),
        "action": duty.action,
        "late_works": duty.late_works,
        "url": settings.SITE_URL + duty.path,
        "other_label": duty.other_label,
        "other_url": settings.SITE_URL + duty.other_path if duty.other_path else "",
    }


def _as_told(duty, reminder):
    """A unit's overdue duty as the Sở reads of it: named with the unit, linked to the Sở's own page."""
    if not reminder.escalated:
        return duty
    path, title = duty.staff_path or "/", reminder.title
    return replace(duty, title=title, subject=title, path=path, action="Xem", other_label="", other_path="")


def _add_words(context, items, changed):
    """Put the words an administrator may change into the context; returns the subject.

    “Gửi Báo cáo năm 2026, hạn 17/12/2026: còn 3 ngày làm việc”; the date always fits, long titles are cut.
    """
    first = items[0]
    title = first["subject"] if len(first["subject"]) <= 120 else first["subject"][:119].rstrip() + "…"
    values = {
        "ten_nguoi_nhan": context["name"],
        "don_vi": context["places"],
        "so_viec": str(len(items)),
        "so_viec_khac": str(len(items) - 1),
        "viec": title[:1].upper() + title[1:],
        "han": first["due_short"],
        "con_lai": first["left"][0].lower() + first["left"][1:],
        "lien_he": settings.HOTLINE,
    }
    number = "one" if len(items) == 1 else "many"
    names = {"hello": "hello", "intro": f"intro_{number}", "outro": "outro", "late": "overdue"}
    context["words"] = {name: mail_texts.say(f"digest_{key}", values, changed) for name, key in names.items()}
    return mail_texts.say(f"digest_subject_{number}", values, changed)
