"""Công văn đôn đốc as .docx: its layout by decree 30, its words, its annex."""

import datetime as dt
import re

import pytest
from django.conf import settings
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from reports.letter_layout import CENTRE, JUSTIFY, RIGHT
from reports.models import Obligation
from tests.factories import NOW, TODAY, make_cycle
from tests.support.chasing import DRAFT, chosen, fetch, plain, text_of, url

pytestmark = pytest.mark.django_db
DUE = TODAY - dt.timedelta(days=4)  # a Thursday: two working days late
BLANK = " " * 7
PLAIN, BOLD, ITALIC, BOTH = (False, False), (True, False), (False, True), (True, True)
ANNEX = "(Kèm theo Công văn"
# Each component: words it begins with, size, (bold, italic), alignment.
LAYOUT = [
    ("ỦY BAN NHÂN DÂN", 12, PLAIN, CENTRE),
    ("THÀNH PHỐ HÀ NỘI", 12, PLAIN, CENTRE),
    ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", 12, BOLD, CENTRE),
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, BOLD, CENTRE),
    ("Độc lập - Tự do - Hạnh phúc", 14, BOLD, CENTRE),
    (f"Số:{BLANK}   /SKHCN-QLKH", 13, PLAIN, CENTRE),
    ("V/v đôn đốc gửi báo cáo năm 2026", 12, PLAIN, CENTRE),
    (f"Hà Nội, ngày{BLANK}tháng{BLANK}năm 2026", 14, ITALIC, CENTRE),
    ("Kính gửi: Ủy ban nhân dân các xã, phường", 14, PLAIN, CENTRE),
    ("Thực hiện ", 14, PLAIN, JUSTIFY),
    ("Sở Khoa học và Công nghệ đề nghị các đơn vị có tên", 14, PLAIN, JUSTIFY),
    ("Địa chỉ Cổng: ", 14, PLAIN, JUSTIFY),
    ("Trong quá trình thực hiện", 14, PLAIN, JUSTIFY),
    ("Sở Khoa học và Công nghệ đề nghị các đơn vị quan tâm, phối hợp./.", 14, PLAIN, JUSTIFY),
    ("Nơi nhận:", 12, BOTH, None),
    ("- Như trên;", 11, PLAIN, None),
    ("- Giám đốc Sở (để báo cáo);", 11, PLAIN, None),
    ("- Lưu: VT, QLKH.", 11, PLAIN, None),
    ("KT. GIÁM ĐỐC", 14, BOLD, CENTRE),
    ("PHÓ GIÁM ĐỐC", 14, BOLD, CENTRE),
    ("Trần Văn Ký", 14, BOLD, CENTRE),
    ("Phụ lục", 14, BOLD, CENTRE),
    ("DANH SÁCH ĐƠN VỊ CHƯA GỬI BÁO CÁO NĂM 2026", 14, BOLD, CENTRE),
    (f"{ANNEX} số{BLANK}   /SKHCN-QLKH ngày{BLANK}tháng{BLANK}năm 2026 của", 14, ITALIC, CENTRE),
    ("STT", 12, BOLD, CENTRE),
    ("Đơn vị", 12, BOLD, CENTRE),
    ("Tình trạng trên Cổng", 12, BOLD, CENTRE),
    ("1", 12, PLAIN, CENTRE),
    ("Phường Hai Bà Trưng", 12, PLAIN, None),
    ("19/11/2026", 12, PLAIN, CENTRE),
    ("2", 12, PLAIN, RIGHT),
]


@pytest.fixture
def cycle(units):
    return make_cycle(units=units, due_on=DUE)


def all_paragraphs(document):
    """Body and tables, each once."""
    return [
        *document.paragraphs,
        *(p for t in document.tables for row in t.rows for c in row.cells for p in c.paragraphs),
    ]


def look_of(document, paragraph):
    (run,) = [run for run in paragraph.runs if run.text.strip()]
    size = run.font.size or document.styles["Normal"].font.size
    return size.pt, (bool(run.bold), bool(run.italic)), paragraph.alignment


def test_each_component_has_the_look_decree_30_gives_it(client, specialist, cycle, units):
    document = fetch(client, cycle, *units, signer="Trần Văn Ký")
    places = all_paragraphs(document)
    found = []
    for words, *_ in LAYOUT:
        same = [one for one in places if plain(one.text) == words] or [
            one for one in places if plain(one.text).startswith(words)
        ]
        assert same, words
        found.append((words, *look_of(document, same[0])))
    assert found == LAYOUT


def test_page_rules_and_page_numbers(client, specialist, cycle, units):
    document = fetch(client, cycle, *units)
    first, annex = document.sections
    margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(one.mm) for one in (first.page_width, first.page_height, *margins)] == [210, 297, 20, 20, 30, 20]
    style = document.styles["Normal"]
    assert (style.font.name, style.font.size) == ("Times New Roman", Pt(14))
    number = first.header.paragraphs[0]
    assert ("PAGE" in number._p.xml, number.alignment) == (True, CENTRE)
    assert first.different_first_page_header_footer  # no number on page 1 …
    assert first.first_page_header.paragraphs[0].text == ""
    assert not annex.different_first_page_header_footer  # … but on the annex
    left, right = document.tables[0].rows[0].cells
    insets = [[round(p.paragraph_format.left_indent.mm) for p in cell.paragraphs if ruled(p)] for cell in (left, right)]
    assert insets == [[20], [19]]  # below the name of the Sở, below the motto
    assert ruled(left.paragraphs[-1]) and ruled(right.paragraphs[-1])


def ruled(paragraph):
    edges = paragraph._p.findall(f".//{qn('w:pBdr')}/{qn('w:top')}")
    return [edge.get(qn("w:val")) for edge in edges] == ["single"]


def test_the_body_is_indented_and_spaced(client, specialist, cycle, units):
    body = [one for one in fetch(client, cycle, *units).paragraphs if one.alignment is JUSTIFY]
    assert len(body) == 5
    for one in body:
        layout = one.paragraph_format
        assert (layout.first_line_indent, layout.space_after, layout.line_spacing) == (Mm(12.7), Pt(6), 1.15)


def test_what_belongs_together_stays_on_one_line(client, specialist, cycle, units):
    document = fetch(client, cycle, *units)
    text = "\n".join(one.text for one in all_paragraphs(document))
    assert len(re.findall("năm\u00a02026", text, re.I)) >= 6
    assert re.findall(r"(?:ngày|tháng|năm) \d", text, re.I) == []
    (source,) = [one.text for one in document.paragraphs if one.text.startswith(ANNEX)]
    assert re.search(r"ngày\u00a0+tháng\u00a0+năm\u00a02026", source)


def test_dates_are_written_one_way_in_the_whole_paper(client, specialist, cycle, units):
    early = dt.date(2026, 6, 5)
    said = {"declared_number": "45/BC-UBND", "declared_on": early, "declared_by": specialist, "declared_at": NOW}
    Obligation.objects.filter(unit=units[0]).update(due_on=early, counted_until=early, **said)
    text = text_of(fetch(client, cycle, *units, reply_by="05/01/2027"))
    assert "trước khi hết ngày 05/01/2027" in text  # months 1 and 2 have their zero
    for words in ("từ ngày 05/6/2026 đến ngày 19/11/2026", "số 45/BC-UBND, ngày 05/6/2026"):
        assert words in text
    assert "05/06/2026" not in text


def test_nobody_reports_to_who_signs_and_the_copy_goes_to_the_room_of_the_symbol(client, specialist, cycle, units):
    def copies(**values):
        text = text_of(fetch(client, cycle, *units, **values))
        return [one for one in text.split("\n") if one.startswith("- ")]

    assert copies(signature="director") == ["- Như trên;", "- Lưu: VT, QLKH."]
    other = copies(signature="deputy", symbol="SKHCN-QLCN&ĐMST")
    assert other == ["- Như trên;", "- Giám đốc Sở (để báo cáo);", "- Lưu: VT, QLCN&ĐMST."]
    assert copies(symbol="SKHCN")[-1] == "- Lưu: VT."


def test_who_signs_by_order_is_of_the_room_of_who_drafts(client, specialist, cycle, units):
    page = client.get(url("_letter", cycle.pk), {"tat_ca": "1"})
    assert 'value="Trưởng phòng Quản lý khoa học"' in page.text
    text = text_of(fetch(client, cycle, *units, signature="head", post="Chánh Văn phòng", signer="Lê Thị Ký"))
    assert "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG\n" in text
    assert "\nLê Thị Ký" in text
    refused = client.post(url("_docx", cycle.pk), {**chosen(*units), **DRAFT, "signature": "head"})
    assert refused.status_code == 422
    assert "Ghi chức vụ người ký thừa lệnh" in refused.text


def test_the_annex_names_each_unit_that_has_not_sent(client, specialist, cycle, units):
    Obligation.objects.filter(unit=units[2]).update(first_sent_at=NOW)
    annex = fetch(client, cycle, *units).tables[-1]
    rows = [[cell.text for cell in row.cells] for row in annex.rows]
    assert rows[0][:2] == ["STT", "Đơn vị"]
    assert {row[1] for row in rows[1:]} == {"Xã Ứng Hòa", "Phường Hai Bà Trưng"}
    assert rows[1][2:] == ["19/11/2026", "2", "Chưa bắt đầu"]
    assert "tblHeader" in annex.rows[0]._tr.xml


def test_one_unit_is_addressed_by_its_name(client, specialist, cycle, units):
    text = text_of(fetch(client, cycle, units[0], signature="head", post="Trưởng phòng Quản lý khoa học"))
    assert "Kính gửi: Ủy ban nhân dân xã Ứng Hòa" in text
    assert "TL. GIÁM ĐỐC" in text


def test_only_a_letter_to_all_counts_who_has_not_sent(client, specialist, cycle, units):
    def body(*some):
        return "\n".join(one.text for one in fetch(client, cycle, *some).paragraphs)

    everybody, some = body(*units), body(*units[:2])
    assert "còn 03 đơn vị chưa gửi báo cáo (danh sách và hạn gửi tại Phụ lục kèm theo)." in everybody
    assert "các đơn vị có tên tại Phụ lục kèm theo chưa gửi báo cáo." in some
    assert "còn 0" not in some
    Obligation.objects.filter(unit=units[2]).update(first_sent_at=NOW)
    assert "còn 02 đơn vị chưa gửi báo cáo" in body(*units[:2])  # the two are all there are now


def test_who_says_it_went_by_the_document_system_is_missing_on_the_portal_only(client, specialist, cycle, units):
    said = {"declared_number": "45/BC-UBND", "declared_on": TODAY, "declared_by": specialist, "declared_at": NOW}
    Obligation.objects.filter(unit=units[0]).update(**said)
    assert "còn 03 đơn vị chưa gửi báo cáo trên Cổng (" in text_of(fetch(client, cycle, *units))
    assert "có tên tại Phụ lục kèm theo chưa gửi báo cáo." in text_of(fetch(client, cycle, *units[1:]))


def test_one_unit_needs_no_annex_and_long_addresses_tear_no_line(client, specialist, cycle, units):
    document = fetch(client, cycle, units[0])
    assert "Phụ lục" not in text_of(document)
    assert len(document.sections) == 1
    body = document.paragraphs[1:]
    assert [one.alignment for one in body] == [JUSTIFY] * 5
    (own,) = [one.text for one in body if settings.SITE_URL in one.text]
    assert own == f"Địa chỉ Cổng: {settings.SITE_URL}"
