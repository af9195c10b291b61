"""Autosave against a step, on PostgreSQL with real connections: what was sent is what stands in the dossier.

A check-then-write save would slip in between reading the content and moving the status, and leave a dossier that
differs from its frozen revision. Touching the dossier row first rules that out.
"""

import itertools
import json
import threading

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from dossiers import kinds
from dossiers.models import Dossier
from dossiers.refusals import StepRefused
from ops.processes import wait_until
from proposals import filing
from proposals.models import Proposal
from tests.factories import NOW, TODAY, actor, make_call, make_specialist, make_team, make_unit
from tests.support.proposals import complete, step

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DOSSIERS = 40
SAVERS = 3


@pytest.fixture
def team():
    return dict(zip(("drafter", "leader", "clerk"), make_team(make_unit()), strict=True))


def in_threads(*jobs):
    """Run the jobs at once, each on connections of its own; raises what one of them raised."""
    barrier, failures = threading.Barrier(len(jobs)), []

    def run(job):
        try:
            barrier.wait()
            job()
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def save_until(stop, proposal, user, section, column, statuses):
    """Type in one section through the autosave address until ``stop`` is set, then once more."""
    client = Client()
    client.force_login(user)
    url = reverse("proposals:save", args=[proposal.pk, section])
    version, last = getattr(Proposal.objects.get(pk=proposal.pk), f"{section}_version"), False
    for number in itertools.count():
        answer = client.post(url, {"version": version, column: f"{column} {number}", **BESIDE.get(section, {})})
        statuses.append(answer.status_code)
        version = answer.json().get("version", version)
        if last:
            return
        last = stop.is_set()


BESIDE = {
    "grounds": {"urgency": "Cần gấp"},
    "aims": {"specific_aims": "Cụ thể", "main_contents": "Nội dung"},
    "bodies": {"direct_body": ""},
}
TYPISTS = (("grounds", "grounds"), ("aims", "general_aim"), ("bodies", "reception"))


def take(proposal, action, who, stop):
    """Take the step as the page does; somebody saving at that moment may make it read again."""
    try:
        while True:
            try:
                dossier = Dossier.objects.get(pk=proposal.pk)
                return step(proposal, action, actor(who), content_seq=dossier.content_seq)
            except StepRefused as refused:
                if "đã thay đổi" not in refused.message and "Chưa thực hiện được" not in refused.message:
                    raise
    finally:
        stop.set()


def test_a_sent_proposal_never_differs_from_its_frozen_revision(team):
    """Savers hammer the draft while it goes to the leader and on to the Sở."""
    call = make_call()
    statuses = []
    for _ in range(DOSSIERS):
        drafter = actor(team["drafter"])
        proposal = complete(filing.start_proposal(call=call, actor=drafter, now=NOW), drafter)
        stop, before = threading.Event(), len(statuses)

        def send(proposal=proposal, stop=stop, before=before):
            try:
                wait_until(lambda: 200 in statuses[before:], seconds=60)  # typing is under way
                take(proposal, "submit_for_signature", team["drafter"], threading.Event())
                take(proposal, "approve_and_send", team["leader"], threading.Event())
            finally:
                stop.set()

        savers = [
            lambda p=proposal, s=stop, t=typist: save_until(s, p, team["clerk"], *t, statuses) for typist in TYPISTS
        ]
        in_threads(send, *savers)
        assert_frozen_is_live(proposal)
    assert connection.vendor == "postgresql"
    assert 200 in statuses and 409 in statuses  # both sides won sometimes
    assert set(statuses) <= {200, 409}


def test_a_supplement_sent_again_never_differs_either(team):
    call, specialist = make_call(), actor(make_specialist())
    for _ in range(10):
        drafter = actor(team["drafter"])
        proposal = complete(filing.start_proposal(call=call, actor=drafter, now=NOW), drafter)
        step(proposal, "submit_for_signature", drafter)
        step(proposal, "approve_and_send", actor(team["leader"]))
        step(proposal, "receive", specialist)
        step(proposal, "request_supplement", specialist, note="Sửa", due_on=TODAY)
        stop, statuses = threading.Event(), []

        def again(proposal=proposal, stop=stop):
            try:
                take(proposal, "submit_again", team["drafter"], threading.Event())
                take(proposal, "approve_and_send_again", team["leader"], threading.Event())
            finally:
                stop.set()

        in_threads(again, lambda p=proposal, s=stop, o=statuses: save_until(s, p, team["clerk"], *TYPISTS[0], o))
        assert_frozen_is_live(proposal)


def assert_frozen_is_live(proposal):
    dossier = Dossier.objects.get(pk=proposal.pk)
    revision = dossier.revisions.order_by("-number").first()
    assert dossier.status == "sent"
    assert revision.content_seq == dossier.content_seq
    snapshot = json.loads(json.dumps(kinds.get("proposal").snapshot(dossier)))
    assert revision.content == {**snapshot, "attachments": []}


def test_of_many_savers_of_one_section_no_text_is_lost(team):
    """Every accepted save raised the version by one and the last accepted text is the stored one."""
    drafter = actor(team["drafter"])
    proposal = filing.start_proposal(call=make_call(), actor=drafter, now=NOW)
    accepted, lock = [], threading.Lock()

    def saver(name):
        client = Client()
        client.force_login(team["clerk"])
        url = reverse("proposals:save", args=[proposal.pk, "aims"])
        for number in range(20):
            version = Proposal.objects.get(pk=proposal.pk).aims_version
            answer = client.post(url, {"version": version, "general_aim": f"{name}-{number}"})
            if answer.status_code == 200:
                with lock:
                    accepted.append((answer.json()["version"], f"{name}-{number}"))

    in_threads(*[lambda name=name: saver(name) for name in range(SAVERS)])
    row = Proposal.objects.select_related("dossier").get(pk=proposal.pk)
    assert row.aims_version == row.dossier.content_seq == len(accepted)
    assert sorted(version for version, _ in accepted) == list(range(1, len(accepted) + 1))
    assert row.general_aim == max(accepted)[1]
