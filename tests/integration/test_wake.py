"""A request never waits for the broker and never fails because of it, whatever the broker does."""

import os
import threading
import time

import pytest
from django.db import connections, transaction
from django.urls import reverse

from dossiers.models import Dossier
from notices import wake
from notices.models import Mail
from ops.processes import wait_until
from tests.factories import NOW, make_call, make_team, make_unit
from tests.support.ways import complete_proposal, step

HANG = 60  # seconds after which a publish counts as hanging; kombu's defaults hang for ever


@pytest.fixture
def refused_broker():
    yield  # tests/settings.py: nobody listens
    wake.nudger.wait(HANG)


@pytest.fixture
def publishing(monkeypatch):
    """(thread, is the mail to be seen from outside the request?) of each publish, as it begins; and ``answered``.

    No publish ends before ``answered`` is set: a request that waited for one would hang with it.
    """
    seen, answered, plain = [], threading.Event(), wake.publish

    def publish():
        seen.append((threading.current_thread(), Mail.objects.filter(state="queued").exists()))
        connections.close_all()
        done = plain()
        answered.wait(HANG)
        return done

    monkeypatch.setattr(wake, "publish", publish)
    yield seen, answered
    answered.set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broker", ["silent_broker", "refused_broker"])
def test_a_step_is_stored_and_answered_while_the_broker_is_away(broker, request, client, time_machine, publishing):
    request.getfixturevalue(broker)
    time_machine.move_to(NOW, tick=True)
    drafter, leader, _ = make_team(make_unit())
    dossier = step(complete_proposal(make_call(), drafter), "submit_for_signature", drafter)
    client.force_login(leader)
    url = reverse("dossiers:step", args=[dossier.pk, "approve_and_send"])
    publishes, answered = publishing
    answered.set()
    assert wake.nudger.wait(HANG)
    answered.clear()
    publishes.clear()
    answer = client.post(url, {"version": dossier.version, "content_seq": dossier.content_seq})
    assert not wake.nudger.wait(0)  # answered while the publishing still hangs
    answered.set()
    assert answer.status_code == 302
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert dossier.status == "sent"
    assert Mail.objects.filter(state="queued").exists()
    assert wake.nudger.wait(HANG)
    assert publishes != []
    for thread, committed in publishes:
        assert thread is not threading.current_thread()
        assert committed


def test_publishing_to_a_silent_broker_ends(silent_broker):
    started = time.monotonic()
    assert wake.publish() is False
    assert time.monotonic() - started < HANG


def test_many_commits_while_the_broker_is_silent_keep_one_thread(silent_broker):
    for _ in range(200):
        wake.nudger.wish()
    publishing = [thread for thread in threading.enumerate() if thread.name == "wake-sender"]
    assert len(publishing) == 1
    assert wait_until(lambda: wake.nudger.wait(1), seconds=HANG)
    assert len(silent_broker) <= 2  # one message for all of them; a failure is not repeated at once


@pytest.mark.django_db(transaction=True)
def test_a_wish_during_a_publish_is_not_forgotten(redis_url, monkeypatch):
    """The first message may be taken before the second mail is committed."""
    inside, go_on, published = threading.Event(), threading.Event(), []

    def slow():
        published.append(1)
        inside.set()
        assert go_on.wait(HANG)
        return True

    monkeypatch.setattr(wake, "publish", slow)
    wake.nudger.wish()
    assert inside.wait(HANG)
    wake.nudger.wish()
    go_on.set()
    assert wake.nudger.wait(HANG)
    assert len(published) == 2


@pytest.mark.django_db(transaction=True)
def test_one_transaction_wakes_once_and_a_rolled_back_one_never(redis_url):
    import redis

    with transaction.atomic():
        wake.wake_sender()
        wake.wake_sender()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        wake.wake_sender()
        raise ZeroDivisionError
    assert wake.nudger.wait(HANG)
    with redis.from_url(redis_url) as queue:
        assert queue.llen("celery") == 1


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_cannot_be_started_harms_nobody(monkeypatch, refused_broker):
    def no_thread(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    with transaction.atomic():
        wake.wake_sender()
    monkeypatch.undo()
    assert wake.nudger.wait(HANG)


def test_a_forked_child_does_not_inherit_a_lock_that_nobody_will_open(silent_broker):
    """gunicorn --preload and Celery's prefork fork; at that moment a thread may hold the lock."""
    wake.nudger.wish()
    wake.nudger._lock.acquire()
    pid = os.fork()
    if pid == 0:  # the child must be able to wish, and end
        wake.nudger._run = lambda: None
        wake.nudger.wish()
        os._exit(0)
    wake.nudger._lock.release()
    assert wait_until(lambda: os.waitpid(pid, os.WNOHANG)[0] == pid, seconds=HANG)
