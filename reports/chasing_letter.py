"""Công văn đôn đốc as .docx (NĐ 30/2020/NĐ-CP, Phụ lục I). Number and date stay blank: the document system gives them."""

import copy
import io

from django.conf import settings
from django.utils import timezone
from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from records.dates import format_date
from reports.chasing import said_sent
from reports.wording import period_phrase, programme_phrase

FONT = "Times New Roman"
LONG_WORD = 20  # letters
CENTRE, RIGHT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
SIGNATURES = {
    "director": ("Giám đốc ký", ("GIÁM ĐỐC",)),
    "deputy": ("Phó Giám đốc ký thay", ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")),
    "head": ("Trưởng phòng ký thừa lệnh", ("TL. GIÁM ĐỐC", "TRƯỞNG PHÒNG QUẢN LÝ KHOA HỌC")),
}
# Columns of the annex: head, width, alignment, what stands in it.
NUMBER = ("STT", 12, CENTRE, lambda number, row: str(number))
UNIT = ("Đơn vị", 52, None, lambda number, row: row.unit.name)
DUE = ("Hạn gửi", 25, CENTRE, lambda number, row: format_date(row.obligation.due_on))
LATE = ("Số ngày làm việc quá hạn", 23, RIGHT, lambda number, row: str(-row.left) if row.overdue else "–")
STATE = ("Tình trạng trên Cổng", 48, None, lambda number, row: _state(row))


def letter(cycle, rows, *, everybody, reply_by, contact, symbol, signature, now) -> bytes:
    """The file: letter and annex of the units in ``rows`` (``reports.chasing.Row``), in alphabetical order.

    ``everybody``: these are all that have not sent, so that the letter may count them. One unit needs no annex.
    """
    rows = sorted(rows, key=lambda row: (row.unit.sort_key, row.obligation.pk))
    document = Document()
    _page(document)
    _head(document, cycle, symbol, now)
    _receivers(document, rows)
    for text in _body(cycle, rows, everybody, reply_by, contact, now):
        _paragraph(document, text, align=_alignment(text), indent=True)
    _signature(document, SIGNATURES[signature][1])
    if len(rows) > 1:
        _annex(document, cycle, rows, symbol, now)
    document.core_properties.title = f"Công văn đôn đốc {cycle.round.title}"
    document.core_properties.author = "Sở Khoa học và Công nghệ Hà Nội"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def due_days(rows) -> list:
    """The due days of the units in the letter, the earliest first; each once."""
    return sorted({row.obligation.due_on for row in rows})


def _alignment(text):
    """A word that cannot be broken, an address, would tear a justified line apart."""
    return None if max(map(len, text.split())) > LONG_WORD else JUSTIFY


def _who_has_not(rows, everybody):
    """Only a letter to all of them says how many there are; who says it went by the document system is missing on
    the portal at most."""
    where = " trên Cổng" if any(row.declared for row in rows) else ""
    if len(rows) == 1:
        return f"đơn vị chưa gửi báo cáo{where}."
    if everybody:
        return f"còn {len(rows):02d} đơn vị chưa gửi báo cáo{where} (danh sách và hạn gửi tại Phụ lục kèm theo)."
    return f"các đơn vị có tên tại Phụ lục kèm theo chưa gửi báo cáo{where}."


def _body(cycle, rows, everybody, reply_by, contact, now):
    moment, days, alone = timezone.localtime(now), due_days(rows), len(rows) == 1
    today = f"ngày {moment.day:02d}/{_month(moment.month)}/{moment.year}"
    title = f"báo cáo {period_phrase(cycle)}"
    by = f"trước khi hết ngày {format_date(days[0])}"
    if len(days) > 1:
        by = f"theo hạn của từng đơn vị (từ ngày {format_date(days[0])} đến ngày {format_date(days[-1])})"
    yield (
        f"Thực hiện {programme_phrase(cycle.programme)}, các đơn vị gửi {title} về Sở Khoa học và Công nghệ "
        f"{by}. Đến {moment.hour:02d} giờ {moment.minute:02d} phút, {today}, {_who_has_not(rows, everybody)}"
    )
    whom = "đơn vị" if alone else "các đơn vị có tên tại Phụ lục"
    later = days[0] <= reply_by < days[-1]
    yield (
        f"Sở Khoa học và Công nghệ đề nghị {whom} hoàn thành và gửi {title} trên Cổng tại địa chỉ "
        f"{settings.SITE_URL} trước khi hết ngày {format_date(reply_by)}"
        + ("; đơn vị có hạn gửi sau ngày này gửi theo hạn ghi tại Phụ lục. " if later else ". ")
        + "Đơn vị đã gửi qua hệ thống quản lý văn bản đề nghị cho biết số, ngày văn bản để Sở ghi nhận."
    )
    yield f"Trong quá trình thực hiện, nếu có vướng mắc, đề nghị liên hệ: {contact}."
    yield f"Sở Khoa học và Công nghệ đề nghị {'đơn vị' if alone else 'các đơn vị'} quan tâm, phối hợp./."


def _month(number):
    return f"{number:02d}" if number < 3 else str(number)


def _page(document):
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = section.right_margin = Mm(20)
    section.left_margin, section.header_distance = Mm(30), Mm(10)
    section.different_first_page_header_footer = True
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(name), FONT)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    _page_number(section.header.paragraphs[0])


def _page_number(paragraph):
    paragraph.alignment = CENTRE
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        paragraph.add_run()._r.append(element)


def _head(document, cycle, symbol, now):
    table = document.add_table(rows=2, cols=2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _no_padding(table)
    _widths(table, (Mm(70), Mm(95)))
    left, right = table.rows[0].cells
    _line(left, "ỦY BAN NHÂN DÂN", 12, first=True)
    _line(left, "THÀNH PHỐ HÀ NỘI", 12)
    _line(left, "SỞ KHOA HỌC VÀ CÔNG NGHỆ", 12, bold=True)
    _rule(left, Mm(20))
    _line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True, first=True)
    _line(right, "Độc lập - Tự do - Hạnh phúc", 14, bold=True)
    _rule(right, Mm(19))
    left, right = table.rows[1].cells
    _line(left, f"Số:          /{symbol}", 13, first=True)
    _line(left, f"V/v đôn đốc gửi báo cáo {period_phrase(cycle)}", 12)
    year = timezone.localtime(now).year
    _line(right, f"Hà Nội, ngày       tháng       năm {year}", 14, italic=True, first=True)


def _no_padding(table):
    """The national title fits one line only where the cell gives it all its width."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), "0")
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    layout = table._tbl.tblPr.find(qn("w:tblLayout"))
    layout.addnext(margins)


def _widths(table, widths):
    """Word reads the cells, LibreOffice the columns."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _line(cell, text, size, *, bold=False, italic=False, first=False):
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.alignment = CENTRE
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph


def _rule(cell, inset):
    """A short line: the upper edge of an empty paragraph that is drawn in from both sides."""
    paragraph = cell.add_paragraph()
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = inset
    paragraph.add_run().font.size = Pt(6)
    paragraph.paragraph_format.line_spacing = Pt(8)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().append(borders)


def _paragraph(document, text="", *, align=None, bold=False, italic=False, size=None, indent=False, before=0, after=6):
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after, layout.line_spacing = Pt(before), Pt(after), 1.15
    if indent:
        layout.first_line_indent = Mm(12.7)
    return paragraph


def _receivers(document, rows):
    if len(rows) == 1:
        whom = rows[0].unit.body_name.replace("UBND", "Ủy ban nhân dân", 1)
    else:
        whom = "Ủy ban nhân dân các xã, phường (danh sách tại Phụ lục kèm theo)"
    _paragraph(document, f"Kính gửi: {whom}", align=CENTRE, before=18, after=12)


def _signature(document, lines):
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    _widths(table, (Mm(80), Mm(80)))
    left, right = table.rows[0].cells
    head = left.paragraphs[0]
    head.paragraph_format.space_before = Pt(12)
    run = head.add_run("Nơi nhận:")
    run.bold = run.italic = True
    run.font.size = Pt(12)
    for text in ("- Như trên;", "- Giám đốc Sở (để báo cáo);", "- Lưu: VT, QLKH."):
        left.add_paragraph().add_run(text).font.size = Pt(11)
    for number, text in enumerate(lines):
        paragraph = _line(right, text, 14, bold=True, first=number == 0)
        paragraph.paragraph_format.space_before = Pt(0 if number else 12)
    for _ in range(4):
        right.add_paragraph()


def _annex(document, cycle, rows, symbol, now):
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.different_first_page_header_footer = False
    _paragraph(document, "Phụ lục", align=CENTRE, bold=True, after=0)
    title = f"DANH SÁCH ĐƠN VỊ CHƯA GỬI BÁO CÁO {period_phrase(cycle).upper()}"
    _paragraph(document, title, align=CENTRE, bold=True, after=0)
    year = timezone.localtime(now).year
    source = f"(Kèm theo Công văn số          /{symbol} ngày       tháng       năm {year} của Sở Khoa học và Công nghệ)"
    _paragraph(document, source, align=CENTRE, italic=True, after=12)
    columns = _annex_columns(rows)
    table = document.add_table(rows=1, cols=len(columns))
    table.style, table.autofit, table.alignment = "Table Grid", False, WD_TABLE_ALIGNMENT.CENTER
    for cell, (text, *_) in zip(table.rows[0].cells, columns, strict=True):
        _line(cell, text, 12, bold=True, first=True)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    pattern = _annex_pattern(table, columns)
    table._tbl.extend(_annex_row(pattern, columns, number, row) for number, row in enumerate(rows, start=1))
    table._tbl.remove(pattern)


def _annex_columns(rows):
    """The column of days overdue stands only where somebody is; the room goes to what the unit's state is."""
    if any(row.overdue for row in rows):
        return (NUMBER, UNIT, DUE, LATE, STATE)
    head, width, *rest = STATE
    return (NUMBER, UNIT, DUE, (head, width + LATE[1], *rest))


def _annex_pattern(table, columns):
    """An empty row, laid out: thousands are copied from it, as adding and laying out each takes ever longer."""
    line = table.add_row()
    for cell, (_, _, align, _) in zip(line.cells, columns, strict=True):
        _line(cell, "-", 12, first=True).alignment = align
    for one in table.rows:
        one._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _widths(table, [Mm(width) for _, width, _, _ in columns])
    return line._tr


def _annex_row(pattern, columns, number, row):
    line = copy.deepcopy(pattern)
    for place, (*_, value) in zip(line.iter(qn("w:t")), columns, strict=True):
        place.text = value(number, row)
    return line


def _state(row):
    if row.declared:
        return said_sent(row.obligation)
    return f"Đã nhập {row.progress} chỉ tiêu" if row.started else "Chưa bắt đầu"
