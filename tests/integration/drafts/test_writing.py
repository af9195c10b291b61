"""Filling in a proposal through the pages: drafts, sections, who may, the check."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from dossiers.models import Dossier
from proposals import sections
from proposals.items import LABELS
from proposals.models import Proposal
from tests.factories import TODAY, actor, make_call, make_signer, make_team, make_theme, make_unit, make_user
from tests.support.proposals import complete, fill, fresh, rows_data, section_url, step

pytestmark = pytest.mark.django_db


def test_new_makes_a_draft_with_the_contacts_of_the_unit(web, call, unit):
    unit.identifier, unit.phone, unit.address = "H26.45", "024 1234 5678", "Thôn Đông, xã Ứng Hòa"
    unit.save()
    make_signer(unit)
    answer = web.post(reverse("proposals:new", args=[call.pk]))
    made = Proposal.objects.get()
    assert answer["Location"] == section_url(made, "basics")
    assert made.contact_organisation == "UBND xã Ứng Hòa"
    assert made.contact_representative == "Lê Văn Chủ, Chủ tịch"
    assert (made.contact_identifier, made.contact_phone) == ("H26.45", "024 1234 5678")
    assert made.dossier.code is None


def test_a_second_click_on_new_makes_no_second_draft(web, call):
    for _ in range(2):
        web.post(reverse("proposals:new", args=[call.pk]))
    assert Proposal.objects.count() == 1


def test_new_by_get_is_not_possible(web, call):
    assert web.get(reverse("proposals:new", args=[call.pk])).status_code == 405


def test_a_closed_call_takes_no_new_proposal_and_says_so(web):
    closed = make_call(due_on=TODAY - dt.timedelta(days=3), opens_on=TODAY - dt.timedelta(days=40))
    answer = web.post(reverse("proposals:new", args=[closed.pk]), follow=True)
    assert "Đợt đã đóng lúc 24 giờ thứ Sáu, 20/11/2026" in answer.content.decode()
    assert "Sở gia hạn" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_a_reader_starts_nothing(client, unit, call):
    client.force_login(make_user(Role.UNIT_READER, unit=unit))
    client.post(reverse("proposals:new", args=[call.pk]))
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("key", [section.key for section in sections.SECTIONS])
def test_every_section_saves_empty_without_a_word(web, proposal, key):
    answer = web.post(section_url(proposal, key), {"version": "0", **rows_data([])})
    assert answer.status_code == 302


def test_every_label_of_the_form_stands_on_its_page(web, proposal):
    pages = "".join(web.get(section_url(proposal, section.key)).content.decode() for section in sections.SECTIONS)
    for number, label in LABELS.items():
        assert f"{number}. {label}" in pages
    assert "Không nhập nội dung thuộc bí mật nhà nước" in pages
    assert "<em>(Nêu rõ phương án Nhà nước nắm giữ" in pages


def test_saving_goes_on_to_the_next_section_and_last_to_the_check(web, proposal):
    answer = web.post(section_url(proposal, "grounds"), {"version": "0", "grounds": "Kế hoạch số 139/KH-UBND"})
    assert answer["Location"] == section_url(proposal, "aims")
    answer = web.post(section_url(proposal, "contacts"), {"version": "0"})
    assert answer["Location"] == reverse("proposals:check", args=[proposal.pk])
    assert fresh(proposal).grounds == "Kế hoạch số 139/KH-UBND"


def test_from_the_check_one_comes_straight_back(web, proposal):
    answer = web.post(section_url(proposal, "grounds") + "?tu=kiem-tra", {"version": "0"})
    assert answer["Location"] == reverse("proposals:check", args=[proposal.pk])


def test_title_and_theme_stand_on_the_dossier_and_can_be_searched(web, proposal):
    theme = make_theme()
    data = {"version": "0", "title": "Xử lý rơm rạ", "theme": theme.pk, "science_fields": ["nong_nghiep", "ky_thuat"]}
    web.post(section_url(proposal, "basics"), {**data, "task_type": "ung_dung"})
    row = fresh(proposal)
    assert (row.dossier.title, row.dossier.theme) == ("Xử lý rơm rạ", theme)
    assert sorted(row.science_fields) == ["ky_thuat", "nong_nghiep"]
    assert Dossier.objects.search("rom ra").get() == row.dossier
    assert (row.dossier.content_seq, row.basics_version) == (1, 1)


@pytest.mark.parametrize("name", ["detail", "edit", "check"])
def test_another_units_proposal_is_404(client, proposal, name):
    stranger = make_user(Role.UNIT_DRAFTER, unit=make_unit("Xã Vân Đình"))
    client.force_login(stranger)
    assert client.get(reverse(f"proposals:{name}", args=[proposal.pk])).status_code == 404


@pytest.mark.parametrize("name", ["section", "save"])
def test_nobody_writes_into_another_units_proposal(client, proposal, name):
    client.force_login(make_user(Role.UNIT_LEADER, unit=make_unit("Xã Vân Đình")))
    assert client.post(section_url(proposal, "grounds", name), {"version": "0", "grounds": "X"}).status_code == 404
    assert fresh(proposal).grounds == ""


def test_a_draft_is_unknown_at_the_department(client, proposal):
    client.force_login(make_user(Role.DEPT_HEAD))
    assert client.get(reverse("proposals:detail", args=[proposal.pk])).status_code == 404


def test_a_reader_reads_but_writes_nothing(client, proposal, unit):
    client.force_login(make_user(Role.UNIT_READER, unit=unit))
    assert client.get(reverse("proposals:detail", args=[proposal.pk])).status_code == 200
    assert client.get(section_url(proposal, "grounds")).status_code == 302
    answer = client.post(section_url(proposal, "grounds"), {"version": "0", "grounds": "Tôi thử"})
    assert answer.status_code == 409 and "Tôi thử" in answer.content.decode()
    assert client.post(section_url(proposal, "grounds", "save"), {"version": "0", "grounds": "X"}).status_code == 409
    assert fresh(proposal).grounds == ""


def test_visitors_are_sent_to_sign_in(client, proposal):
    for path in (
        section_url(proposal, "grounds"),
        reverse("proposals:list"),
        reverse("proposals:detail", args=[proposal.pk]),
    ):
        assert client.get(path).status_code == 302


def test_an_unknown_section_is_404(web, proposal):
    assert web.get(section_url(proposal, "khac")).status_code == 404


def test_what_is_typed_after_the_leader_got_it_is_kept_on_the_page(web, proposal, unit):
    _, leader, _ = make_team(unit)
    complete(proposal, actor(leader))
    step(proposal, "submit_for_signature", actor(leader))
    answer = web.post(section_url(proposal, "grounds"), {"version": "1", "grounds": "Gõ muộn"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Chưa thực hiện được: hồ sơ đã được chuyển sang “Chờ ký”" in page and "Gõ muộn" in page
    assert web.get(section_url(proposal, "grounds")).status_code == 302


def test_the_check_names_every_gap_and_links_to_its_box(web, proposal):
    page = web.get(reverse("proposals:check", args=[proposal.pk])).content.decode()
    for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15):
        assert f">Mục {number}. " in page
    assert "Mục 12." not in page.split("Phiếu đặt hàng nhiệm vụ khoa học và công nghệ</h2>")[0]
    assert f"{section_url(proposal, 'grounds')}?tu=kiem-tra#id_grounds" in page
    assert "aria-disabled" in page and "/buoc/submit_for_signature/" not in page


def test_a_complete_proposal_offers_the_signature(web, proposal, drafter):
    complete(proposal, actor(drafter))
    page = web.get(reverse("proposals:check", args=[proposal.pk])).content.decode()
    assert "Phiếu đủ nội dung" in page
    assert reverse("dossiers:step", args=[proposal.pk, "submit_for_signature"]) in page


def test_markup_typed_by_a_unit_is_shown_as_text(web, proposal, drafter):
    fill(proposal, actor(drafter), grounds="<script>alert(1)</script>", title="<b>Tên</b>")
    for path in (
        section_url(proposal, "grounds"),
        reverse("proposals:check", args=[proposal.pk]),
        reverse("proposals:detail", args=[proposal.pk]),
        reverse("dossiers:print", args=[proposal.pk]),
        reverse("proposals:list"),
    ):
        page = web.get(path).content.decode()
        assert "<script>alert" not in page and "<b>Tên</b>" not in page
