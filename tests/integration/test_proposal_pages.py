"""Reading pages: list, call, one proposal, the printed form – and sending through the pages."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from dossiers.models import Dossier
from proposals import filing
from proposals.models import CallFile
from records.files import store_upload
from tests.factories import (
    NOW,
    TODAY,
    actor,
    make_call,
    make_signer,
    make_specialist,
    make_team,
    make_theme,
    make_unit,
    make_user,
    moment,
    pdf_bytes,
)
from tests.support.proposals import complete, fill, step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def team(unit):
    return dict(zip(("drafter", "leader", "clerk"), make_team(unit), strict=True))


@pytest.fixture
def call():
    return make_call()


def draft(call, who, **values):
    return fill(filing.start_proposal(call=call, actor=actor(who), now=NOW), actor(who), **values)


@pytest.fixture
def proposal(call, team):
    return complete(filing.start_proposal(call=call, actor=actor(team["drafter"]), now=NOW), actor(team["drafter"]))


@pytest.fixture
def web(client, team):
    client.force_login(team["drafter"])
    return client


def page_of(client, name="list", args=(), **query):
    return client.get(reverse(f"proposals:{name}", args=args), query).content.decode()


def send(proposal, team):
    step(proposal, "submit_for_signature", actor(team["drafter"]))
    step(proposal, "approve_and_send", actor(team["leader"]))


def to_council(proposal, team, recommendation="do", passing=8):
    send(proposal, team)
    specialist = actor(make_specialist())
    for action in ("receive", "mark_valid", "start_review"):
        step(proposal, action, specialist)
    data = {
        "minutes_number": "05/BB",
        "minutes_date": TODAY,
        "recommendation": recommendation,
        "council_size": 9,
        "ballots": 9,
        "ballots_pass": passing,
    }
    step(proposal, "record_council", specialist, note="Phù hợp nhu cầu của địa phương", data=data)


def test_an_empty_list_offers_the_open_call(web, call):
    page = page_of(web)
    assert "Đơn vị chưa có đề xuất nào" in page and "Đề xuất nhiệm vụ mới" in page
    assert reverse("proposals:new", args=[call.pk]) in page


def test_without_an_open_call_the_list_says_so(web):
    make_call(due_on=TODAY - dt.timedelta(days=5), opens_on=TODAY - dt.timedelta(days=40))
    make_call(opens_on=TODAY + dt.timedelta(days=5), due_on=TODAY + dt.timedelta(days=40))
    page = page_of(web)
    assert "không có đợt đề xuất nào đang mở" in page and "Đề xuất nhiệm vụ mới</button>" not in page


def test_a_reader_gets_no_button(client, unit, call):
    client.force_login(make_user(Role.UNIT_READER, unit=unit))
    assert "Đề xuất nhiệm vụ mới" not in page_of(client)


def test_the_list_shows_this_units_proposals_only(web, call, team):
    draft(call, team["drafter"], title="Của mình")
    stranger = make_user(Role.UNIT_DRAFTER, unit=make_unit("Xã Vân Đình"))
    draft(call, stranger, title="Của người")
    page = page_of(web)
    assert "Của mình" in page and "Của người" not in page


def test_search_and_filters_narrow_the_list(web, call, team):
    water, other = make_theme("Nước sạch", "nuoc"), make_call(plan_year=2028, title="Đợt bổ sung")
    draft(call, team["drafter"], title="Xử lý rơm rạ")
    draft(other, team["drafter"], title="Lọc nước làng nghề", theme=water)
    for query in ({"q": "rom ra"}, {"dot": call.pk}, {"q": "XỬ LÝ", "trang_thai": "draft"}):
        page = page_of(web, **query)
        assert "Xử lý rơm rạ" in page and "Lọc nước" not in page
    assert "Lọc nước" in page_of(web, chu_de=water.pk)
    assert "Không có đề xuất nào khớp" in page_of(web, trang_thai="published")


@pytest.mark.parametrize("query", [{"dot": "x"}, {"dot": "999"}, {"trang_thai": "'"}, {"page": "abc"}, {"q": "%_\x00"}])
def test_nonsense_in_the_address_breaks_nothing(web, proposal, query):
    assert web.get(reverse("proposals:list"), query).status_code == 200


def test_the_list_takes_as_many_queries_for_many_as_for_few(web, call, team, django_assert_num_queries):
    for number in range(3):
        draft(call, team["drafter"], title=f"Số {number}")
    page_of(web)
    with CaptureQueriesContext(connection) as few:
        page_of(web)
    for number in range(30):
        draft(call, team["drafter"], title=f"Thêm {number}")
    with django_assert_num_queries(len(few)):
        page = page_of(web)
    assert "1–25 trong 33 đề xuất" in page


def test_the_call_page_shows_guidance_dates_and_files(web, call, team):
    call.guidance = "Ưu tiên <vấn đề> cấp bách.\n\nGửi sớm."
    call.save()
    upload = SimpleUploadedFile("huong-dan.pdf", pdf_bytes(), "application/pdf")
    stored = store_upload(upload=upload, user=make_specialist(), now=NOW)
    row = CallFile.objects.create(call=call, file=stored, title="Công văn hướng dẫn")
    page = page_of(web, "call", [call.pk])
    assert "Ưu tiên &lt;vấn đề&gt; cấp bách." in page and "hết thứ Năm, 17/12/2026" in page
    assert "Công văn hướng dẫn" in page and "2027" in page
    answer = web.get(reverse("proposals:file", args=[call.pk, row.pk]))
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    assert web.get(reverse("proposals:file", args=[call.pk + 1, row.pk])).status_code == 404


def test_sending_twice_by_a_double_click_gives_one_receipt(client, proposal, team):
    step(proposal, "submit_for_signature", actor(team["drafter"]))
    client.force_login(team["leader"])
    url = reverse("dossiers:step", args=[proposal.pk, "approve_and_send"])
    dossier = Dossier.objects.get(pk=proposal.pk)
    data = {"version": dossier.version, "content_seq": dossier.content_seq}
    first, second = client.post(url, data), client.post(url, data)
    assert first["Location"] == second["Location"]
    assert Dossier.objects.get(pk=proposal.pk).revisions.count() == 1
    assert "ĐX-2027-0001" in client.get(first["Location"]).content.decode()


def test_a_form_open_past_the_closing_minute_still_saves_but_is_not_sent(web, client, proposal, team, clock):
    last = proposal.call.round.locks_on
    clock.move_to(moment(last + dt.timedelta(days=1), 0, 5))
    web.force_login(team["drafter"])  # the session of the first day is over
    url = reverse("proposals:save", args=[proposal.pk, "grounds"])
    assert web.post(url, {"version": "1", "grounds": "Gõ lúc nửa đêm"}).status_code == 200
    page = page_of(web, "check", [proposal.pk])
    assert "Đợt đã đóng lúc 24 giờ thứ Năm, 17/12/2026" in page
    step(proposal, "submit_for_signature", actor(team["drafter"]))
    client.force_login(team["leader"])
    dossier = Dossier.objects.get(pk=proposal.pk)
    answer = client.post(
        reverse("dossiers:step", args=[proposal.pk, "approve_and_send"]),
        {"version": dossier.version, "content_seq": dossier.content_seq},
    )
    assert "Sở gia hạn" in answer.content.decode()
    assert Dossier.objects.get(pk=proposal.pk).status == "awaiting"


def test_a_returned_proposal_shows_points_and_date_on_page_and_form(web, proposal, team):
    send(proposal, team)
    specialist = actor(make_specialist())
    step(proposal, "receive", specialist)
    note = "Mục tiêu cần con số đo được\nGhi rõ nguồn kinh phí khác"
    step(proposal, "request_supplement", specialist, note=note, due_on=dt.date(2026, 12, 22))
    for page in (page_of(web, "detail", [proposal.pk]), page_of(web, "section", [proposal.pk, "aims"])):
        assert "Sở đề nghị bổ sung 2 nội dung" in page
        assert "thứ Ba, 22/12/2026" in page and "Ghi rõ nguồn kinh phí khác" in page
        assert "Nguyễn Minh Anh" not in page
    check = page_of(web, "check", [proposal.pk])
    assert reverse("dossiers:step", args=[proposal.pk, "submit_again"]) in check


def test_the_leaders_reason_stands_above_the_form(web, proposal, team):
    step(proposal, "submit_for_signature", actor(team["drafter"]))
    step(proposal, "return_to_drafter", actor(team["leader"]), note="Giảm kinh phí")
    page = page_of(web, "section", [proposal.pk, "money"])
    assert "Lãnh đạo đơn vị trả lại" in page and "Giảm kinh phí" in page


def test_the_council_is_shown_without_the_votes(web, proposal, team):
    to_council(proposal, team)
    page = page_of(web, "detail", [proposal.pk])
    assert "Đề nghị thực hiện" in page and "Phù hợp nhu cầu của địa phương" in page
    assert not re.search(r"ballots|phiếu thu về|8/9|\b9 phiếu", page)


def test_what_was_approved_stands_beside_what_was_proposed(web, proposal, team):
    to_council(proposal, team)
    paper = {"submission_number": "12/TTr-SKHCN", "submission_date": TODAY}
    step(proposal, "submit_to_city", actor(make_specialist(Role.DEPT_LEADER)), data=paper)
    data = {
        "decision_number": "2517/QĐ-UBND",
        "decision_date": TODAY,
        "approved_name": "Xử lý rơm rạ tại xã Ứng Hòa",
        "approved_aim": "Giảm 50% diện tích đốt",
        "approved_state_budget": 700,
    }
    step(proposal, "record_approval", actor(make_specialist(Role.DEPT_HEAD)), data=data)
    page = page_of(web, "detail", [proposal.pk])
    for text in ("2517/QĐ-UBND", "Xử lý rơm rạ tại xã Ứng Hòa", "700,0 triệu đồng", "800,0 triệu đồng", "Giảm 50%"):
        assert text in page


def test_the_department_reads_what_was_sent_not_edits_in_progress(client, proposal, team):
    send(proposal, team)
    head = actor(make_specialist(Role.DEPT_HEAD))
    step(proposal, "receive", head)
    step(proposal, "request_supplement", head, note="Sửa", due_on=TODAY + dt.timedelta(days=9))
    fill(proposal, actor(team["drafter"]), grounds="Đang sửa dở")
    client.force_login(head.user)
    page = page_of(client, "detail", [proposal.pk])
    assert "Đang sửa dở" not in page and "Kế hoạch số 139/KH-UBND" in page
    client.force_login(team["leader"])
    assert "Đang sửa dở" in page_of(client, "detail", [proposal.pk])


def test_the_printed_form_is_the_official_one(web, proposal, unit):
    make_signer(unit, full_name="Hoàng Văn Phó", post="Phó Chủ tịch", authority="KT")
    page = web.get(reverse("dossiers:print", args=[proposal.pk])).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    for words in (
        "Mẫu I.01-ĐHNV",
        "ỦY BAN NHÂN DÂN XÃ ỨNG HÒA",
        "Độc lập - Tự do - Hạnh phúc",
        "Ứng Hòa, ngày … tháng … năm 2026",
        "PHIẾU ĐẶT HÀNG NHIỆM VỤ KHOA HỌC VÀ CÔNG NGHỆ",
        "☑ Khoa học nông nghiệp",
        "☐ Công nghệ chiến lược",
        "Kinh phí hỗ trợ từ NSNN: 800,0 triệu đồng",
        "ĐẠI DIỆN TỔ CHỨC ĐẶT HÀNG",
        "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
        "Hoàng Văn Phó",
    ):
        assert words in text
    assert re.findall(r"<h3>(\d+)\.", page) == [str(number) for number in range(1, 16)]


def test_the_printed_form_of_a_sending_is_the_frozen_one(web, proposal, team):
    send(proposal, team)
    head = actor(make_specialist(Role.DEPT_HEAD))
    step(proposal, "receive", head)
    step(proposal, "request_supplement", head, note="Sửa", due_on=TODAY)
    fill(proposal, actor(team["drafter"]), grounds="Căn cứ mới")
    url = reverse("dossiers:print", args=[proposal.pk])
    assert "Căn cứ mới" in web.get(url).content.decode()
    assert "Căn cứ mới" not in web.get(url, {"lan": "1"}).content.decode()


def test_the_page_of_a_proposal_takes_few_queries(web, proposal, team, django_assert_max_num_queries):
    to_council(proposal, team)
    with django_assert_max_num_queries(28):  # 12 of them for the count in the menu
        page_of(web, "detail", [proposal.pk])
