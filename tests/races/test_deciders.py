"""Two deciders at once, on PostgreSQL, with real connections: exactly one wins, every time."""

import threading

import pytest
from django.db import connection, connections

from accounts.roles import Role
from dossiers.door import take_step
from dossiers.models import Dossier, Event
from dossiers.refusals import StepRefused
from tests.factories import NOW, actor, make_call, make_specialist, make_team, make_unit
from tests.support.ways import sent_proposal, step

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DECIDERS = 6
ROUNDS = 10


def _decide(dossier_id, who, barrier, answers):
    dossier = Dossier.objects.get(pk=dossier_id)
    barrier.wait()
    try:
        action = "mark_valid" if who.pk % 2 else "mark_out_of_scope"
        take_step(dossier=dossier, action=action, actor=actor(who), version=dossier.version, now=NOW, note="Chuyển.")
        answers.append("done")
    except StepRefused as refused:
        answers.append(refused.message)
    finally:
        connections["default"].close()


def test_of_many_deciders_exactly_one_wins():
    drafter, leader, _ = make_team(make_unit())
    call = make_call()
    people = [make_specialist(Role.DEPT_HEAD, full_name=f"Người {number}") for number in range(DECIDERS)]
    for _ in range(ROUNDS):
        dossier = step(sent_proposal(call, drafter, leader), "receive", people[0])
        barrier, answers = threading.Barrier(DECIDERS), []
        threads = [threading.Thread(target=_decide, args=(dossier.pk, who, barrier, answers)) for who in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(answers) == DECIDERS
        assert answers.count("done") == 1
        assert all("Chưa thực hiện được" in answer for answer in answers if answer != "done")
        assert Event.objects.filter(dossier=dossier, version=4).count() == 1
        dossier.refresh_from_db()
        assert dossier.version == 4
    assert connection.vendor == "postgresql"
