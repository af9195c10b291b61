"""The unit's pages of a report, through HTTP."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from districts.models import Succession
from dossiers.door import take_step
from dossiers.models import Dossier
from dossiers.refusals import StepRefused
from notices.duties import open_duties
from reports.filing import nil_rest, row_token, save_entry, save_narrative, start_report
from reports.models import Cycle, Entry, Indicator, Narrative, Report
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(make.NOW, tick=False)
    return time_machine


class Desk:
    """A unit with its people and one open cycle."""

    def __init__(self, **cycle):
        self.unit = make.make_unit()
        self.drafter, self.leader, self.clerk = make.make_team(self.unit)
        self.cycle = make.make_cycle(units=[self.unit], **cycle)
        self.obligation = self.cycle.obligations.get()

    @property
    def report(self):
        return start_report(obligation=self.obligation, actor=make.actor(self.drafter), now=make.NOW)

    def client(self, user=None):
        client = Client()
        client.force_login(user or self.drafter)
        return client

    def fill(self, values=None):
        """Everything the check demands."""
        report, actor = self.report, make.actor(self.drafter)
        for code, actual in (values or {}).items():
            indicator = self.cycle.programme.indicators.get(code=code)
            row = report.entries.filter(indicator=indicator).first() or Entry()
            data = {"plan": Decimal(10), "actual": Decimal(actual)}
            save_entry(
                report=report, indicator=indicator, data=data, seen_version=row.version, actor=actor, now=make.NOW
            )
        nil_rest(report=report, actor=actor, now=make.NOW)
        for section in ("I", "II", "III", "IV"):
            narrative = {"section": section, "text": f"Nội dung mục {section}", "seen_version": 0}
            save_narrative(report=report, **narrative, actor=actor, now=make.NOW)
        return report

    def step(self, action, user, now=make.NOW, **more):
        dossier = Dossier.objects.get(report__obligation=self.obligation)
        take_step(dossier=dossier, action=action, actor=make.actor(user), version=dossier.version, now=now, **more)
        dossier.refresh_from_db()
        return dossier

    def send(self, now=make.NOW):
        self.step("submit_for_signature", self.drafter, now=now)
        return self.step("approve_and_send", self.leader, now=now)


@pytest.fixture
def desk():
    return Desk()


def first(desk):
    return desk.cycle.programme.indicators.order_by("order").first()


def row_post(indicator, entry=None, **typed):
    names = {"version": row_token(entry or Entry()), **typed}
    return {f"e{indicator.pk}-{name}": value for name, value in names.items()}


def save_url(report, indicator):
    return reverse("reports:save_entry", args=[report.pk, indicator.pk])


# --- start --------------------------------------------------------------------------------------


def test_a_report_is_made_when_first_opened_and_only_once(desk):
    client = desk.client()
    url = reverse("reports:open", args=[desk.obligation.pk])

    assert "Bắt đầu báo cáo" in client.get(url).content.decode()
    assert not Report.objects.exists()
    answers = [client.post(url), desk.client(desk.clerk).post(url)]
    assert {answer.url for answer in answers} == {reverse("reports:edit", args=[Report.objects.get().pk])}
    assert Dossier.objects.get().title == "Báo cáo năm 2026"
    assert client.get(url).url == answers[0].url


def test_two_at_once_get_the_same_report(desk, monkeypatch):
    from reports import filing

    theirs = desk.report
    seen = iter([None])  # the first look finds nothing, as for the slower of two
    real = filing.report_for
    monkeypatch.setattr(filing, "report_for", lambda obligation: next(seen, real(obligation)))

    assert start_report(obligation=desk.obligation, actor=make.actor(desk.clerk), now=make.NOW) == theirs
    assert Dossier.objects.count() == 1


def test_a_stranger_and_a_reader_cannot_start(desk):
    other = make.make_unit("Xã Phú Xuyên")
    stranger = make.make_user(Role.UNIT_DRAFTER, unit=other)
    reader = make.make_user(Role.UNIT_READER, unit=desk.unit)
    url = reverse("reports:open", args=[desk.obligation.pk])

    assert desk.client(stranger).post(url).status_code == 404
    answer = desk.client(reader).post(url)
    assert answer.status_code == 200 and "chỉ được xem" in answer.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize("name", ["edit", "check", "detail", "nil_rest"])
def test_another_units_draft_does_not_exist_for_strangers(desk, name):
    stranger = make.make_user(Role.UNIT_DRAFTER, unit=make.make_unit("Xã Phú Xuyên"))
    report = desk.report

    assert desk.client(stranger).get(reverse(f"reports:{name}", args=[report.pk])).status_code == 404
    assert desk.client(stranger).post(save_url(report, first(desk)), {}).status_code == 404


# --- one row ------------------------------------------------------------------------------------


def test_a_row_saves_by_itself_and_tells_how_it_was_read(desk):
    indicator, report = first(desk), desk.report
    Indicator.objects.filter(pk=indicator.pk).update(measure="decimal")

    answer = desk.client().post(save_url(report, indicator), row_post(indicator, plan="2000", actual="1.234,5"))

    data, entry = answer.json(), Entry.objects.get()
    assert answer.status_code == 200 and data["saved_at"] == "09:00"
    assert (entry.plan, entry.actual, entry.version) == (Decimal(2000), Decimal("1234.50"), 1)
    assert data["version"] == row_token(entry)
    assert data["echo"][f"e{indicator.pk}-actual"] == "1.234,5"
    assert data["progress"] == {"done": 1, "total": 3}
    assert data["cells"][f"kh-{indicator.pk}"] == "61,7%"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("abc", "chưa phải là số"),
        ("-5", "Số nhỏ nhất nhận được là 0"),
        ("1e99", "chưa phải là số"),
        ("12,5", "chỉ nhận số nguyên"),
        ("1,234", "đọc được hai cách"),
        ("9" * 21, "dài quá 20 chữ số"),
        ("9" * 19, "Số lớn nhất"),
    ],
)
def test_unreadable_numbers_are_refused_with_a_sentence(desk, typed, sentence):
    indicator, report = first(desk), desk.report

    answer = desk.client().post(save_url(report, indicator), row_post(indicator, actual=typed))

    assert answer.status_code == 422 and "saved_at" not in answer.json()
    assert sentence in answer.json()["errors"][f"e{indicator.pk}-actual"][0]
    assert not Entry.objects.exists()


def test_percent_signs_and_decomposed_letters_are_understood(desk):
    indicator, report = first(desk), desk.report
    Indicator.objects.filter(pk=indicator.pk).update(measure="percent")
    typed = row_post(indicator, actual="112%", remark="Hoa\u0300  nhập", bogus="x", actual_extra="1")

    answer = desk.client().post(save_url(report, indicator), typed | {"e999-actual": "5", "status": "accepted"})

    entry = Entry.objects.get()
    assert answer.status_code == 200 and entry.actual == 112
    assert entry.remark == "Hoà nhập"
    assert "lớn hơn 100%" in answer.json()["cells"][f"goi-y-{indicator.pk}"]
    assert Dossier.objects.get().status == "draft"


def test_a_remark_far_too_long_is_refused_and_nothing_is_cut(desk):
    indicator, report = first(desk), desk.report

    answer = desk.client().post(save_url(report, indicator), row_post(indicator, remark="dài " * 500))

    assert answer.status_code == 422 and "Rút gọn" in str(answer.json())


def test_nil_and_a_number_exclude_each_other(desk):
    indicator, report = first(desk), desk.report

    both = desk.client().post(save_url(report, indicator), row_post(indicator, actual="0", nil="on"))
    nil = desk.client().post(save_url(report, indicator), row_post(indicator, actual="", nil="on"))

    assert both.status_code == 422 and "xóa số hoặc bỏ đánh dấu" in str(both.json())
    assert nil.status_code == 200 and Entry.objects.get().nil


def test_estimates_are_kept_only_where_the_cycle_takes_them(desk):
    indicator, report = first(desk), desk.report
    typed = {"actual": "5", "estimate": "on"}

    desk.client().post(save_url(report, indicator), row_post(indicator, **typed))
    assert Entry.objects.get().estimate is False
    assert "Số ước" not in desk.client().get(reverse("reports:edit", args=[report.pk])).content.decode()

    Cycle.objects.update(allows_estimates=True)
    desk.client().post(save_url(report, indicator), row_post(indicator, Entry.objects.get(), **typed))
    assert Entry.objects.get().estimate is True


def test_an_indicator_of_another_programme_is_refused(desk):
    other = make.make_programme(number="07-CTr/TU").indicators.first()
    report = desk.report

    assert desk.client().post(save_url(report, other), row_post(other, actual="5")).status_code == 404
    assert not Entry.objects.exists()


def test_two_people_in_different_rows_both_keep_their_work(desk):
    report = desk.report
    one, two, _three = desk.cycle.programme.indicators.order_by("order")
    client, other = desk.client(), desk.client(desk.clerk)

    assert client.post(save_url(report, one), row_post(one, actual="1")).status_code == 200
    assert other.post(save_url(report, two), row_post(two, actual="2")).status_code == 200

    assert sorted(Entry.objects.values_list("actual", flat=True)) == [1, 2]


def test_the_second_in_one_row_is_told_by_whom(desk):
    report, indicator = desk.report, first(desk)
    desk.client().post(save_url(report, indicator), row_post(indicator, actual="1"))

    late = desk.client(desk.clerk).post(save_url(report, indicator), row_post(indicator, actual="2"))
    again = desk.client().post(save_url(report, indicator), row_post(indicator, actual="1"))

    assert late.status_code == 409
    assert "Trần Thị Soạn đã lưu phần này lúc 09:00" in late.json()["message"]
    assert "Bản đã lưu: 1" in late.json()["message"]
    assert Entry.objects.get().actual == 1
    assert again.status_code == 200  # the same content twice is a repeated request


# --- whole page ---------------------------------------------------------------------------------


def page_data(desk, report, **typed):
    """All hidden versions of the page as it is now, with typed values."""
    data = {}
    for indicator in desk.cycle.programme.indicators.all():
        entry = report.entries.filter(indicator=indicator).first() or Entry()
        data |= row_post(indicator, entry, actual="" if entry.actual is None else str(entry.actual.normalize()))
    for section in Narrative.Section.values:
        narrative = report.narratives.filter(section=section).first() or Narrative()
        data |= {f"n{section}-version": row_token(narrative), f"n{section}-text": narrative.text}
    return data | typed


def test_without_javascript_one_button_saves_the_whole_page(desk):
    report = desk.report
    one, two, three = desk.cycle.programme.indicators.order_by("order")
    data = page_data(
        desk,
        report,
        **{
            f"e{one.pk}-actual": "7",
            f"e{two.pk}-actual": "abc",
            f"e{three.pk}-nil": "on",
            "nI-text": "Dòng 1\r\nDòng 2",
        },
    )

    answer = desk.client().post(reverse("reports:edit", args=[report.pk]), data)

    html = answer.content.decode()
    assert answer.status_code == 200 and "“abc” chưa phải là số" in html and 'value="abc"' in html
    assert report.entries.get(indicator=one).actual == 7 and report.entries.get(indicator=three).nil
    assert report.narratives.get().text == "Dòng 1\nDòng 2"
    data |= {f"e{two.pk}-actual": "2", "next": "check"}
    for row in (*report.entries.all(), *report.narratives.all()):
        prefix = f"e{row.indicator_id}" if isinstance(row, Entry) else f"n{row.section}"
        assert row_token(row) in html
        data[f"{prefix}-version"] = row_token(row)
    answer = desk.client().post(reverse("reports:edit", args=[report.pk]), data)
    assert answer.url == reverse("reports:check", args=[report.pk])
    assert report.entries.get(indicator=two).actual == 2


def test_a_whole_page_saved_late_overwrites_nobody(desk):
    report = desk.report
    one, two, _three = desk.cycle.programme.indicators.order_by("order")
    old = page_data(desk, report)
    desk.client().post(save_url(report, one), row_post(one, actual="1"))

    untouched = desk.client(desk.clerk).post(
        reverse("reports:edit", args=[report.pk]), old | {f"e{two.pk}-actual": "2"}
    )
    clash = desk.client(desk.clerk).post(reverse("reports:edit", args=[report.pk]), old | {f"e{one.pk}-actual": "9"})

    assert untouched.status_code == 302  # the row nobody touched on that page is no conflict
    assert report.entries.get(indicator=two).actual == 2
    assert report.entries.get(indicator=one).actual == 1
    html = clash.content.decode()
    assert "Trần Thị Soạn đã lưu phần này" in html and 'value="9"' in html and "Bản đã lưu: 1" in html


def test_a_row_the_page_did_not_have_is_not_blanked(desk):
    report, indicator = desk.report, first(desk)
    desk.client().post(save_url(report, indicator), row_post(indicator, actual="1"))

    desk.client().post(
        reverse("reports:edit", args=[report.pk]), {"nI-version": row_token(Narrative()), "nI-text": "x"}
    )

    assert Entry.objects.get().actual == 1 and Narrative.objects.get().text == "x"


def test_saving_after_sending_is_refused_and_the_typed_value_stays(desk):
    report = desk.fill()
    desk.send()
    indicator = first(desk)
    data = page_data(desk, report) | {f"e{indicator.pk}-actual": "77", f"e{indicator.pk}-nil": ""}

    page = desk.client().post(reverse("reports:edit", args=[report.pk]), data)
    row = desk.client().post(save_url(report, indicator), row_post(indicator, Entry.objects.first(), actual="77"))

    html = page.content.decode()
    assert page.status_code == 409 and "đã được chuyển sang “Đã gửi, chờ Sở xem xét”" in html and 'value="77"' in html
    assert row.status_code == 409 and "Đã gửi" in row.json()["message"]
    assert not Entry.objects.filter(actual=77).exists()
    assert desk.client().get(reverse("reports:edit", args=[report.pk])).status_code == 302


def test_a_reader_cannot_save(desk):
    report, indicator = desk.report, first(desk)
    reader = make.make_user(Role.UNIT_READER, unit=desk.unit)

    answer = desk.client(reader).post(save_url(report, indicator), row_post(indicator, actual="1"))

    assert answer.status_code == 409 and "chỉ được xem" in answer.json()["message"]


def test_the_rest_is_nil_only_for_the_rows_shown(desk):
    report = desk.report
    one, two, _three = desk.cycle.programme.indicators.order_by("order")
    url = reverse("reports:nil_rest", args=[report.pk])
    html = desk.client().get(url).content.decode()
    assert "3 chỉ tiêu dưới đây" in html and two.name in html

    desk.client().post(save_url(report, one), row_post(one, actual="1"))
    desk.client().post(url, {"rows": f"{one.pk},{two.pk},x"})

    assert {(entry.indicator, entry.nil) for entry in Entry.objects.all()} == {(one, False), (two, True)}


def test_a_heading_saves_by_itself(desk):
    report = desk.report
    url = reverse("reports:save_narrative", args=[report.pk, "I"])
    typed = {"nI-text": "Chỉ đạo\r\nsát sao", "nI-version": row_token(Narrative())}

    assert desk.client().post(url, typed).status_code == 200
    assert Narrative.objects.get().text == "Chỉ đạo\nsát sao"
    assert desk.client(desk.clerk).post(url, typed | {"nI-text": "khác"}).status_code == 409
    long = desk.client().post(url, typed | {"nI-text": "a" * 20001})
    assert long.status_code == 422 and "Rút gọn bớt 1 ký tự" in str(long.json())
    assert desk.client().post(reverse("reports:save_narrative", args=[report.pk, "VI"]), typed).status_code == 404


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
    assert desk.client(make.make_specialist()).get(reverse("reports:list")).status_code == 200


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
        make.make_cycle(programme=desk.cycle.programme, units=[desk.unit])
    nil_rest(report=report, actor=make.actor(desk.drafter), now=make.NOW)

    assert [queries(client, url, count) for url in pages] == before
    assert max(before) < 40
    with count() as many:
        duties = [duty for duty in open_duties(now=make.NOW) if duty.kind == "report"]
    assert len(duties) == 31 and len(many) < 20
    mine = next(duty for duty in duties if duty.key == f"report:{desk.obligation.pk}")
    assert (mine.done, mine.total) == (33, 33) and mine.path == pages[0]
