"""One mail a day, everything in one: the Sở's weekly letter rides with its reader's digest of that day.

The digest that carries it holds it: as long as that one waits, is on its way or in doubt, the letter stays in the
queue and nobody else may take it. Sent, both are settled in one transaction; failed, the letter is free again.
"""

from django.conf import settings
from django.db.models import BigIntegerField, Exists, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from notices.fresh_texts import still_wanted
from notices.models import Mail
from notices.one_a_day import had_today
from records.dates import format_date

MAY_HARM = 3  # what its senders died over so often is not put into another mail


def digest_first(now) -> Exists:
    """Of a weekly letter: its reader has had today's mail, has a digest to come, or one in doubt that carried it."""
    digests = Mail.objects.order_by().filter(kind=Mail.DIGEST, person=OuterRef("person"))
    carried = Q(state=Mail.State.UNKNOWN, carried=OuterRef("pk"))
    digests = digests.alias(carried=Cast(KT("context__weekly_id"), BigIntegerField()))
    others = Mail.objects.order_by().filter(had_today(now), person=OuterRef("person")).exclude(pk=OuterRef("pk"))
    return Exists(digests.filter(carried | Q(state=Mail.State.QUEUED))) | Exists(others)


def riders(mails, *, now) -> dict:
    """``{person: weekly letter}`` that may go along with these digests; constant number of queries."""
    people = {mail.person_id for mail in mails}
    waiting = Mail.objects.filter(kind=Mail.WEEKLY, state=Mail.State.QUEUED, person__in=people, crashes__lt=MAY_HARM)
    waiting = list(waiting.order_by("pk"))
    wanted = still_wanted(waiting, now=now) if waiting else {}
    return {mail.person_id: mail for mail in waiting if mail.pk in wanted and mail.context.get("sections")}


def told(letter) -> dict:
    """What the digest's templates say of the letter that rides with it, under a heading of its own."""
    words = letter.context.get("words", {})
    return {
        "title": letter.subject,
        "intro": words.get("intro", ""),
        "outro": words.get("outro", ""),
        "sections": letter.context["sections"],
        "url": settings.SITE_URL + letter.context.get("path", "/"),
    }


def arrived(weekly_id, *, subject, sent_at, now):
    """The digest that carried the letter has been sent: so has the letter. In the transaction of the digest's stamp."""
    words = f"Đã đi cùng thư “{subject}” ngày {format_date(timezone.localtime(sent_at).date())}."
    letters = Mail.objects.order_by().filter(pk=weekly_id, kind=Mail.WEEKLY, state=Mail.State.QUEUED)
    letters.update(state=Mail.State.SUPERSEDED, ended_at=now, last_error=words)
