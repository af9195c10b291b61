"""Hand-over: a dissolved unit's dossiers go on with a successor; whose they are does not change."""

import datetime as dt

import pytest

from districts.models import Succession
from dossiers.handover import hand_over, unfinished_of
from dossiers.models import Dossier
from dossiers.refusals import StepRefused
from notices.models import Mail
from tests.factories import NOW, actor, make_call, make_specialist, make_team, make_unit
from tests.support.ways import complete_proposal, sent_proposal

pytestmark = pytest.mark.django_db
RESOLUTION = "Nghị quyết số 1656/NQ-UBTVQH15"


@pytest.fixture
def district():
    return make_unit("Huyện Ứng Hòa", valid_from=None, valid_to=dt.date(2025, 6, 30))


@pytest.fixture
def successor(district):
    unit = make_unit("Xã Ứng Hòa")
    Succession.objects.create(predecessor=district, successor=unit, extent="part")
    return unit


def test_the_holder_moves_the_unit_stays_and_the_new_people_are_told(district, successor):
    drafter, leader, _ = make_team(district)
    new_drafter, _, _ = make_team(successor)
    dossier = sent_proposal(make_call(), drafter, leader)

    event = hand_over(
        dossier=dossier,
        to_unit=successor,
        resolution=RESOLUTION,
        actor=actor(make_specialist()),
        version=dossier.version,
        now=NOW,
    )

    dossier.refresh_from_db()
    assert (dossier.unit, dossier.holder, dossier.status) == (district, successor, "sent")
    assert event.label == "Bàn giao từ Huyện Ứng Hòa sang Xã Ứng Hòa"
    assert Mail.objects.filter(person=new_drafter, template="handover").count() == 1
    assert Dossier.objects.visible_to(actor(new_drafter)).get() == dossier


def test_a_successor_reads_what_was_sent_but_no_draft(district, successor):
    drafter, leader, _ = make_team(district)
    heir = make_team(successor)[0]
    call = make_call()
    sent, draft = sent_proposal(call, drafter, leader), complete_proposal(call, drafter, title="Nháp")

    assert list(Dossier.objects.visible_to(actor(heir))) == [sent]
    assert set(unfinished_of(district)) == {sent, draft}


@pytest.mark.parametrize("reason", ["role", "resolution", "same", "ended", "moved"])
def test_refusals_say_what_to_do(district, successor, reason):
    drafter, leader, _ = make_team(district)
    dossier = sent_proposal(make_call(), drafter, leader)
    ended = make_unit("Huyện Cũ", valid_to=dt.date(2025, 6, 30))
    values = {
        "to_unit": {"same": district, "ended": ended}.get(reason, successor),
        "resolution": " " if reason == "resolution" else RESOLUTION,
        "actor": actor(leader if reason == "role" else make_specialist()),
        "version": dossier.version - (reason == "moved"),
    }
    sentence = {
        "role": "do chuyên viên",
        "resolution": "Nhập số nghị quyết",
        "same": "đang do Huyện Ứng Hòa giữ",
        "ended": "Chọn đơn vị đang hoạt động",
        "moved": "Chưa thực hiện được",
    }[reason]

    with pytest.raises(StepRefused, match=sentence):
        hand_over(dossier=dossier, now=NOW, **values)
