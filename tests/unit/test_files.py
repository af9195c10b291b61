"""What is let in as a file, and the sentences for what is not."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from records.files import FileRefused, check_upload, kinds_text, megabytes

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def office(main="word/document.xml", extra=()):
    """Bytes of a minimal Word or Excel file; ``extra`` are further (name, content) parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [("[Content_Types].xml", b"<Types/>"), (main, b"<x/>"), *extra]:
            archive.writestr(name, content)
    return buffer.getvalue()


def upload(name, content):
    return SimpleUploadedFile(name, content, content_type="application/x-whatever-the-browser-says")


@pytest.mark.parametrize(
    ("name", "content", "extension"),
    [
        ("Báo cáo năm 2026.pdf", PDF, "pdf"),
        ("BC.PDF", PDF, "pdf"),
        ("Phiếu.docx", office(), "docx"),
        ("Biểu.xlsx", office("xl/workbook.xml"), "xlsx"),
        ("ảnh.JPEG", JPG, "jpg"),
        ("ảnh.png", PNG, "png"),
    ],
)
def test_let_in(name, content, extension):
    checked = check_upload(upload(name, content))
    assert checked.extension == extension
    assert checked.name == name
    assert "whatever" not in checked.content_type


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("a.exe", b"MZ", "loại .exe"),
        ("tep", PDF, "không có phần mở rộng"),
        ("a.pdf", b"", "rỗng"),
        ("a.pdf", PNG, "không phải PDF"),
        ("a.pdf", PDF[:-7], "bị cắt ngang"),
        ("a.pdf", PDF.replace(b"/Root", b"/Encrypt 5 0 R /Root"), "mật khẩu"),
        ("a.png", JPG, "không phải ảnh .png"),
        ("a.docx", PDF, "không phải Word"),
        ("a.docx", office("xl/workbook.xml"), "không phải Word"),
        ("a.docx", b"PK\x03\x04 broken", "không phải Word"),
        ("a.docx", OLE, "mật khẩu"),
        ("a.docx", office(extra=[("word/vbaProject.bin", b"x")]), "macro"),
        ("a.xlsx", office("xl/workbook.xml", [("xl/big.xml", b"0" * 40_000_000)]), "giải nén ra quá lớn"),
        ("a.doc", OLE, "Lưu thành .docx"),
        ("a.xls", OLE, "Lưu thành .xlsx"),
    ],
)
def test_refused_with_a_sentence(name, content, part):
    with pytest.raises(FileRefused) as refusal:
        check_upload(upload(name, content))
    assert part in refusal.value.message
    assert refusal.value.message.endswith(".")


def test_nothing_chosen_and_wrong_kind_name_what_is_wanted():
    with pytest.raises(FileRefused, match="Chưa chọn tệp"):
        check_upload(None)
    with pytest.raises(FileRefused, match="Chọn tệp PDF"):
        check_upload(upload("a.png", PNG), ("pdf",))
    assert kinds_text(("pdf", "docx", "xlsx")) == "PDF, Word (.docx) hoặc Excel (.xlsx)"


def test_too_large(settings):
    settings.UPLOAD_MAX_BYTES = 50
    with pytest.raises(FileRefused, match="tối đa"):
        check_upload(upload("a.pdf", PDF))
    assert megabytes(20 * 1024 * 1024) == "20 MB"
    assert megabytes(1_600_000) == "1,5 MB"
    assert megabytes(10) == "1 kB"


def test_names_lose_folders_and_controls_but_keep_their_extension():
    assert check_upload(upload("x.pdf", PDF)).name == "x.pdf"
    tricky = upload("x.pdf", PDF)
    tricky._name = "C:\\thư mục\\..\\Báo\r\ncáo.pdf"
    assert check_upload(tricky).name == "Báo cáo.pdf"
    tricky._name = "é" * 400 + ".pdf"
    name = check_upload(tricky).name
    assert len(name) <= 255
    assert name.endswith(".pdf")
