"""Whom no mail can reach although there is something to do: what a green light must not hide. Reads only."""

from typing import NamedTuple

from django.utils import timezone

from accounts.gaps import units_without_people
from accounts.models import User
from notices.concerned import still_concerned
from notices.duties import open_duties


class Gaps(NamedTuple):
    """How many people owe something and have no address; how many units have nobody."""

    people: int
    units: int


def gaps(*, now) -> Gaps:
    """Constant number of queries."""
    today = timezone.localtime(now).date()
    owed = [duty for duty in open_duties(now=now) if not duty.settled]
    ids = {pk for people in still_concerned(owed, today=today).values() for pk, owes in people.items() if owes}
    people = User.objects.filter(pk__in=ids, is_active=True, email="").count()
    return Gaps(people, units_without_people(today).count())
