"""From the check to the paper: sending, on time, earlier figures, list, queries."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from districts.models import Succession
from dossiers.refusals import StepRefused
from notices.duties import open_duties
from reports.filing import nil_rest
from reports.models import Cycle, Indicator
from tests import factories as make
from tests.support.report_desk import Desk, first

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(make.NOW, tick=False)
    return time_machine


@pytest.fixture
def desk():
    return Desk()


# --- check, sending, on time --------------------------------------------------------------------


def test_the_check_lists_what_is_missing_with_the_way_there(desk):
    report = desk.report
    html = desk.client().get(reverse("reports:check", args=[report.pk])).content.decode()

    assert "Còn 7 nội dung cần hoàn thiện" in html  # three indicators, sections I–IV
    assert f"soan/#dong-{first(desk).pk}" in html and "V. Kiến nghị" not in html
    assert "/buoc/submit_for_signature/" not in html
    desk.fill()
    assert (
        "/buoc/submit_for_signature/" in desk.client().get(reverse("reports:check", args=[report.pk])).content.decode()
    )


@pytest.mark.parametrize(
    ("day", "grace", "late", "words"),
    [
        (dt.date(2026, 12, 14), None, 0, "Đúng hạn – sớm 3 ngày làm việc"),
        (dt.date(2026, 12, 17), None, 0, "Đúng hạn"),
        (dt.date(2026, 12, 18), None, 1, "Trễ 1 ngày"),
        (dt.date(2026, 12, 18), dt.date(2026, 12, 18), 0, "Đúng hạn – trong thời gian châm chước"),
        (dt.date(2026, 12, 19), dt.date(2026, 12, 18), 2, "Trễ 2 ngày"),
    ],
)
def test_on_time_is_written_once_at_the_first_sending(clock, day, grace, late, words):
    desk = Desk(due_on=dt.date(2026, 12, 17), grace_until=grace)
    if grace:
        desk.cycle.obligations.update(counted_until=grace)
    desk.fill()
    now = make.moment(day, 23, 59, 59)
    clock.move_to(now, tick=False)

    dossier = desk.send(now=now)

    desk.obligation.refresh_from_db()
    assert (desk.obligation.first_sent_at, desk.obligation.counted_on) == (now, day)
    assert desk.obligation.days_late == late
    assert dossier.needs_letter and dossier.code == f"BC-{desk.cycle.code_stem}-{desk.unit.code}"
    assert words in desk.client().get(reverse("reports:detail", args=[dossier.pk])).content.decode()

    later = make.moment(dt.date(2026, 12, 28))
    clock.move_to(later, tick=False)
    specialist = make.make_specialist()
    due = {"note": "Bổ sung số liệu", "due_on": dt.date(2026, 12, 30)}
    desk.step("request_supplement", specialist, now=later, **due)
    assert (
        "Sở đề nghị bổ sung 1 nội dung"
        in desk.client().get(reverse("reports:edit", args=[dossier.pk])).content.decode()
    )
    assert [duty.kind for duty in open_duties(now=later) if duty.kind.startswith("report")] == ["report_supplement"]
    desk.step("submit_again", desk.drafter, now=later)
    desk.step("approve_and_send_again", desk.leader, now=later)
    desk.obligation.refresh_from_db()
    assert (desk.obligation.first_sent_at, desk.obligation.days_late) == (now, late)


def test_after_the_lock_day_only_an_extension_helps(clock):
    desk = Desk(due_on=dt.date(2026, 12, 17), locks_on=dt.date(2026, 12, 20))
    desk.fill()
    now = make.moment(dt.date(2026, 12, 21))
    clock.move_to(now, tick=False)

    with pytest.raises(StepRefused, match="đã khóa từ hết ngày 20/12/2026; chỉ gửi được khi Sở gia hạn"):
        desk.send(now=now)
    assert "đã khóa" in desk.client().get(reverse("reports:detail", args=[desk.report.pk])).content.decode()
    assert "Chưa gửi, kỳ đã khóa" in desk.client().get(reverse("reports:list")).content.decode()
    desk.cycle.obligations.update(due_on=dt.date(2026, 12, 22), counted_until=dt.date(2026, 12, 22))
    assert desk.step("approve_and_send", desk.leader, now=now).status == "sent"


# --- earlier figures ----------------------------------------------------------------------------


def accepted(desk, *, year=2026, kind=Cycle.Kind.HALF, values, cutoff):
    """An accepted report of the desk's unit in another cycle."""
    former = Desk.__new__(Desk)
    former.unit, former.drafter, former.leader = desk.unit, desk.drafter, desk.leader
    former.cycle = make.make_cycle(units=[desk.unit], year=year, kind=kind, title=f"Báo cáo trước {year}")
    former.cycle.cutoff = cutoff
    former.cycle.save()
    former.obligation = former.cycle.obligations.get()
    former.fill(values)
    former.send()
    former.step("accept", make.make_specialist())
    return former


def test_half_year_figures_stand_locked_beside_the_year_and_plans_are_carried(desk):
    accepted(desk, values={"1.1": 4}, cutoff=dt.date(2026, 6, 14))

    report = desk.report
    html = desk.client().get(reverse("reports:edit", args=[report.pk])).content.decode()

    assert report.entries.get().plan == 10 and 'data-label="6 tháng (đã chốt)">4</td>' in html
    assert "Nội dung mục I" in html and "Xem nội dung kỳ trước" in html


def test_a_report_not_accepted_gives_no_figures(desk):
    former = accepted(desk, values={"1.1": 4}, cutoff=dt.date(2026, 6, 14))
    former.step("reopen", make.make_specialist(Role.DEPT_HEAD), note="Xem lại", due_on=dt.date(2026, 12, 1))

    html = desk.client().get(reverse("reports:edit", args=[desk.report.pk])).content.decode()

    assert 'data-label="6 tháng (đã chốt)">4</td>' not in html


def test_a_rearranged_unit_has_nothing_to_compare_with_until_its_second_cut_off():
    desk = Desk(kind=Cycle.Kind.HALF)
    desk.cycle.cutoff = dt.date(2026, 6, 14)
    desk.cycle.save()
    former = make.make_unit("Huyện Ứng Hòa", valid_from=None, valid_to=dt.date(2025, 6, 30))
    Succession.objects.create(predecessor=former, successor=desk.unit, extent="part")

    html = desk.client().get(reverse("reports:edit", args=[desk.report.pk])).content.decode()
    assert "Không so sánh được do sắp xếp đơn vị hành chính" in html

    desk.cycle.cutoff = dt.date(2026, 12, 14)
    desk.cycle.save()
    html = desk.client().get(reverse("reports:edit", args=[desk.report.pk])).content.decode()
    assert "Không so sánh được" not in html


# --- list, paper, queries -----------------------------------------------------------------------


def test_list_shows_current_and_former_cycles_and_reports_of_predecessors(desk):
    former = accepted(desk, values={"1.1": 4}, cutoff=dt.date(2026, 6, 14))
    old = Desk()
    old.fill()
    old.send()
    Succession.objects.create(predecessor=old.unit, successor=desk.unit, extent="part")

    html = desk.client().get(reverse("reports:list")).content.decode()

    assert "Kỳ đang mở" in html and "Báo cáo năm 2026" in html and "Chưa bắt đầu" in html
    assert former.cycle.round.title in html and "Đúng hạn" in html
    assert "Báo cáo của đơn vị trước sắp xếp" in html
    assert desk.client().get(reverse("reports:detail", args=[old.report.pk])).status_code == 200
    department = desk.client(make.make_specialist()).get(reverse("reports:list"))
    assert department.url == reverse("admin:reports_report_changelist")


def test_the_paper_has_the_form_of_a_report(desk):
    report = desk.fill({"1.1": 9})

    html = desk.client().get(reverse("dossiers:print", args=[report.pk])).content.decode()

    for part in (
        "ỦY BAN NHÂN DÂN",
        "XÃ ỨNG HÒA",
        "BÁO CÁO",
        "Kính gửi: Sở Khoa học và Công nghệ",
        "Nơi nhận",
        "Phụ lục",
    ):
        assert part in html
    assert "Kế hoạch số 139/KH-UBND" in html and "90%" in html and "Không phát sinh" in html


def test_a_hand_over_moves_the_obligation_too(desk):
    from dossiers.handover import hand_over

    new = make.make_unit("Xã Mới")
    report = desk.report
    clerk = make.actor(make.make_specialist())
    hand_over(dossier=report.dossier, to_unit=new, resolution="NQ 1", actor=clerk, version=0, now=make.NOW)

    desk.obligation.refresh_from_db()
    assert desk.obligation.responsible == new and desk.obligation.unit == desk.unit


def queries(client, url, count):
    client.get(url)
    with count() as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_query_counts_do_not_grow_with_rows(desk, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count():
        return CaptureQueriesContext(connection)

    report = desk.report
    pages = [reverse(f"reports:{name}", args=[report.pk]) for name in ("edit", "check", "detail")]
    pages.append(reverse("reports:list"))
    client = desk.client()
    before = [queries(client, url, count) for url in pages]
    for number in range(30):
        Indicator.objects.create(
            programme=desk.cycle.programme, code=f"x{number}", name="x", unit_of_measure="x", order=50
        )
        make.make_cycle(programme=desk.cycle.programme, year=2027 + number, units=[desk.unit])
    nil_rest(report=report, actor=make.actor(desk.drafter), now=make.NOW)

    assert [queries(client, url, count) for url in pages] == before
    assert max(before) < 40
    with count() as many:
        duties = [duty for duty in open_duties(now=make.NOW) if duty.kind == "report"]
    assert len(duties) == 31 and len(many) < 20
    mine = next(duty for duty in duties if duty.key == f"report:{desk.obligation.pk}")
    assert (mine.done, mine.total) == (33, 33) and mine.path == pages[0]
