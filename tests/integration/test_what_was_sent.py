"""The Sở reads what was sent; edits under way belong to the unit. Files of a sending stay; refusals can be mended."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from dossiers import letters, papers
from dossiers.assigning import assign
from dossiers.models import Attachment, Dossier, Letter
from dossiers.refusals import StepRefused
from notices.models import Mail
from proposals.models import Proposal
from tests.factories import NOW, TODAY, actor, make_call, make_specialist, make_team, make_unit, pdf_bytes
from tests.support.ways import complete_proposal, sent_proposal, step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def team():
    return make_team(make_unit())


@pytest.fixture
def specialist():
    return make_specialist()


def pdf(name="a.pdf"):
    return SimpleUploadedFile(name, pdf_bytes(), content_type="application/pdf")


@pytest.fixture
def returned(team, specialist):
    """A returned proposal with a file that was sent, then edited by the unit."""
    drafter, leader, _ = team
    dossier = complete_proposal(make_call(), drafter)
    papers.attach(dossier=dossier, upload=pdf(), title="Phụ lục đã gửi", actor=actor(drafter), now=NOW)
    step(dossier, "submit_for_signature", drafter)
    step(dossier, "approve_and_send", leader)
    step(dossier, "receive", specialist)
    dossier = step(dossier, "request_supplement", specialist, note="Bổ sung.", due_on=TODAY + dt.timedelta(days=3))
    Dossier.objects.filter(pk=dossier.pk).update(title="Tên đang sửa dở")
    Proposal.objects.filter(pk=dossier.pk).update(general_aim="Mục tiêu đang sửa dở.")
    papers.attach(dossier=dossier, upload=pdf(), title="Phụ lục chưa gửi", actor=actor(drafter), now=NOW)
    return Dossier.objects.get(pk=dossier.pk)


@pytest.mark.parametrize("again", [False, True], ids=["being edited", "waiting for the leader again"])
@pytest.mark.parametrize(
    "page",
    ["admin:proposals_proposal_change", "dossiers:print", "proposals:detail", "admin:proposals_proposal_changelist"],
)
def test_the_department_sees_no_edit_under_way(client, team, specialist, returned, page, again):
    if again:
        step(returned, "submit_again", team[0])
    client.force_login(specialist)

    answer = client.get(reverse(page, args=[] if page.endswith("list") else [returned.pk]))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "đang sửa dở" not in text and "Phụ lục chưa gửi" not in text
    assert "Ứng dụng chế phẩm vi sinh xử lý rơm rạ" in text


def test_the_holder_goes_on_with_the_edits(client, team, returned):
    client.force_login(team[0])

    text = client.get(reverse("proposals:detail", args=[returned.pk])).content.decode()

    assert "Tên đang sửa dở" in text and "Phụ lục chưa gửi" in text


def test_a_file_that_was_sent_stays_readable_after_the_unit_takes_it_away(client, team, specialist, returned):
    sent, unsent = Attachment.objects.order_by("pk")
    papers.detach(attachment=sent, actor=actor(team[0]), now=NOW)
    client.force_login(specialist)

    codes = [client.get(reverse("dossiers:file", args=[row.file_id])).status_code for row in (sent, unsent)]

    assert codes == [200, 404]
    assert returned.revisions.get().content["attachments"][0]["sha256"] == sent.file.sha256


def test_no_file_slips_in_after_the_sending(team):
    drafter, leader, _ = team
    dossier = complete_proposal(make_call(), drafter)
    read_before = Dossier.objects.get(pk=dossier.pk)
    step(dossier, "submit_for_signature", drafter)
    step(dossier, "approve_and_send", leader)

    with pytest.raises(StepRefused, match="“Đã gửi”"):
        papers.attach(dossier=read_before, upload=pdf(), title="Muộn", actor=actor(drafter), now=NOW)

    assert Attachment.objects.count() == 0


def test_a_second_letter_at_the_same_moment_covers_nothing_and_keeps_nothing(team):
    clerk = team[2]
    dossier = step(complete_proposal(make_call(), team[0]), "submit_for_signature", team[0])
    page = {
        "dossiers": [dossier],
        "seen": {dossier.pk: (dossier.version, dossier.content_seq)},
        "details": {"number": "45/UBND", "issued_on": TODAY, "signer": None, "signer_text": "Lê Văn Chủ"},
        "actor": actor(clerk),
        "now": NOW,
    }
    letters.send_signed(upload=pdf(), **page)
    files = _files()

    with pytest.raises(StepRefused, match="“Đã gửi”"):
        letters.send_signed(upload=pdf(), **page)

    assert Letter.objects.count() == 1
    assert _files() == files, "the refused letter's file is gone again"


def _files(folder=""):
    folders, files = default_storage.listdir(folder) if default_storage.exists(folder or ".") else ([], [])
    return sorted(files) + [name for one in folders for name in _files(f"{folder}/{one}".strip("/"))]


def test_after_a_refusal_choosing_again_is_possible(client, team):
    drafter, leader, _ = team
    dossier = step(complete_proposal(make_call(), drafter), "submit_for_signature", drafter)
    client.force_login(leader)
    address = reverse("dossiers:step", args=[dossier.pk, "return_to_drafter"])
    old = {"version": dossier.version, "content_seq": dossier.content_seq, "note": "Sửa mục tiêu cho rõ."}
    step(dossier, "take_back", drafter)
    dossier = step(dossier, "submit_for_signature", drafter)

    refused = client.post(address, old)
    assert refused.status_code == 409
    assert "Sửa mục tiêu cho rõ." in refused.content.decode()
    form = refused.context["form"]
    again = client.post(address, {name: form[name].value() for name in ("version", "content_seq", "note")})

    dossier.refresh_from_db()
    assert (again.status_code, dossier.status) == (302, "draft")


def test_somebody_with_a_role_at_both_places_keeps_the_units_drafts(client, team):
    drafter = team[0]
    dossier = complete_proposal(make_call(), drafter)
    Membership.objects.create(user=drafter, role=Role.DEPT_SPECIALIST, valid_from=dt.date(2025, 7, 1))

    assert list(Dossier.objects.visible_to(actor(drafter))) == [dossier]


def test_a_unit_is_told_the_place_at_the_department_not_the_person(client, team, specialist):
    drafter, leader, _ = team
    dossier = step(sent_proposal(make_call(), drafter, leader), "receive", specialist)

    mail = Mail.objects.get(person=drafter, subject__startswith="Sở đã tiếp nhận")
    client.force_login(leader)
    refused = client.post(
        reverse("dossiers:step", args=[dossier.pk, "approve_and_send"]),
        {"version": dossier.version - 2, "content_seq": dossier.content_seq},
    )

    assert "Nguyễn Minh Anh" not in mail.text + mail.html + refused.content.decode()
    assert "Phòng Quản lý khoa học" in mail.text


def test_a_letter_added_later_stands_in_the_timeline(client, team):
    drafter, leader, clerk = team
    dossier = sent_proposal(make_call(), drafter, leader)
    letters.add_letter(
        dossiers=[dossier],
        details={"number": "45/UBND", "issued_on": TODAY, "signer": None, "signer_text": "Lê Văn Chủ"},
        upload=pdf(),
        actor=actor(clerk),
        now=NOW + dt.timedelta(hours=1),
    )
    client.force_login(drafter)

    text = client.get(reverse("proposals:detail", args=[dossier.pk])).content.decode()

    assert "Bổ sung văn bản số 45/UBND" in text


def test_a_specialist_is_told_of_a_dossier_given_to_them(team, specialist):
    drafter, leader, _ = team
    dossier = sent_proposal(make_call(), drafter, leader)
    head = make_specialist(Role.DEPT_HEAD, full_name="Lê Quang Vinh")

    assign(dossier=dossier, person=specialist, actor=actor(head), now=NOW)

    mail = Mail.objects.get(person=specialist)
    assert mail.subject == f"Ông/bà được giao theo dõi: {dossier.code}, “{dossier.title}”"
    assert "Lê Quang Vinh" in mail.text and "/quan-tri/" in mail.text


def test_what_the_leader_gave_back_stands_first_on_the_drafters_home_with_its_reason(client, team):
    drafter, leader, _ = team
    dossier = step(complete_proposal(make_call(), drafter), "submit_for_signature", drafter)
    step(dossier, "return_to_drafter", leader, note="Nêu rõ mục tiêu.")
    client.force_login(drafter)

    text = client.get(reverse("home")).content.decode()

    assert "Lãnh đạo trả lại: Ứng dụng chế phẩm" in text and "Nêu rõ mục tiêu." in text


def test_a_supplement_waiting_for_the_leader_stays_on_the_drafters_home(client, team, returned):
    step(returned, "submit_again", team[0])
    client.force_login(team[0])

    assert f"Chờ lãnh đạo ký, gửi lại đề xuất {returned.code}" in client.get(reverse("home")).content.decode()
