"""What a moved deadline would change: mails before and after, per rung. Reads only."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from notices.forecast import moved, run
from notices.ladder import rung_words

TAIL = 21  # days after the later of both due days: the steps after it end within


@dataclass
class RungChange:
    """One rung: its mails by day and the people who get them, before and after."""

    offset: int
    days_before: set = field(default_factory=set)
    days_after: set = field(default_factory=set)
    mails_before: int = 0
    mails_after: int = 0
    people: set = field(default_factory=set)

    @property
    def label(self):
        words = rung_words(self.offset)
        return words[0].upper() + words[1:]

    @property
    def before(self):
        return sorted(self.days_before)

    @property
    def after(self):
        return sorted(self.days_after)

    @property
    def changed(self):
        return (self.before, self.mails_before) != (self.after, self.mails_after)


@dataclass
class Preview:
    """``rungs`` from the opening to the last step; totals over all of them."""

    rungs: list
    people_before: int
    people_after: int
    duties: int

    @property
    def mails_before(self):
        return sum(rung.mails_before for rung in self.rungs)

    @property
    def mails_after(self):
        return sum(rung.mails_after for rung in self.rungs)


def preview(duties, *, due, now) -> Preview:
    """Reminders of these duties from today on, with the due days they have and with ``due`` for all of them."""
    today = timezone.localtime(now).date()
    ends = [due, *(duty.due for duty in duties)]
    days = max(1, (max(ends) - today).days + TAIL)
    before, after = run(duties, now=now, days=days), run(moved(duties, due), now=now, days=days)
    rungs = defaultdict(lambda: None)
    people = {"before": set(), "after": set()}
    for name, found in (("before", before), ("after", after)):
        for letter in found.letters:
            people[name].add(letter.person.pk)
            for _, offset in letter.items:
                rung = rungs[offset] = rungs[offset] or RungChange(offset)
                getattr(rung, f"days_{name}").add(letter.day)
                setattr(rung, f"mails_{name}", getattr(rung, f"mails_{name}") + 1)
                rung.people.add(letter.person.pk)
    ordered = [rungs[offset] for offset in sorted(rungs, reverse=True)]
    return Preview(ordered, len(people["before"]), len(people["after"]), len(duties))
