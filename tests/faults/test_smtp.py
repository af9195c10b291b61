"""A mail server that refuses, puts off, hangs up, or is away for two hours (of the clock the sender is given)."""

import datetime as dt
import random
from collections import Counter

from notices.models import Mail
from notices.sender import send
from tests.factories import moment
from tests.support.mail import DROP, LOSE_REPLY

SEED = 20261123
STEP = dt.timedelta(minutes=5)
START = moment(dt.date(2026, 11, 30), hour=8)
ANSWERS = {
    "MAIL": ("421 4.3.2 closing", "451 4.3.0 try later", DROP),
    "RCPT": ("421 4.7.0 too many", "451 4.7.1 greylisted", "450 4.2.1 busy", "550 5.1.1 no such user", DROP),
    "DATA": ("421 4.3.2 closing", "451 4.3.0 try later", "452 4.3.1 full", "554 5.7.1 spam", DROP, LOSE_REPLY),
}


def patiently(world, start, hours):
    """The sender woken every five minutes, as long as anything waits."""
    now = start
    while not world.all_settled() and now < start + dt.timedelta(hours=hours):
        send(now=now, limit=5000)
        now += STEP
    return now - start


def queue(world, count, now):
    """Mails that may leave at ``now``."""
    world.queue(count)
    Mail.objects.filter(state="queued", not_before__gt=now - dt.timedelta(days=30)).update(not_before=now)


def test_every_kind_of_answer(world):
    """A quarter of 756 mails meets a refusal, a delay or a broken line, drawn from one seed."""
    chance, given = random.Random(SEED), Counter()
    for stage, replies in ANSWERS.items():
        script = [chance.choice(replies) if chance.random() < 0.08 else None for _ in range(len(world.units) * 6)]
        given.update(reply for reply in script if reply)
        world.sink.script(stage, *script)
    queue(world, len(world.units) * 6, START)
    took = patiently(world, START, hours=24)
    left = {reply: sum(list(queue).count(reply) for queue in world.sink.replies.values()) for reply in given}
    met = given - Counter(left)
    doubt = sum(count for reply, count in met.items() if reply in (LOSE_REPLY, DROP))
    tally = world.report(
        "SMTP answers 421, 450, 451, 452, 550, 554, drops",
        mails=len(world.units) * 6,
        failed=sum(count for reply, count in met.items() if reply[:1] == "5"),
        also=f"{sum(met.values())} bad answers; over after {took.total_seconds() / 60:.0f} simulated minutes",
        unknown_at_most=doubt,
    )
    assert tally.unknown_arrived == met[LOSE_REPLY]
    assert world.all_settled()


def test_drops_after_data(world):
    """Half the lines break after the text: before the server took it, or after."""
    world.sink.script("DATA", *[None, DROP, None, LOSE_REPLY] * 10)
    queue(world, len(world.units), START)
    patiently(world, START, hours=3)
    also = "10 before and 10 after the mail was taken"
    tally = world.report("SMTP drops after DATA", mails=len(world.units), also=also, unknown_at_most=20)
    assert (tally.unknown, tally.unknown_arrived) == (20, 10)


def test_down_for_two_hours(world):
    world.sink.down()
    queue(world, len(world.units) * 2, START)
    now, back = START, START + dt.timedelta(hours=2)
    while now < back:
        assert send(now=now, limit=5000).sent == 0
        now += STEP
    assert Mail.objects.filter(state="queued").count() == len(world.units) * 2  # nothing was given up
    world.sink.up()
    took = patiently(world, back, hours=2)
    world.report(
        "SMTP down for two simulated hours",
        mails=len(world.units) * 2,
        also=f"the last mail left at most {took.total_seconds() / 60:.0f} simulated minutes after it was back",
    )
    assert Mail.objects.filter(state="sent").count() == len(world.units) * 2
    assert took <= dt.timedelta(minutes=30)
