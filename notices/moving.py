"""What a moved deadline would change: mails before and after, per rung. Reads only.

Moves with a round whatever takes its day from it: the report, the call's drafts, a dossier that waits for signature.
The day of a resubmission stands in the Sở's own request, that of a missing number follows the sending: they stay.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import User
from notices.concerned import still_concerned
from notices.forecast import run
from notices.ladder import days_left, rung_words, words_left
from notices.models import Reminder

TAIL = 21  # days after the later of both due days: the steps after it end within
FARTHEST = 2 * 366 + TAIL  # a deadline decades away is a slip; its days are not gone through one by one


@dataclass
class RungChange:
    """One rung: its mails by day and the people who get them, before and after."""

    offset: int
    days_before: Counter = field(default_factory=Counter)
    days_after: Counter = field(default_factory=Counter)
    people: set = field(default_factory=set)

    @property
    def label(self):
        words = rung_words(self.offset)
        return words[0].upper() + words[1:]

    @property
    def mails_before(self):
        return self.days_before.total()

    @property
    def mails_after(self):
        return self.days_after.total()

    @property
    def per_day_before(self):
        """``[(day, mails)]``, the earliest first."""
        return sorted(self.days_before.items())

    @property
    def per_day_after(self):
        return sorted(self.days_after.items())

    @property
    def before(self):
        return sorted(self.days_before)

    @property
    def after(self):
        return sorted(self.days_after)

    @property
    def changed(self):
        return self.days_before != self.days_after


@dataclass
class Preview:
    """``rungs`` from the opening to the last step; totals over all of them. ``duties``: open before and after with
    another due day; ``opened``, ``closed``: those that a lock moved along lets in again or shuts out."""

    rungs: list
    people_before: int
    people_after: int
    duties: int
    opened: int = 0
    closed: int = 0

    @property
    def mails_before(self):
        return sum(rung.mails_before for rung in self.rungs)

    @property
    def mails_after(self):
        return sum(rung.mails_after for rung in self.rungs)

    @property
    def first_mail(self):
        """The day the first mail leaves that names the new day; ``None``: none will."""
        return min((day for rung in self.rungs for day in rung.days_after), default=None)


def people_concerned(duties, *, today) -> list:
    """Who owes one of the duties, or has been reminded of it; nobody of what is settled. Constant number of queries."""
    open_ones = [duty for duty in duties if not duty.settled]
    if not open_ones:
        return []
    sent = Reminder.objects.order_by().filter(state=Reminder.State.SENT)
    reminded = set(sent.filter(duty_key__in=[duty.key for duty in open_ones]).values_list("duty_key", "person_id"))
    ids = {
        person
        for key, people in still_concerned(open_ones, today=today).items()
        for person, owes in people.items()
        if owes or (key, person) in reminded
    }
    return list(User.objects.filter(pk__in=ids, is_active=True).order_by("pk"))


def preview(present, planned, *, now) -> Preview:
    """Reminders from today on: of the duties as they are, and as they would be once the dates are saved."""
    today = timezone.localtime(now).date()
    days = max([1, *((duty.due - today).days + TAIL for duty in (*present, *planned))])
    days = min(days, FARTHEST)
    before, after = run(present, now=now, days=days), run(planned, now=now, days=days)
    rungs = defaultdict(lambda: None)
    people = {"before": set(), "after": set()}
    for name, found in (("before", before), ("after", after)):
        for letter in found.letters:
            people[name].add(letter.person.pk)
            for item in letter.items:
                rung = rungs[item.rung] = rungs[item.rung] or RungChange(item.rung)
                getattr(rung, f"days_{name}")[letter.day] += 1
                rung.people.add(letter.person.pk)
    ordered = [rungs[offset] for offset in sorted(rungs, reverse=True)]
    was, will = ({duty.key: duty.due for duty in duties} for duties in (present, planned))
    other = sum(will[key] != was[key] for key in was.keys() & will.keys())
    opened, closed = len(will.keys() - was.keys()), len(was.keys() - will.keys())
    return Preview(ordered, len(people["before"]), len(people["after"]), other, opened, closed)


def days_to_go(day, today, calendar) -> str:
    """“Còn 3 ngày làm việc” until a new due day, as the mails will say it."""
    return words_left(days_left(day, today, calendar))
