"""The inbox on the portal: what mails say also stands here, in the transaction of the mail row."""

from collections import namedtuple
from dataclasses import dataclass, field
from datetime import date

from django.utils.http import url_has_allowed_host_and_scheme

from districts.models import Unit
from notices.models import InboxItem, Mail, Reminder
from records.dates import format_date, weekday_date
from records.text import clean_line

CHUNK = 5000
_TOLD = ("person_id", "duty_key", "due", "title", "unit_id", "escalated")
_Told = namedtuple("_Told", _TOLD)
MOST_LINES = 20


@dataclass(frozen=True)
class Telling:
    """What the planner knows beside the ledger: the day, ``copied`` – (duty key, person) where the person is only
    told of what others owe –, and ``pressing`` – {person: {duty key: duty}}, named in a digest that leaves anyway."""

    today: date
    copied: frozenset | set = frozenset()
    pressing: dict = field(default_factory=dict)

    def more(self, key, person_id):
        """Duties beside its reminders that the digest ``key`` names; none for one of another day."""
        return self.pressing.get(person_id, {}) if key.endswith(self.today.isoformat()) else {}

    def presses_on(self, row):
        """The day that counts for a duty, its days of grace included."""
        duty = self.pressing.get(row.person_id, {}).get(row.duty_key)
        return duty.presses_on(self.today) if duty else row.due


MOST_COUNTED = 100


def put(*, key, person, title, text, path, now) -> None:
    """One item, or nothing when the key is there already."""
    item = InboxItem(key=key, person=person, at=now, title=clean_line(title)[:300], text=text, path=path[:300])
    InboxItem.objects.bulk_create([item], ignore_conflicts=True)


def renew(*, key, people, title, text, path, now) -> None:
    """One item a person under ``key``, or the same item anew – unread again – when there is more to say; one query."""
    title, path = clean_line(title)[:300], path[:300]
    InboxItem.objects.bulk_create(
        [InboxItem(key=f"{key}:{one.pk}", person=one, at=now, title=title, text=text, path=path) for one in people],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["title", "text", "path", "at", "read_at"],
    )


def brief(context, *, head="") -> str:
    """What an item says below its title ``head``, from the context of a mail about a step or of the weekly one."""
    title = context.get("title", "")
    lines = [f"“{title}”" if title and title not in head else "", context.get("unit", "")]
    if context.get("due_on"):
        lines.append("Gửi lại trong ngày " + "/".join(reversed(context["due_on"].split("-"))))
    if context.get("note"):
        lines.append(f"Ý kiến: {context['note']}")
    lines += [line["text"] for section in context.get("sections", ()) for line in section["lines"]]
    return "\n".join(line for line in lines if line)


def tell_digests(person_ids, telling, *, now) -> None:
    """One item per waiting digest of these people, or the same item anew when more has come into the digest.

    Called by the planner in its transaction. Number of queries does not depend on the number of people.
    """
    found, keys = {}, _waiting_digests(person_ids)
    for start in range(0, len(person_ids), CHUNK):
        rows = Reminder.objects.order_by().filter(
            person__in=person_ids[start : start + CHUNK], state=Reminder.State.PLANNED, mail__isnull=False
        )
        for mail, *row in rows.values_list("mail_id", *_TOLD):
            if mail in keys:
                told = _Told(*row)
                found.setdefault((keys[mail], told.person_id), {})[told.duty_key] = told
    for (digest, person), told in found.items():
        for key, duty in telling.more(digest, person).items():
            if key not in told or told[key].escalated:
                told[key] = _Told(person, key, duty.due, duty.title, duty.unit_id, False)
    _name_places(found.values())
    items = [_digest_item(key, person, told.values(), telling, now) for (key, person), told in sorted(found.items())]
    keys = [item.key for item in items]
    known = {}
    for start in range(0, len(keys), CHUNK):
        some = InboxItem.objects.order_by().filter(key__in=keys[start : start + CHUNK])
        known.update({key: (title, text) for key, title, text in some.values_list("key", "title", "text")})
    fresh = [item for item in items if known.get(item.key) != (item.title, item.text)]
    InboxItem.objects.bulk_create(
        fresh,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["title", "text", "at", "read_at"],
    )


def _waiting_digests(person_ids):
    """{mail: its key} of the digests these people wait for, or cannot get. Not joined with the ledger: the rows a
    planner has just written are unknown to the database's statistics."""
    waiting = Mail.objects.order_by().filter(kind=Mail.DIGEST, state__in=[Mail.State.QUEUED, Mail.State.FAILED])
    found = {}
    for start in range(0, len(person_ids), CHUNK):
        some = waiting.filter(person__in=person_ids[start : start + CHUNK])
        found.update(some.values_list("pk", "dedupe_key"))
    return found


def _name_places(digests):
    """Put the unit's name to the titles of who works for several places: the same report of two units looks alike."""
    several = [owed for owed in digests if len({row.unit_id for row in owed.values() if not row.escalated}) > 1]
    units = {row.unit_id for owed in several for row in owed.values()} - {None}
    names = dict(Unit.objects.filter(pk__in=units).values_list("pk", "name")) if units else {}
    for owed in several:
        for key, row in owed.items():
            if row.unit_id in names and not row.escalated:
                owed[key] = row._replace(title=f"{row.title} – {names[row.unit_id]}")


def _digest_item(key, person_id, told, telling, now):
    """What the person owes first; below it, or alone, what others do."""
    rows = sorted(
        (row.escalated or (row.duty_key, person_id) in telling.copied, telling.presses_on(row), row.title, row.due)
        for row in told
    )
    owed, (_, _, title, due), count = sum(not known for known, *_ in rows), rows[0], len(rows)
    short = title if len(title) <= 150 else title[:149].rstrip() + "…"
    head = "Việc cần làm: " if owed == 1 else f"{owed} việc cần làm, gấp nhất: "
    if not owed:
        head = "Để ông/bà biết – " if count == 1 else f"{count} việc để ông/bà biết, gấp nhất: "
    lines = [
        f"{'Để ông/bà biết – ' if known and owed else ''}{name} – hạn {weekday_date(day)}"
        for known, _, name, day in rows[:MOST_LINES]
    ]
    if count > MOST_LINES:
        lines.append(f"và {count - MOST_LINES} việc khác")
    title = clean_line(f"{head}{short}, hạn {format_date(due)}")
    return InboxItem(key=key, person_id=person_id, at=now, title=title, text="\n".join(lines), path="/")


def unread_count(user) -> int:
    """Unread items, counted up to ``MOST_COUNTED``; one query over the index of unread items."""
    return InboxItem.objects.order_by().filter(person=user, read_at=None)[:MOST_COUNTED].count()


def open_item(item, *, now) -> str:
    """Mark an item read and return the page of the portal it leads to."""
    InboxItem.objects.filter(pk=item.pk, read_at=None).update(read_at=now)
    return item.path if url_has_allowed_host_and_scheme(item.path, allowed_hosts=None) else "/"


def read_all(user, *, now) -> int:
    """Mark everything of this person read; returns how many."""
    return InboxItem.objects.filter(person=user, read_at=None).update(read_at=now)
