"""What a typed term finds in the ledger and the outbox: each word in the row's own words, in the name of the person
or in today's name of the unit. No accents, no case; subqueries only, so the page asks no more questions for it."""

from django.conf import settings
from django.db.models import Q

from accounts.models import Membership, User
from districts.models import Unit
from notices.models import Reminder
from records.text import search_words

ID_LENGTH = 40  # of sender.message_id; an e-mail address of the same domain is another length


def reminders_found(rows, term):
    """Rows of the ledger by title, person and unit; an empty term leaves them all."""
    for word in search_words(term):
        people = User.objects.order_by().filter(search__contains=f" {word}").values("pk")
        rows = rows.filter(
            Q(search__contains=f" {word}")
            | Q(person__in=people)
            | Q(unit__in=Unit.objects.with_word(word).values("pk"))
        )
    return rows


def mails_found(rows, term):
    """Mails by subject, reader, unit (the reader's, or that of a reminder inside) or Message-ID."""
    if is_message_id(term):
        return rows.filter(message_id__in=[term, f"<{term}>"])  # by its index alone, not row by row
    for word in search_words(term):
        units = Unit.objects.with_word(word).values("pk")
        people = User.objects.order_by().filter(search__contains=f" {word}").values("pk")
        members = Membership.objects.order_by().filter(unit__in=units).values("user")
        carried = Reminder.objects.order_by().filter(unit__in=units).exclude(mail=None).values("mail")
        own = Q(search__contains=f" {word}") | Q(person__in=people)
        rows = rows.filter(own | Q(person__in=members) | Q(pk__in=carried) | Q(message_id__in=[term, f"<{term}>"]))
    return rows


def is_message_id(term) -> bool:
    """Does the term look like an ID this portal gives to its mails?"""
    name, at, domain = term.strip("<>").partition("@")
    return bool(at) and domain == settings.MAIL_DOMAIN and len(name) == ID_LENGTH
