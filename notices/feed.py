"""A person's private calendar: who may read it (whoever knows the address), and what stands in it."""

import base64
import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from accounts.roles import actor_for
from districts.models import Unit
from notices.duties import open_duties
from notices.models import FeedEntry, FeedToken
from records.audit import audit

SALT = "notices.feed"
NOTED_EVERY = dt.timedelta(hours=1)  # how exactly “Dùng gần nhất” is kept
MAX_TITLE = 300


def open_feed_of(person) -> FeedToken | None:
    """The address in force of a person, or ``None``."""
    return FeedToken.objects.filter(person=person, revoked_at=None).first()


def create_feed(*, person, now, ip=None) -> FeedToken:
    """A new address; the former one stops at once, its entries go on. Writes the audit trail (never the address)."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)  # pressed twice: one after the other
        _revoke(person, now)
        seed = secrets.token_urlsafe(32)
        feed = FeedToken.objects.create(
            person=person, seed=seed, digest=_digest(_token(seed)), created_at=now, changed_at=now
        )
        _go_on(feed)
        audit(action="calendar.created", actor=person, now=now, label="Địa chỉ lịch việc cần làm", ip=ip)
    return feed


def revoke_feed(*, person, now, ip=None) -> bool:
    """Stop the person's address; False when there was none."""
    with transaction.atomic():
        stopped = _revoke(person, now)
        if stopped:
            audit(action="calendar.revoked", actor=person, now=now, label="Địa chỉ lịch việc cần làm", ip=ip)
    return bool(stopped)


def address(feed) -> str:
    """The full address, or "" when the portal's secret key has changed since (the old address goes on working)."""
    token = _token(feed.seed)
    if not constant_time_compare(_digest(token), feed.digest):
        return ""
    return settings.SITE_URL + reverse("calendar-feed", args=[token])


def find(token) -> FeedToken | None:
    """The feed of an address: looked up by hash, so neither time nor table tells a token. Revoked or of somebody
    whose account has ended: ``None``."""
    feed = FeedToken.objects.select_related("person").filter(digest=_digest(token), revoked_at=None).first()
    return feed if feed and feed.person.is_active else None


def note_use(feed, *, now) -> None:
    """Keep when the address was last read, to the hour."""
    if feed.last_used_at is None or now - feed.last_used_at >= NOTED_EVERY:
        FeedToken.objects.filter(pk=feed.pk).update(last_used_at=now)


def duties_of(person, *, now):
    """Open duties of every unit the person works for, as far as one of their roles owes them, and the Sở's own;
    what is settled needs no day."""
    actor = actor_for(person, today=timezone.localtime(now).date())
    if actor.is_department:
        found = [duty for duty in open_duties(now=now) if duty.unit_id is None or duty.unit_id in actor.unit_roles]
    else:
        found = open_duties(now=now, unit_ids=actor.unit_ids) if actor.unit_ids else []
    return [duty for duty in found if not duty.settled and duty.seen_by & _roles(actor, duty.unit_id)]


def entries(feed, *, now) -> list[FeedEntry]:
    """What the calendar shows now, by due date; brings the feed's memory up to date first.

    A changed duty gets the next SEQUENCE, a closed one is no longer shown; nothing is written where nothing changed.
    """
    with transaction.atomic():
        known = {entry.duty_key: entry for entry in feed.entries.all()}
        owed = {duty.key: duty for duty in duties_of(feed.person, now=now)}
        units = {duty.unit_id for duty in owed.values()} - {None}
        names = dict(Unit.objects.filter(pk__in=units).values_list("pk", "name"))
        stale = [_brought_up(known.get(key), feed, duty, names, now) for key, duty in owed.items()]
        gone = [entry for key, entry in known.items() if key not in owed and entry.shown]
        for entry in gone:
            entry.shown, entry.changed_at = False, now
        changed = sorted([entry for entry in stale if entry] + gone, key=lambda entry: entry.duty_key)
        if changed:
            FeedEntry.objects.bulk_create(
                changed,
                update_conflicts=True,
                unique_fields=["feed", "duty_key"],
                update_fields=["due", "title", "path", "sequence", "changed_at", "shown"],
            )
            FeedToken.objects.filter(pk=feed.pk).update(changed_at=now)
            feed.changed_at = now
        known.update({entry.duty_key: entry for entry in changed})
    return sorted((known[key] for key in owed), key=lambda entry: (entry.due, entry.title, entry.duty_key))


def _brought_up(entry, feed, duty, names, now):
    """The entry as it must be written, or ``None`` when it is right already."""
    place = f" – {names.get(duty.unit_id, 'Sở KH&CN')}"
    title = (duty.day_title or duty.title)[: MAX_TITLE - len(place)] + place
    values = {"due": duty.due, "title": title, "path": duty.path}
    if entry is None:
        return FeedEntry(feed=feed, duty_key=duty.key, changed_at=now, **values)
    if entry.shown and all(getattr(entry, name) == value for name, value in values.items()):
        return None
    return FeedEntry(feed=feed, duty_key=duty.key, changed_at=now, sequence=entry.sequence + 1, **values)


def _go_on(feed):
    """What the person's last calendar was told: the same event under a new address must not count from 0 again."""
    last = FeedToken.objects.filter(person=feed.person_id).exclude(pk=feed.pk).order_by("-pk").first()
    rows = list(last.entries.order_by("pk")) if last else []
    for row in rows:
        row.pk, row.feed = None, feed
    FeedEntry.objects.bulk_create(rows)


def _roles(actor, unit_id):
    return actor.dept_roles if unit_id is None else actor.unit_roles[unit_id]


def _revoke(person, now):
    return FeedToken.objects.filter(person=person, revoked_at=None).update(revoked_at=now)


def _token(seed):
    raw = salted_hmac(SALT, seed, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
