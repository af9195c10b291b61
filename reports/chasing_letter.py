"""Công văn đôn đốc as .docx (NĐ 30/2020/NĐ-CP, Phụ lục I). Number and date stay blank: the document system gives them."""

import copy
import io

from django.conf import settings
from django.utils import timezone
from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from reports import letter_layout as paper
from reports.chasing import said_sent
from reports.letter_layout import CENTRE, JUSTIFY, NO_BREAK, RIGHT
from reports.wording import paper_date, period_phrase, programme_phrase

# Who signs: how the form names them, the lines above the signature; who signs by order adds the own post.
SIGNATURES = {
    "director": ("Giám đốc ký", ("GIÁM ĐỐC",)),
    "deputy": ("Phó Giám đốc ký thay", ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")),
    "head": ("Trưởng phòng ký thừa lệnh", ("TL. GIÁM ĐỐC",)),
}
BLANK = NO_BREAK * 7  # for the clerk to write into
# Columns of the annex: head, width, alignment, what stands in it.
NUMBER = ("STT", 12, CENTRE, lambda number, row: str(number))
UNIT = ("Đơn vị", 52, None, lambda number, row: row.unit.name)
DUE = ("Hạn gửi", 25, CENTRE, lambda number, row: paper_date(row.obligation.due_on))
LATE = ("Số ngày làm việc quá hạn", 23, RIGHT, lambda number, row: str(-row.left) if row.overdue else "–")
STATE = ("Tình trạng trên Cổng", 48, None, lambda number, row: _state(row))


def letter(cycle, rows, *, everybody, reply_by, contact, symbol, signature, now, post="", signer="") -> bytes:
    """The file: letter and annex of the units in ``rows`` (``reports.chasing.Row``), in alphabetical order.

    ``everybody``: these are all that have not sent, so that the letter may count them. One unit needs no annex.
    ``post``: of who signs by order.
    """
    rows = sorted(rows, key=lambda row: (row.unit.sort_key, row.obligation.pk))
    document = Document()
    paper.page_setup(document)
    _head(document, cycle, symbol, now)
    _receivers(document, rows)
    for text in _body(cycle, rows, everybody, reply_by, contact, now):
        paper.paragraph(document, text, align=JUSTIFY, indent=True)
    _signature(document, signature, post, signer, symbol)
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
    today = f"ngày {paper_date(moment)}"
    title = f"báo cáo {period_phrase(cycle)}"
    by = f"trước khi hết ngày {paper_date(days[0])}"
    if len(days) > 1:
        by = f"theo hạn của từng đơn vị (từ ngày {paper_date(days[0])} đến ngày {paper_date(days[-1])})"
    yield (
        f"Thực hiện {programme_phrase(cycle.programme)}, các đơn vị gửi {title} về Sở Khoa học và Công nghệ "
        f"{by}. Đến {moment.hour:02d} giờ {moment.minute:02d} phút, {today}, {_who_has_not(rows, everybody)}"
    )
    whom = "đơn vị" if alone else "các đơn vị có tên tại Phụ lục"
    later = days[0] <= reply_by < days[-1]
    yield (
        f"Sở Khoa học và Công nghệ đề nghị {whom} hoàn thành và gửi {title} trên Cổng trước khi hết ngày "
        f"{paper_date(reply_by)}"
        + ("; đơn vị có hạn gửi sau ngày này gửi theo hạn ghi tại Phụ lục. " if later else ". ")
        + "Đơn vị đã gửi qua hệ thống quản lý văn bản đề nghị cho biết số, ngày văn bản để Sở ghi nhận."
    )
    # An address cannot be broken and would tear a justified line apart: it stands in a short paragraph of its own.
    yield f"Địa chỉ Cổng: {settings.SITE_URL}"
    yield f"Trong quá trình thực hiện, nếu có vướng mắc, đề nghị liên hệ: {contact}."
    yield f"Sở Khoa học và Công nghệ đề nghị {'đơn vị' if alone else 'các đơn vị'} quan tâm, phối hợp./."


def _head(document, cycle, symbol, now):
    table = document.add_table(rows=2, cols=2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    paper.no_padding(table)
    paper.widths(table, (Mm(70), Mm(95)))
    left, right = table.rows[0].cells
    paper.line(left, "ỦY BAN NHÂN DÂN", 12, first=True)
    paper.line(left, "THÀNH PHỐ HÀ NỘI", 12)
    paper.line(left, "SỞ KHOA HỌC VÀ CÔNG NGHỆ", 12, bold=True)
    paper.rule(left, Mm(20))
    paper.line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, bold=True, first=True)
    paper.line(right, "Độc lập - Tự do - Hạnh phúc", 14, bold=True)
    paper.rule(right, Mm(19))
    left, right = table.rows[1].cells
    paper.line(left, f"Số:{BLANK}{NO_BREAK * 3}/{symbol}", 13, first=True)
    paper.line(left, f"V/v đôn đốc gửi báo cáo {period_phrase(cycle)}", 12)
    year = timezone.localtime(now).year
    paper.line(right, f"Hà Nội, {_blank_date(year)}", 14, italic=True, first=True)


def _receivers(document, rows):
    if len(rows) == 1:
        whom = rows[0].unit.body_name.replace("UBND", "Ủy ban nhân dân", 1)
    else:
        whom = "Ủy ban nhân dân các xã, phường (danh sách tại Phụ lục kèm theo)"
    paper.paragraph(document, f"Kính gửi: {whom}", align=CENTRE, before=18, after=12)


def _blank_date(year):
    return f"ngày{BLANK}tháng{BLANK}năm{NO_BREAK}{year}"


def _signature(document, signature, post, signer, symbol):
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    paper.widths(table, (Mm(80), Mm(80)))
    left, right = table.rows[0].cells
    head = left.paragraphs[0]
    head.paragraph_format.space_before = Pt(12)
    run = head.add_run("Nơi nhận:")
    run.bold = run.italic = True
    run.font.size = Pt(12)
    for text in _copies(signature, symbol):
        left.add_paragraph().add_run(text).font.size = Pt(11)
    above = [*SIGNATURES[signature][1], *([post.upper()] if signature == "head" else [])]
    for number, text in enumerate(above):
        paragraph = paper.line(right, text, 14, bold=True, first=number == 0)
        paragraph.paragraph_format.space_before = Pt(0 if number else 12)
    for _ in range(4):
        right.add_paragraph()
    if signer:
        paper.line(right, signer, 14, bold=True)


def _copies(signature, symbol):
    """Receivers below “Nơi nhận”: nobody reports to the one who signs; the room that keeps a copy is the one that
    drafted, the last part of the symbol."""
    yield "- Như trên;"
    if signature != "director":
        yield "- Giám đốc Sở (để báo cáo);"
    room = symbol.partition("-")[2].strip()
    yield f"- Lưu: VT, {room}." if room else "- Lưu: VT."


def _annex(document, cycle, rows, symbol, now):
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.different_first_page_header_footer = False
    paper.paragraph(document, "Phụ lục", align=CENTRE, bold=True, after=0)
    title = f"DANH SÁCH ĐƠN VỊ CHƯA GỬI BÁO CÁO {period_phrase(cycle).upper()}"
    paper.paragraph(document, title, align=CENTRE, bold=True, after=0)
    year = timezone.localtime(now).year
    number = f"số{BLANK}{NO_BREAK * 3}/{symbol}"
    source = f"(Kèm theo Công văn {number} {_blank_date(year)} của Sở Khoa học và Công nghệ)"
    paper.paragraph(document, source, align=CENTRE, italic=True, after=12)
    columns = _annex_columns(rows)
    table = document.add_table(rows=1, cols=len(columns))
    table.style, table.autofit, table.alignment = "Table Grid", False, WD_TABLE_ALIGNMENT.CENTER
    for cell, (text, *_) in zip(table.rows[0].cells, columns, strict=True):
        paper.line(cell, text, 12, bold=True, first=True)
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
        paper.line(cell, "-", 12, first=True).alignment = align
    for one in table.rows:
        one._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    paper.widths(table, [Mm(width) for _, width, _, _ in columns])
    return line._tr


def _annex_row(pattern, columns, number, row):
    line = copy.deepcopy(pattern)
    for place, (*_, value) in zip(line.iter(qn("w:t")), columns, strict=True):
        place.text = value(number, row)
    return line


def _state(row):
    if row.declared:
        return said_sent(row.obligation, paper_date)
    return f"Đã nhập {row.progress} chỉ tiêu" if row.started else "Chưa bắt đầu"
