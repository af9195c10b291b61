"""Several hands at once: one settlement of a mail, one weekly letter, one memory of a calendar."""

import pytest

from accounts.roles import Role
from notices import feed as feeds
from notices.models import FeedEntry, FeedToken, Mail, WeeklyRun
from notices.settling import settle_by_hand
from notices.states import ARRIVED, SEND_ANEW, MoveRefused
from notices.weekly import plan_weekly
from records.models import AuditEntry
from tests.factories import NOW, TODAY, make_specialist, make_unit, make_user
from tests.support.at_once import at_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HANDS = 6


def a_mail(state):
    return Mail.objects.create(
        dedupe_key="event:1",
        kind="status",
        person=make_user(),
        address="a@example.vn",
        template="step",
        not_before=NOW,
        created_at=NOW,
        state=state,
        message_id="<m@khcn>",
    )


def test_two_opposite_judgements_of_one_mail_only_one_stands():
    mail, specialist, refused = a_mail("unknown"), make_specialist(), []

    def judge(action):
        def work():
            try:
                settle_by_hand(mail_id=mail.pk, action=action, user=specialist, now=NOW, note="x")
            except MoveRefused as refusal:
                refused.append(str(refusal))

        return work

    assert at_once(*[judge(action) for action in (ARRIVED, SEND_ANEW) * (HANDS // 2)]) == []
    assert len(refused) == HANDS - 1
    mail.refresh_from_db()
    entry = AuditEntry.objects.get(action__startswith="mail.")
    assert entry.detail["to"] == mail.state


def test_planners_of_one_week_write_it_once():
    for _ in range(3):
        make_specialist()
    a_mail("unknown")
    counts = []
    assert at_once(*[lambda: counts.append(plan_weekly(now=NOW)) for _ in range(HANDS)]) == []
    assert sorted(counts) == [0] * (HANDS - 1) + [3]
    assert Mail.objects.filter(kind="weekly").count() == 3
    assert WeeklyRun.objects.get().mails == 3


def test_one_calendar_read_by_many_devices_at_once(fake):
    unit = make_unit()
    person = make_user(Role.UNIT_DRAFTER, unit=unit)
    feed = feeds.create_feed(person=person, now=NOW)
    for number in range(5):
        fake.owe(number, unit=unit, due=TODAY)
    works = [lambda: feeds.entries(FeedToken.objects.get(pk=feed.pk), now=NOW) for _ in range(HANDS)]
    assert at_once(*works) == []
    assert FeedEntry.objects.count() == 5
    assert set(FeedEntry.objects.values_list("sequence", flat=True)) == {0}


def test_new_addresses_at_once_leave_one():
    person = make_user()
    wrong = at_once(*[lambda: feeds.create_feed(person=person, now=NOW) for _ in range(HANDS)])
    assert wrong == []
    assert FeedToken.objects.filter(person=person, revoked_at=None).count() == 1
