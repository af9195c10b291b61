"""How papers of the Sở are laid out as .docx (NĐ 30/2020/NĐ-CP, Phụ lục I): page, lines, rules, paragraphs."""

import re

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"
CENTRE, RIGHT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
NO_BREAK = "\u00a0"
_DATED = re.compile(r"\b(ngày|tháng|năm) (?=\d)", re.I)


def bound(text) -> str:
    """“năm 2026” stays on one line."""
    return _DATED.sub(rf"\1{NO_BREAK}", text)


def page_setup(document):
    """A4, margins, font, and the number at the head of every page but the first."""
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
    page_number(section.header.paragraphs[0])


def page_number(paragraph):
    """The number of the page as a field, centred."""
    paragraph.alignment = CENTRE
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        paragraph.add_run()._r.append(element)


def no_padding(table):
    """The national title fits one line only where the cell gives it all its width."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), "0")
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    layout = table._tbl.tblPr.find(qn("w:tblLayout"))
    layout.addnext(margins)


def widths(table, lengths):
    """Word reads the cells, LibreOffice the columns."""
    for column, width in zip(table.columns, lengths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, lengths, strict=True):
            cell.width = width


def line(cell, text, size, *, bold=False, italic=False, first=False):
    """A centred line of a table; ``first``: in the paragraph the cell begins with."""
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.alignment = CENTRE
    run = paragraph.add_run(bound(text))
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph


def rule(cell, inset):
    """A short line: the upper edge of an empty paragraph that is drawn in from both sides."""
    paragraph = cell.add_paragraph()
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = inset
    paragraph.add_run().font.size = Pt(6)
    paragraph.paragraph_format.line_spacing = Pt(8)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    # Word wants the parts of a paragraph in their order.
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")


def paragraph(document, text="", *, align=None, bold=False, italic=False, size=None, indent=False, before=0, after=6):
    """A paragraph of the body."""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(bound(text))
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after, layout.line_spacing = Pt(before), Pt(after), 1.15
    if indent:
        layout.first_line_indent = Mm(12.7)
    return paragraph
