"""Checking, keeping and handing out uploaded files."""

import contextlib
import hashlib
import re
import zipfile
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404

from .models import StoredFile
from .numbers import format_number
from .text import clean_line

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": _WORD,
    "xlsx": _EXCEL,
    "jpg": "image/jpeg",
    "png": "image/png",
}
ALL_KINDS = tuple(CONTENT_TYPES)
_NAMES = {"pdf": "PDF", "docx": "Word (.docx)", "xlsx": "Excel (.xlsx)", "jpg": "ảnh .jpg", "png": "ảnh .png"}
_ALIASES = {"jpeg": "jpg", "jpe": "jpg"}
_OLD_OFFICE = {"doc": "docx", "docm": "docx", "xls": "xlsx", "xlsm": "xlsx"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_ENCRYPTED_PDF = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 5000


class FileRefused(ValueError):
    """An upload that is not kept; ``message`` is a sentence that says why and what to do."""

    def __init__(self, message):
        self.message = message
        super().__init__(message)


@dataclass(frozen=True)
class Checked:
    """What the check found out about an upload."""

    name: str
    extension: str
    content_type: str


def check_upload(upload, allowed=ALL_KINDS):
    """Look into an upload and return its ``Checked`` name and kind; raises FileRefused. Writes nothing.

    The kind is read from extension and content, never from what the browser claims.
    """
    if not upload:
        raise FileRefused(f"Chưa chọn tệp. Chọn một tệp {kinds_text(allowed)}.")
    name = _safe_name(upload.name)
    extension = _allowed_extension(name, allowed)
    limit = settings.UPLOAD_MAX_BYTES
    if upload.size == 0:
        raise FileRefused(f"Tệp “{name}” rỗng (0 byte). Mở lại tệp gốc, lưu và tải lên lần nữa.")
    if upload.size > limit:
        raise FileRefused(
            f"Tệp “{name}” nặng {megabytes(upload.size)}, tối đa {megabytes(limit)}. "
            "Giảm dung lượng ảnh hoặc tách thành nhiều tệp."
        )
    upload.seek(0)
    head = upload.read(1024)
    if extension == "pdf":
        _check_pdf(upload, head, name)
    elif extension in _MAIN_PART:
        _check_office(upload, head, name, extension)
    elif not head.startswith({"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}[extension]):
        raise _mismatch(name, extension)
    upload.seek(0)
    return Checked(name, extension, CONTENT_TYPES[extension])


def store_upload(*, upload, allowed=ALL_KINDS, user=None, now):
    """Check an upload and keep it; returns the StoredFile. Writes one file and one row; raises FileRefused.

    When the surrounding row cannot be written the file is removed again.
    """
    checked = check_upload(upload, allowed)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    stored = StoredFile(
        original_name=checked.name,
        size=upload.size,
        sha256=digest.hexdigest(),
        content_type=checked.content_type,
        uploaded_by=user if getattr(user, "pk", None) else None,
        uploaded_at=now,
    )
    stored.file.save(checked.name, upload, save=False)
    try:
        with transaction.atomic():
            stored.save(force_insert=True)
    except Exception:
        stored.file.delete(save=False)
        raise
    return stored


@contextlib.contextmanager
def kept_with_its_row():
    """Around a transaction that stores uploads: pass each through ``keep``; a rollback removes the file as well."""
    stored = []

    def keep(one):
        stored.append(one)
        return one

    try:
        yield keep
    except BaseException:
        for one in stored:
            one.file.storage.delete(one.file.name)
        raise


def open_response(stored):
    """Download of a stored file: always an attachment, never run by the browser, never cached by a proxy.

    The caller has checked who may read it. Raises Http404 where the file is gone from the disk.
    """
    try:
        handle = stored.file.storage.open(stored.file.name, "rb")
    except FileNotFoundError:
        raise Http404(f"Tệp “{stored.original_name}” không còn trong kho lưu. Báo quản trị hệ thống.") from None
    response = FileResponse(handle, as_attachment=True, filename=stored.original_name, content_type=stored.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def kinds_text(allowed):
    """ "PDF, Word (.docx) hoặc Excel (.xlsx)" for a list of allowed extensions."""
    names = [_NAMES[e] for e in allowed]
    return " hoặc ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def megabytes(size):
    """ "12,5 MB"; small files in kB."""
    if size < 1024 * 1024:
        return f"{format_number(max(1, round(size / 1024)))} kB"
    return f"{format_number(round(size / 1024 / 1024, 1))} MB"


def _safe_name(name):
    name = clean_line((name or "").replace("\\", "/").rsplit("/", 1)[-1]).lstrip(".") or "tep"
    stem, dot, extension = name.rpartition(".")
    return name if len(name) <= 255 else f"{stem[: 250 - len(extension)]}{dot}{extension}"[-255:]


def _allowed_extension(name, allowed):
    typed = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    extension = _ALIASES.get(typed, typed)
    if extension in allowed:
        return extension
    newer = _OLD_OFFICE.get(extension)
    if newer in allowed:
        raise FileRefused(f"Tệp “{name}” thuộc loại .{typed}. Mở tệp, chọn Lưu thành .{newer} rồi tải lên lại.")
    shown = f"loại .{typed}" if typed else "không có phần mở rộng"
    raise FileRefused(f"Tệp “{name}” {shown}, không nhận được ở đây. Chọn tệp {kinds_text(allowed)}.")


def _mismatch(name, extension):
    return FileRefused(
        f"Nội dung tệp “{name}” không phải {_NAMES[extension]} hoặc tệp bị hỏng. Mở lại tệp gốc, lưu và tải lên lần nữa."
    )


def _protected(name):
    return FileRefused(
        f"Tệp “{name}” đang đặt mật khẩu hoặc khóa quyền. Lưu lại một bản không đặt mật khẩu rồi tải lên."
    )


def _check_pdf(upload, head, name):
    if b"%PDF-" not in head:
        raise _mismatch(name, "pdf")
    upload.seek(0)
    content = upload.read()
    if b"%%EOF" not in content[-2048:]:
        raise FileRefused(f"Tệp “{name}” bị cắt ngang, thiếu phần cuối. Lưu lại tệp PDF và tải lên lần nữa.")
    if _ENCRYPTED_PDF.search(content):
        raise _protected(name)


def _check_office(upload, head, name, extension):
    if head.startswith(_OLE):
        raise _protected(name)  # an encrypted docx or xlsx is wrapped into an OLE container
    if not head.startswith(b"PK\x03\x04"):
        raise _mismatch(name, extension)
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _mismatch(name, extension) from None
    names = {part.filename for part in parts}
    if not {"[Content_Types].xml", _MAIN_PART[extension]} <= names:
        raise _mismatch(name, extension)
    if any(part.flag_bits & 0x1 for part in parts):
        raise _protected(name)
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise FileRefused(f"Tệp “{name}” có chứa macro. Lưu lại thành .{extension} không có macro rồi tải lên.")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > max(upload.size, 64 * 1024) * MAX_RATIO:
        raise FileRefused(
            f"Tệp “{name}” giải nén ra quá lớn, không an toàn để mở. Chép nội dung sang một tệp mới rồi tải lên."
        )
