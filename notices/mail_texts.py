"""Words of mails an administrator may change: plain ``{name}`` from a flat list, never a template language.

A changed text that is broken never leaves: where a placeholder is unknown or stays empty, the built-in words do.
"""

import logging
import re
from dataclasses import dataclass

from notices.models import MailText
from records.text import clean_line

log = logging.getLogger(__name__)

PLACEHOLDER = re.compile(r"\{(\w+)\}")
SAMPLE = {
    "ten_nguoi_nhan": "Trần Thị Lan",
    "don_vi": "UBND xã Ứng Hòa",
    "so_viec": "3",
    "so_viec_khac": "2",
    "viec": "Gửi Báo cáo năm 2026",
    "han": "17/12/2026",
    "con_lai": "còn 3 ngày làm việc",
    "lien_he": "024 0000 0000",
    "buoc": "Yêu cầu bổ sung",
    "ho_so": "Đề xuất ĐX-2027-0042",
}
_DIGEST = ("ten_nguoi_nhan", "don_vi", "so_viec", "viec", "han", "con_lai", "lien_he")


@dataclass(frozen=True)
class MailWords:
    """One text: where it stands, its built-in words, what may be named in it and what must be."""

    label: str
    default: str
    names: tuple = _DIGEST
    needed: tuple = ()
    limit: int = 300


TEXTS = {
    "digest_subject_one": MailWords(
        "Thư nhắc: tiêu đề khi có một việc", "{viec}, hạn {han}: {con_lai}", needed=("viec", "han"), limit=120
    ),
    "digest_subject_many": MailWords(
        "Thư nhắc: tiêu đề khi có nhiều việc",
        "{viec}, hạn {han}: {con_lai}; và {so_viec_khac} việc khác",
        names=(*_DIGEST, "so_viec_khac"),
        needed=("viec", "han"),
        limit=120,
    ),
    "digest_hello": MailWords("Thư nhắc: lời chào", "Kính gửi ông/bà {ten_nguoi_nhan},"),
    "digest_intro_one": MailWords("Thư nhắc: mở đầu khi có một việc", "Ông/bà có một việc cần làm trên Cổng:"),
    "digest_intro_many": MailWords(
        "Thư nhắc: mở đầu khi có nhiều việc",
        "Ông/bà có {so_viec} việc cần làm trên Cổng, việc gấp nhất ở trên cùng:",
    ),
    "digest_overdue": MailWords("Thư nhắc: khi có việc quá hạn", "Việc quá hạn vẫn thực hiện được trên Cổng."),
    "digest_outro": MailWords("Thư nhắc: lời kết", "Cần thêm thời gian, ông/bà gọi số dưới đây trước hạn."),
    "step_subject": MailWords(
        "Thư về một bước xử lý: tiêu đề",
        "{buoc}: {ho_so}",
        names=("buoc", "ho_so", "don_vi"),
        needed=("buoc", "ho_so"),
        limit=120,
    ),
}


def load() -> dict:
    """``{key: changed text}``; one query."""
    return dict(MailText.objects.order_by().values_list("key", "text"))


def problems(key, text) -> list[str]:
    """What keeps a changed text from being used, as sentences; empty when it is fine."""
    words, text = TEXTS[key], clean_line(text)
    if not text:
        return ["Nhập nội dung, hoặc chọn “Về mặc định”."]
    found = []
    if len(text) > words.limit:
        found.append(f"Nội dung dài {len(text)} ký tự; rút xuống còn nhiều nhất {words.limit}.")
    used = PLACEHOLDER.findall(text)
    unknown = sorted({name for name in used if name not in words.names})
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in words.names)
        found.append(f"Không có chỗ điền {', '.join(f'{{{name}}}' for name in unknown)}. Dùng được: {known}.")
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        found.append("Dấu { hoặc } đứng lẻ: viết chỗ điền liền trong một cặp ngoặc, ví dụ {viec}.")
    empty = sorted({name for name in used if name in words.names and not SAMPLE.get(name)})
    if empty:
        found.append(f"Chỗ điền {', '.join(empty)} để trống trong thư mẫu.")
    missing = [f"{{{name}}}" for name in words.needed if name not in used]
    if missing:
        found.append(f"Cần có {', '.join(missing)} trong nội dung này.")
    return found


def say(key, values, changed) -> str:
    """The text with its placeholders filled from a flat dict of strings; one line.

    Falls back to the built-in words, and logs it, when the changed text cannot be filled completely.
    """
    own = changed.get(key)
    if own is not None:
        if not problems(key, own) and all(values.get(name) for name in PLACEHOLDER.findall(own)):
            return _fill(own, values)
        log.error("Mail text %s is not complete, the built-in words are used", key)
    return _fill(TEXTS[key].default, values)


def _fill(text, values) -> str:
    return clean_line(PLACEHOLDER.sub(lambda match: str(values.get(match[1], "")), text))
