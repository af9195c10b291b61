"""Signed letters through the pages: both ways of sending, one letter for several dossiers, bad files."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dossiers.models import Dossier, Letter
from tests.factories import NOW, TODAY, make_call, make_signer, make_specialist, make_team, make_unit, pdf_bytes
from tests.support.ways import complete_proposal, sent_proposal, step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def team(unit):
    return make_team(unit)


@pytest.fixture
def waiting(team):
    """Two complete proposals that wait for signature."""
    call = make_call()
    dossiers = [complete_proposal(call, team[0], title=f"Đề xuất số {number}") for number in (1, 2)]
    return [step(dossier, "submit_for_signature", team[0]) for dossier in dossiers]


def pdf(name="45-ubnd.pdf", content=None):
    return SimpleUploadedFile(name, pdf_bytes() if content is None else content, content_type="application/pdf")


def letter_data(dossiers, orders, **changes):
    data = {"number": "45/UBND-VHXH", "issued_on": f"{TODAY:%d/%m/%Y}", "signer_text": "Lê Văn Chủ, Chủ tịch"}
    data |= {"upload": pdf()} | changes
    for dossier, order in zip(dossiers, orders, strict=True):
        data |= {
            f"order_{dossier.pk}": order,
            f"version_{dossier.pk}": dossier.version,
            f"seq_{dossier.pk}": dossier.content_seq,
        }
    return data


def test_one_letter_sends_two_dossiers_in_its_order_of_priority(client, team, waiting):
    client.force_login(team[2])
    first, second = waiting

    answer = client.post(reverse("dossiers:sign", args=[first.pk]), letter_data(waiting, ["2", "1"]))

    letter = Letter.objects.get()
    assert [item.dossier_id for item in letter.items.order_by("position")] == [second.pk, first.pk]
    assert {row.status for row in Dossier.objects.all()} == {"sent"}
    assert {row.needs_letter for row in Dossier.objects.all()} == {False}
    first.refresh_from_db()
    assert answer.url == reverse("dossiers:receipt", args=[first.code, 1])


def test_a_double_click_on_the_letter_page_makes_one_letter_and_shows_the_receipt(client, team, waiting):
    client.force_login(team[2])
    address, first = reverse("dossiers:sign", args=[waiting[0].pk]), waiting[0]

    client.post(address, letter_data(waiting, ["1", ""]))
    again = client.post(address, letter_data(waiting, ["1", ""]))

    first.refresh_from_db()
    assert again.url == reverse("dossiers:receipt", args=[first.code, 1])
    assert Letter.objects.count() == 1
    assert Dossier.objects.get(pk=waiting[1].pk).status == "awaiting"


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"upload": pdf("a.docx", b"PK\x03\x04")}, "PDF"),
        ({"upload": pdf(content=b"<html>khong phai pdf</html>")}, "PDF"),
        ({"upload": ""}, "Chưa chọn tệp"),
        ({"number": ""}, "Số, ký hiệu"),
        ({"issued_on": "31/02/2026"}, "31/02/2026"),
        ({"issued_on": f"{TODAY + dt.timedelta(days=1):%d/%m/%Y}"}, "không được sau hôm nay"),
        ({"signer_text": ""}, "người ký"),
    ],
)
def test_a_wrong_letter_is_refused_at_its_field_and_keeps_what_was_typed(client, team, waiting, changes, sentence):
    client.force_login(team[2])

    answer = client.post(reverse("dossiers:sign", args=[waiting[0].pk]), letter_data(waiting, ["1", "2"], **changes))

    page = answer.content.decode()
    assert sentence in page
    assert 'value="45/UBND-VHXH"' in page or changes.get("number") == ""
    assert Letter.objects.count() == 0
    assert {row.status for row in Dossier.objects.all()} == {"awaiting"}


def test_the_leader_sends_and_the_clerk_adds_the_letter_later(client, team, unit):
    drafter, leader, clerk = team
    signer = make_signer(unit)
    dossier = sent_proposal(make_call(), drafter, leader)
    assert dossier.needs_letter
    client.force_login(clerk)

    data = letter_data([dossier], ["1"], signer=signer.pk, signer_text="")
    answer = client.post(reverse("dossiers:letter", args=[dossier.pk]), data)

    dossier.refresh_from_db()
    assert answer.status_code == 302
    assert not dossier.needs_letter
    assert Letter.objects.get().signer_text == "TM. Lê Văn Chủ, Chủ tịch"
    assert dossier.version == 2, "adding a letter is no step"


def test_the_signed_copy_is_read_by_unit_and_department_only(client, team, unit):
    drafter, leader, clerk = team
    dossier = sent_proposal(make_call(), drafter, leader)
    client.force_login(clerk)
    client.post(reverse("dossiers:letter", args=[dossier.pk]), letter_data([dossier], ["1"]))
    address = reverse("dossiers:file", args=[Letter.objects.get().file_id])
    stranger = make_team(make_unit("Xã Khác"))[0]

    answers = {}
    for name, who in {"unit": drafter, "department": make_specialist(), "stranger": stranger}.items():
        client.force_login(who)
        answers[name] = client.get(address).status_code

    assert answers == {"unit": 200, "department": 200, "stranger": 404}


def test_another_units_dossier_is_not_there(client, team, waiting):
    client.force_login(make_team(make_unit("Xã Khác"))[2])

    codes = [
        client.get(reverse(name, args=[waiting[0].pk])).status_code
        for name in ("dossiers:sign", "dossiers:letter", "dossiers:print", "dossiers:attach")
    ]

    assert codes == [404, 404, 404, 404]
