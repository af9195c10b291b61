"""“Để ông/bà biết”: the Sở's people open what the mail tells of, also what a unit has not sent yet."""

import datetime as dt

import pytest
from django.conf import settings
from django.core import mail as locmem
from django.urls import reverse

from dossiers.models import Dossier
from notices import duties
from notices.models import Rung
from notices.planner import plan
from notices.sender import send
from tests.factories import NOW, TODAY, make_call, make_specialist, make_team, make_unit, moment
from tests.support.report_desk import Desk
from tests.support.ways import complete_proposal, sent_proposal, step

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)
LATE = TODAY + WEEK * 3


@pytest.fixture
def specialist(client, time_machine):
    time_machine.move_to(NOW)
    user = make_specialist()
    client.force_login(user)
    return user


@pytest.fixture
def team():
    return make_team(make_unit())


def draft(team, specialist):
    return complete_proposal(make_call(), team[0])


def to_sign(team, specialist):
    return step(complete_proposal(make_call(), team[0]), "submit_for_signature", team[0])


def given_back(team, specialist):
    return step(to_sign(team, specialist), "return_to_drafter", team[1], note="Nêu rõ mục tiêu.")


def unnumbered(team, specialist):
    return sent_proposal(make_call(), team[0], team[1])


def asked(team, specialist):
    dossier = step(sent_proposal(make_call(), team[0], team[1]), "receive", specialist)
    return step(dossier, "request_supplement", specialist, note="Làm rõ quy mô", due_on=TODAY + WEEK)


def report_to_sign(team, specialist):
    desk = Desk(due_on=TODAY + WEEK)
    desk.fill()
    return desk.step("submit_for_signature", desk.drafter)


def report_asked(team, specialist):
    desk = Desk(due_on=TODAY + WEEK)
    desk.fill()
    desk.send()
    return desk.step("request_supplement", specialist, note="Làm rõ số liệu", due_on=TODAY + WEEK)


@pytest.mark.parametrize(
    ("way", "kind", "page"),
    [
        (draft, "call_closing", "admin:proposals_call_change"),
        (to_sign, "signature", "admin:proposals_call_change"),
        (given_back, "rework", "admin:proposals_call_change"),
        (unnumbered, "letter", "admin:proposals_proposal_change"),
        (asked, "proposal_returned", "admin:proposals_proposal_change"),
        (report_to_sign, "signature", "admin:reports_chasing"),
        (report_asked, "report_supplement", "admin:reports_report_change"),
    ],
)
def test_the_department_can_open_what_is_owed(client, team, specialist, way, kind, page):
    dossier = Dossier.objects.get(pk=way(team, specialist).pk)
    (duty,) = [duty for duty in duties.open_duties(now=NOW) if duty.kind == kind]
    of = dossier.round_id if page in ("admin:proposals_call_change", "admin:reports_chasing") else dossier.pk
    assert duty.staff_path == reverse(page, args=[of])
    assert client.get(duty.staff_path).status_code == 200


def test_the_mail_to_know_of_leads_to_the_dossier_not_to_the_home_page(team, specialist, time_machine):
    dossier = unnumbered(team, specialist)
    Rung.objects.create(kind="letter", offset=-3, tell_department=True)
    time_machine.move_to(moment(LATE))
    plan(now=moment(LATE))
    send(now=moment(LATE))
    (told,) = [message for message in locmem.outbox if message.to == [specialist.email] and "Để ông" in message.subject]
    path = reverse("admin:proposals_proposal_change", args=[dossier.pk])
    assert f"Xem: {settings.SITE_URL}{path}\n" in told.body
