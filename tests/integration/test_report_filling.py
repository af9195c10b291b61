"""Filling in a report through HTTP: start, rows, the whole page."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from dossiers.models import Dossier
from reports.filing import create_report, row_token
from reports.models import Cycle, Entry, Indicator, Narrative, Report
from tests import factories as make
from tests.support.report_desk import Desk, first, page_data, row_post, save_url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(make.NOW, tick=False)
    return time_machine


@pytest.fixture
def desk():
    return Desk()


def test_a_report_is_made_when_first_opened_and_only_once(desk):
    client = desk.client()
    url = reverse("reports:open", args=[desk.obligation.pk])

    assert "Bắt đầu báo cáo" in client.get(url).content.decode()
    assert not Report.objects.exists()
    answers = [client.post(url), desk.client(desk.clerk).post(url)]
    assert {answer.url for answer in answers} == {reverse("reports:edit", args=[Report.objects.get().pk])}
    assert Dossier.objects.get().title == "Báo cáo năm 2026"
    assert client.get(url).url == answers[0].url


def test_the_slower_of_two_gets_the_report_of_the_faster(desk):
    theirs = desk.report

    assert create_report(obligation=desk.obligation, user=desk.clerk, now=make.NOW) == theirs
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
