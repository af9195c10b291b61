"""The inbox on the portal: what mails say also stands here, in the transaction of the mail row."""

from django.utils.http import url_has_allowed_host_and_scheme

from notices.models import InboxItem, Mail, Reminder
from records.dates import format_date, weekday_date
from records.text import clean_line

CHUNK = 5000
MOST_LINES = 20
MOST_COUNTED = 100


def put(*, key, person, title, text, path, now) -> None:
    """One item, or nothing when the key is there already."""
    item = InboxItem(key=key, person=person, at=now, title=clean_line(title)[:300], text=text, path=path[:300])
    InboxItem.objects.bulk_create([item], ignore_conflicts=True)


def brief(context) -> str:
    """What an item says below its title, from the context of a mail about a step or of the weekly one."""
    lines = [f"“{context['title']}”" if context.get("title") else "", context.get("unit", "")]
    if context.get("due_on"):
        lines.append("Gửi lại trong ngày " + "/".join(reversed(context["due_on"].split("-"))))
    if context.get("note"):
        lines.append(f"Ý kiến: {context['note']}")
    lines += [line["text"] for section in context.get("sections", ()) for line in section["lines"]]
    return "\n".join(line for line in lines if line)


def tell_digests(person_ids, *, now) -> None:
    """One item per waiting digest of these people, or the same item anew when more has come into the digest.

    Called by the planner in its transaction. Number of queries does not depend on the number of people.
    """
    found = {}
    for start in range(0, len(person_ids), CHUNK):
        rows = Reminder.objects.filter(
            person__in=person_ids[start : start + CHUNK],
            state=Reminder.State.PLANNED,
            mail__kind=Mail.DIGEST,
            mail__state__in=[Mail.State.QUEUED, Mail.State.FAILED],
        )
        for row in rows.select_related("mail").only("mail__dedupe_key", "person", "duty_key", "title", "due"):
            found.setdefault((row.mail.dedupe_key, row.person_id), {})[row.duty_key] = (row.due, row.title)
    items = [_digest_item(key, person, sorted(owed.values()), now) for (key, person), owed in sorted(found.items())]
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


def _digest_item(key, person_id, owed, now):
    (due, title), count = owed[0], len(owed)
    short = title if len(title) <= 150 else title[:149].rstrip() + "…"
    head = "Việc cần làm: " if count == 1 else f"{count} việc cần làm, gấp nhất: "
    lines = [f"{name} – hạn {weekday_date(day)}" for day, name in owed[:MOST_LINES]]
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
