"""Senders killed at random and at the one moment that matters: nothing twice, doubt always visible."""

import asyncio
import math
import random
import time

from notices.models import Mail, Reminder
from ops.processes import wait_until
from tests.factories import moment
from tests.faults.test_planners import DUE

SEED, KILLS, AT_ONCE, WARM, AHEAD = 20261123, 50, 2, 3, 4
DEATHS = ("after:1", "after:2", "after:49", "after:50", "after:51", "before:1", "before:7")


class Senders:
    """Two senders at work, and some more loaded and waiting, so that the dead are replaced at once."""

    def __init__(self, world):
        self.world, self.warm, self.working, self.number = world, [], [], 0

    def fill(self):
        """Let the dead be replaced; whoever found nothing to do has ended by itself."""
        self.working = [(process, gate) for process, gate in self.working if process.poll() is None]
        while len(self.warm) < WARM:
            self.number += 1
            gate = self.world.folder / f"gate{self.number}"
            self.warm.append((self.world.command("send_mail", "--limit", "5000", FAULT_GATE=str(gate)), gate))
        while len(self.working) < AT_ONCE:
            process, gate = self.warm.pop(0)
            gate.touch()
            self.working.append((process, gate))

    def alive(self):
        """Those at work."""
        return [process for process, _ in self.working if process.poll() is None]


class Reins:
    """The mail server takes no more than ``most`` mails: where we are slow to kill, 756 must not run out first."""

    def __init__(self, sink, monkeypatch):
        self.most, take = math.inf, sink.handle_DATA

        async def held(*mail):
            while len(sink.messages) >= self.most:
                await asyncio.sleep(0.01)
            return await take(*mail)

        monkeypatch.setattr(sink, "handle_DATA", held)


def test_fifty_random_kills(world, monkeypatch):
    _half_digests(world)
    chance, senders, end = random.Random(SEED), Senders(world), time.monotonic() + 600
    reins = Reins(world.sink, monkeypatch)
    while world.kills < KILLS and not world.all_settled() and time.monotonic() < end:
        senders.fill()
        enough = len(world.sink.messages) + chance.randint(1, 12)
        reins.most = enough + AHEAD
        wait_until(lambda: len(world.sink.messages) >= enough or not senders.alive(), seconds=10, every=0.001)  # noqa: B023
        time.sleep(chance.uniform(0, 0.01))
        if alive := senders.alive():
            victim = chance.choice(alive)
            world.kill(victim)
            world.leases_over(victim)
    assert world.kills == KILLS, (world.tally(), world.log())
    reins.most = math.inf
    senders.fill()
    for process in senders.alive():
        process.wait(timeout=180)
    world.leases_over()
    world.run("send_mail", "--limit", "5000")
    digests = Mail.objects.filter(kind=Mail.DIGEST)
    doubtful = digests.filter(state="unknown").count()
    world.report(
        "fifty random kill -9 during 126 × 6 mails",
        mails=len(world.units) * 6,
        also=f"half of them digests, as were {doubtful} of the doubtful",
        unknown_at_most=KILLS,
    )
    assert digests.count() == len(world.units) * 3
    carried = Reminder.objects.filter(mail__state="sent").exclude(state="superseded")
    assert set(carried.values_list("state", flat=True)) == {"sent"}


def _half_digests(world):
    """126 × 3 digests and as many status mails, in one mixed queue."""
    world.set_clock(moment(DUE, hour=8))
    for _ in range(2):
        world.staff()
    world.owe(DUE)
    world.run("plan_reminders")
    world.queue(len(world.units) * 3)
    chance = random.Random(SEED)
    for pk in Mail.objects.order_by("pk").values_list("pk", flat=True):
        Mail.objects.filter(pk=pk).update(not_before=moment(DUE, hour=7, minute=chance.randrange(50)))


def test_killed_between_the_answer_and_our_commit(world):
    world.set_clock(moment(DUE))
    world.owe(DUE)
    world.queue(len(world.units))
    world.run("plan_reminders")
    for death in DEATHS:
        sender = world.command("send_mail", FAULT_DIE=death)
        sender.communicate(timeout=180)
        assert sender.returncode == 137, world.log()
        world.kills += 1
        world.leases_over(sender)
    for _ in range(2):  # nothing brings the doubtful back, neither sender nor planner, today or tomorrow
        world.run("plan_reminders")
        world.run("send_mail")
        world.set_clock(moment(DUE, hour=16))
    tally = world.report(
        "killed exactly between the server's 250 and our commit",
        mails=len(world.units) * 2,
        also=f"{sum(death.startswith('after') for death in DEATHS)} killed right after the 250, "
        f"{sum(death.startswith('before') for death in DEATHS)} right before speaking",
        unknown_at_most=len(DEATHS),
    )
    assert tally.unknown == len(DEATHS)
    assert tally.unknown_arrived == sum(death.startswith("after") for death in DEATHS)
    doubtful = Mail.objects.filter(state="unknown", kind=Mail.DIGEST)
    assert Reminder.objects.filter(mail__in=doubtful).exclude(state="planned").count() == 0
