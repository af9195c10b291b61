"""What a proposal answers its dossier: the form as data, the whole check, the council's rule, dates."""

import datetime as dt
import json

import pytest

from accounts.roles import Role
from districts.workdays import Calendar
from dossiers import kinds
from dossiers.models import Dossier, Round
from dossiers.refusals import ContentRefused, StepRefused
from proposals import checks, timing
from proposals.filing import save_section, start_proposal
from proposals.forms import MonthField
from proposals.items import LABELS
from proposals.models import Call, CityDecision, CouncilResult, Product, Proposal
from proposals.process import PROCESS
from tests.factories import NOW, TODAY, actor, make_call, make_specialist, make_team, make_unit, make_user, moment
from tests.support.proposals import complete, step

COUNCIL = {"minutes_number": "05/BB-HĐTV", "minutes_date": TODAY, "recommendation": "do", "council_size": 9}


def blank(**values):
    return Proposal(call=Call(plan_year=2027), **values)


def found(proposal, products=(), title="Tên", theme_id=1):
    return checks.findings(title=title, theme_id=theme_id, proposal=proposal, products=list(products))


def test_an_empty_form_misses_exactly_the_required_items():
    blocking = {finding.item for finding in found(blank(), title="", theme_id=None) if finding.blocking}
    assert blocking == {"Chủ đề", *map(str, range(1, 12)), "13", "15"}


def test_a_body_for_direct_assignment_needs_its_reason():
    assert "12" in {finding.item for finding in found(blank(direct_body="Viện A")) if finding.blocking}
    assert "12" not in {finding.item for finding in found(blank(direct_body="Viện A", direct_reason="Có bản quyền"))}


def test_a_product_without_a_name_does_not_count():
    messages = [f.message for f in found(blank(), [Product(name="", target="x")]) if f.item == "8"]
    assert messages == ["Ghi ít nhất một sản phẩm, có tên."]
    messages = [f.message for f in found(blank(), [Product(name="A"), Product(name=" ")]) if f.item == "8"]
    assert messages == ["Sản phẩm thứ 2 chưa có tên: ghi tên hoặc bỏ dòng."]


@pytest.mark.parametrize(
    ("state", "other", "blocking", "hints"),
    [(None, None, 1, 0), (0, 0, 1, 0), (800, None, 0, 1), (800, 0, 0, 0), (-1, 5, 1, 0), (0, 5, 0, 0)],
)
def test_money(state, other, blocking, hints):
    mine = [f for f in found(blank(state_budget=state, other_budget=other)) if f.item == "10"]
    assert [sum(f.blocking for f in mine), sum(not f.blocking for f in mine)] == [blocking, hints]


@pytest.mark.parametrize(
    ("start", "end", "months", "blocking", "hints"),
    [
        ("01/2027", "12/2028", 24, 0, 0),
        ("01/2027", "12/2028", 12, 0, 1),
        ("01/2028", "12/2027", 12, 1, 0),
        ("06/2027", "06/2027", 1, 0, 0),
        ("", "12/2028", 24, 0, 0),
    ],
)
def test_period(start, end, months, blocking, hints):
    mine = [f for f in found(blank(period_from=start, period_to=end, months=months)) if f.item == "11"]
    assert [sum(f.blocking for f in mine), sum(not f.blocking for f in mine)] == [blocking, hints]


def test_more_than_ten_pages_is_a_hint_only():
    long = [f for f in found(blank(grounds="từ ngữ " * 6000)) if f.item == "Độ dài phiếu"]
    assert [f.blocking for f in long] == [False]
    assert "không quá 10 trang" in long[0].message
    assert not [f for f in found(blank(grounds="ngắn")) if f.item == "Độ dài phiếu"]


@pytest.mark.parametrize(
    "typed", ["1/2027", "01/2027", "01-2027", "1.2027", "tháng 1/2027", "Tháng 01 năm 2027", "01 2027"]
)
def test_months_are_read_as_people_write_them(typed):
    assert MonthField(required=False).clean(typed) == "01/2027"


@pytest.mark.parametrize(
    ("ballots", "passing", "passes"), [(7, 5, False), (7, 6, True), (8, 6, False), (8, 7, True), (11, 9, True)]
)
def test_the_ballots_pass_above_three_quarters(ballots, passing, passes):
    assert Call(plan_year=2027).council_passes(ballots=ballots, passing=passing) is passes


def test_a_call_is_closed_after_its_last_day_counted_whole():
    round = Round(title="Đợt", opens_on=TODAY, due_on=dt.date(2026, 12, 17), locks_on=dt.date(2026, 12, 17))
    day = dt.timedelta(days=1)
    assert timing.closed(round, today=round.locks_on, calendar=Calendar()) == ""
    sentence = timing.closed(round, today=round.locks_on + day, calendar=Calendar())
    assert "24 giờ thứ Năm, 17/12/2026" in sentence and "Sở gia hạn" in sentence
    assert "mở từ" in timing.closed(round, today=TODAY - day, calendar=Calendar())


# --- with a database -----------------------------------------------------------------------------------------


@pytest.fixture
def people(db):
    unit = make_unit()
    drafter, leader, clerk = make_team(unit)
    return {
        "drafter": actor(drafter),
        "leader": actor(leader),
        "clerk": actor(clerk),
        "specialist": actor(make_specialist()),
        "head": actor(make_specialist(Role.DEPT_HEAD)),
        "director": actor(make_specialist(Role.DEPT_LEADER)),
    }


@pytest.fixture
def proposal(people):
    return complete(start_proposal(call=make_call(), actor=people["drafter"], now=NOW), people["drafter"])


def send(proposal, people, now=NOW):
    step(proposal, "submit_for_signature", people["drafter"], now=now)
    return step(proposal, "approve_and_send", people["leader"], now=now)


def to_review(proposal, people):
    send(proposal, people)
    for action in ("receive", "mark_valid", "start_review"):
        step(proposal, action, people["specialist"])


def dossier_of(proposal):
    return Dossier.objects.get(pk=proposal.pk)


def test_the_snapshot_holds_all_fifteen_items_and_is_json(proposal):
    content = kinds.get("proposal").snapshot(dossier_of(proposal))
    assert json.loads(json.dumps(content)) == content
    assert [(item["number"], item["label"]) for item in content["form_items"]] == list(LABELS.items())
    texts = {item["number"]: item["text"] for item in content["form_items"]}
    assert texts["2"] == "Khoa học nông nghiệp"
    assert texts["10"].splitlines()[-1] == "Tổng: 850,0 triệu đồng"
    assert texts["11"] == "24 tháng, từ 01/2027 đến 12/2028"
    assert content["values"]["products"][0]["quantity"] in ("1", "1.00")


def test_sending_gives_a_code_freezes_and_waits_for_the_letter(proposal, people):
    send(proposal, people)
    dossier = dossier_of(proposal)
    revision = dossier.revisions.get()
    assert (dossier.code, dossier.needs_letter) == ("ĐX-2027-0001", True)
    snapshot = json.loads(json.dumps(kinds.get("proposal").snapshot(dossier)))
    assert revision.content == {**snapshot, "attachments": []}
    assert revision.content_seq == dossier.content_seq


def test_an_incomplete_proposal_is_not_sent(people):
    draft = start_proposal(call=make_call(), actor=people["drafter"], now=NOW)
    with pytest.raises(StepRefused) as refused:
        step(draft, "submit_for_signature", people["drafter"])
    assert any(problem.place == "Mục 1. Tên nhiệm vụ" for problem in refused.value.problems)


def test_after_the_closing_day_nothing_new_is_sent(proposal, people):
    step(proposal, "submit_for_signature", people["drafter"])
    last = proposal.call.round.locks_on
    with pytest.raises(StepRefused, match="Sở gia hạn"):
        step(proposal, "approve_and_send", people["leader"], now=moment(last + dt.timedelta(days=1), 0))
    step(proposal, "approve_and_send", people["leader"], now=moment(last, 23, 59, 59))


def test_a_supplement_is_sent_again_after_the_closing_day(proposal, people):
    send(proposal, people)
    step(proposal, "receive", people["specialist"])
    due = TODAY + dt.timedelta(days=60)
    step(proposal, "request_supplement", people["specialist"], note="Mục tiêu cần có con số", due_on=due)
    late = moment(TODAY + dt.timedelta(days=50))
    step(proposal, "submit_again", people["drafter"], now=late)
    step(proposal, "approve_and_send_again", people["leader"], now=late)
    dossier = dossier_of(proposal)
    assert (dossier.status, dossier.code, dossier.revisions.count()) == ("sent", "ĐX-2027-0001", 2)


def test_the_council_is_kept_with_its_reason(proposal, people):
    to_review(proposal, people)
    data = {**COUNCIL, "ballots": 9, "ballots_pass": 8}
    step(proposal, "record_council", people["specialist"], note="Đồng ý", data=data)
    result = CouncilResult.objects.get()
    assert (result.ballots, result.ballots_pass, result.reason) == (9, 8, "Đồng ý")


@pytest.mark.parametrize(
    ("recommendation", "ballots", "passing", "words"),
    [
        ("do", 8, 6, "chưa đủ để đề nghị thực hiện"),
        ("adjust", 7, 5, "chưa đủ để đề nghị thực hiện"),
        ("dont", 8, 7, "đã đủ để đề nghị thực hiện"),
        ("do", 7, 8, "không thể vượt số phiếu thu về"),
        ("dont", 0, 0, "từ 1 trở lên"),
    ],
)
def test_a_recommendation_against_the_ballots_is_refused(proposal, people, recommendation, ballots, passing, words):
    to_review(proposal, people)
    data = {**COUNCIL, "recommendation": recommendation, "ballots": ballots, "ballots_pass": passing}
    with pytest.raises(StepRefused, match=words):
        step(proposal, "record_council", people["specialist"], note="x", data=data)
    assert dossier_of(proposal).status == "review"


def test_a_date_to_come_is_refused_and_nothing_moves(proposal, people):
    to_review(proposal, people)
    data = {**COUNCIL, "minutes_date": TODAY + dt.timedelta(days=1), "ballots": 9, "ballots_pass": 8}
    with pytest.raises(StepRefused, match="sau hôm nay"):
        step(proposal, "record_council", people["specialist"], note="x", data=data)
    assert dossier_of(proposal).status == "review"
    assert not CouncilResult.objects.exists()


def test_the_approval_stands_beside_the_proposed(proposal, people):
    to_review(proposal, people)
    step(proposal, "record_council", people["specialist"], note="x", data={**COUNCIL, "ballots": 9, "ballots_pass": 9})
    paper = {"submission_number": "12/TTr-SKHCN", "submission_date": TODAY}
    step(proposal, "submit_to_city", people["director"], data=paper)
    approval = {
        "decision_number": "2517/QĐ-UBND",
        "decision_date": TODAY,
        "approved_name": "Xử lý rơm rạ",
        "approved_aim": "Giảm 50%",
        "approved_state_budget": 700,
    }
    step(proposal, "record_approval", people["head"], data=approval)
    decision = CityDecision.objects.get()
    assert (decision.kind, decision.name, decision.state_budget, decision.other_budget) == (
        "approve",
        "Xử lý rơm rạ",
        700,
        None,
    )
    assert dossier_of(proposal).title == proposal.dossier.title


@pytest.mark.parametrize(
    ("days", "words"), [(-3, "Đúng hạn – sớm 3 ngày"), (0, "Đúng hạn"), (1, "Quá hạn 1 ngày làm việc")]
)
def test_on_time(people, days, words):
    due = dt.date(2026, 12, 17)
    call = make_call(due_on=due, locks_on=dt.date(2027, 1, 15))
    proposal = complete(start_proposal(call=call, actor=people["drafter"], now=NOW), people["drafter"])
    send(proposal, people, now=moment(due + dt.timedelta(days=days), 23, 59, 59))
    assert kinds.get("proposal").on_time(dossier_of(proposal)) == words


def test_every_status_has_a_page_for_the_unit(proposal, people, client):
    """The page of a proposal renders whatever its status."""
    client.force_login(people["drafter"].user)
    for status in PROCESS.statuses:
        Dossier.objects.filter(pk=proposal.pk).update(status=status.code)
        assert status.label in client.get(kinds.get("proposal").path(proposal.dossier)).content.decode()


def test_numbers_run_per_plan_year(people):
    codes = []
    for year in (2027, 2028, 2027):
        call = make_call(plan_year=year)
        draft = complete(start_proposal(call=call, actor=people["drafter"], now=NOW), people["drafter"])
        send(draft, people)
        codes.append(dossier_of(draft).code)
    assert codes == ["ĐX-2027-0001", "ĐX-2028-0001", "ĐX-2027-0002"]


def test_a_stranger_cannot_save(proposal):
    stranger = actor(make_user(Role.UNIT_DRAFTER, unit=make_unit("Xã Vân Đình")))
    with pytest.raises(ContentRefused):
        save_section(proposal=proposal, key="grounds", data={"grounds": "X"}, seen_version=1, actor=stranger, now=NOW)
