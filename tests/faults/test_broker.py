"""Beats and workers, killed and doubled; Redis flushed, restarted without its data, silent."""

import asyncio
import shutil
import signal
import time

import redis
from celery import current_app
from django.db.models import Q

from notices.models import Mail, Reminder
from ops.processes import wait_until
from tests.factories import moment
from tests.faults.test_planners import DUE
from tests.faults.world import PAST
from tests.support.broker import PATIENCE, children_of


class Pace:
    """The mail server takes ``seconds`` for each mail."""

    def __init__(self, sink, monkeypatch, seconds):
        self.seconds, take = seconds, sink.handle_DATA

        async def slowly(*mail):
            await asyncio.sleep(self.seconds)
            return await take(*mail)

        monkeypatch.setattr(sink, "handle_DATA", slowly)


def held_by(worker):
    """The mails that the children of this worker have claimed and not yet stamped."""
    ours = Q(pk=None)
    for pid in children_of(worker.pid):
        ours |= Q(worker__contains=f":{pid}:")
    return Mail.objects.filter(ours, state="sending")


def test_two_beats_and_two_workers(world, own_redis, time_machine, monkeypatch):
    """Both workers have a batch under way; one is killed in the middle of its own, with one of the beats."""
    world.travel(moment(DUE), time_machine)
    world.owe(DUE)
    crew = [world.worker(number, own_redis.url) for number in (1, 2)]
    beats = [world.beat(number, own_redis.url) for number in (1, 2)]
    everything = len(world.units) + 210
    pace = Pace(world.sink, monkeypatch, seconds=1)  # a batch takes most of a minute
    world.queue(150)
    assert wait_until(lambda: all(held_by(worker).exists() for worker in crew), seconds=PATIENCE), world.log()
    held = set(held_by(crew[0]).values_list("pk", flat=True))
    world.kill(crew[0])
    world.kill(beats[0])
    orphans = Mail.objects.filter(pk__in=held, state="sending")
    assert orphans.exists()
    pace.seconds = 0.03
    left = Mail.objects.filter(state__in=["queued", "sending"]).exclude(pk__in=orphans.values("pk"))
    for _ in range(2):  # the second time the other worker begins anew, with a sweep
        world.queue(30)
        assert wait_until(lambda: not left.exists(), seconds=PATIENCE), world.log()
    assert orphans.exists()  # nobody touches what a lease holds
    orphans.update(lease_until=world.now() - PAST)
    assert wait_until(lambda: Mail.objects.count() == everything and world.all_settled(), seconds=PATIENCE), world.log()
    also = f"one beat and one worker killed, with {len(held)} mails of a batch under way"
    world.report("two beats and two workers", mails=everything, also=also, unknown_at_most=1)
    assert Reminder.objects.filter(state="planned").exclude(mail__state="unknown").count() == 0


class Supervised:
    """One worker and one beat, started again when they end, as every supervisor does.

    Celery's worker may end by itself when Redis dies at an unlucky moment (kombu closes its channel twice); what
    counts is that no mail suffers.
    """

    def __init__(self, world, redis_url):
        self.world, self.url, self.revived = world, redis_url, 0
        self.crew = {work: work(1, redis_url) for work in (world.worker, world.beat)}

    def drain(self):
        """Wait until no mail waits any more; whether it came to that."""
        return wait_until(lambda: self.revive() or self.world.all_settled(), seconds=PATIENCE, every=0.2)

    def revive(self):
        """Start again who has ended; False, so that the waiting goes on."""
        for work, process in self.crew.items():
            if process.poll() is not None:
                self.revived += 1
                self.crew[work] = work(1, self.url)
        return False


def test_redis_flushed_restarted_and_silent(world, own_redis):
    crew = Supervised(world, own_redis.url)
    world.queue(20)
    assert crew.drain(), world.log()
    for _ in range(3):
        world.queue(10)
        with redis.from_url(own_redis.url) as client:
            client.flushall()
    assert crew.drain(), world.log()

    own_redis.process.kill()
    own_redis.process.wait()
    while_dead = world.queue(20)
    time.sleep(1.5)
    for name in own_redis.folder.glob("appendonly*"):  # it comes back without its memory
        shutil.rmtree(name) if name.is_dir() else name.unlink()
    own_redis.start()
    assert crew.drain(), world.log()

    own_redis.process.send_signal(signal.SIGSTOP)  # accepts connections, answers nothing
    while_silent = world.queue(20)
    time.sleep(5)
    own_redis.process.send_signal(signal.SIGCONT)
    assert crew.drain(), world.log()
    slowest = max(while_dead, while_silent)
    world.report(
        "Redis flushed, restarted empty, half-open",
        mails=90,
        also=f"slowest commit of 20 mails meanwhile {slowest:.2f} s; {crew.revived} restarts of worker or beat",
    )
    assert slowest < 1  # publishing inline would cost two


def test_no_redis_at_all(world):
    """Without broker and Celery the commands do everything."""
    world.set_clock(moment(DUE))
    world.owe(DUE)
    world.queue(50)
    assert "127.0.0.1:1/" in current_app.conf.broker_url  # nobody listens there
    world.run("plan_reminders")
    world.run("send_mail")
    world.report("no Redis at all, commands only", mails=len(world.units) + 50)
    assert Mail.objects.filter(state="sent").count() == len(world.units) + 50
