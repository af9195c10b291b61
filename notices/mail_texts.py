"""Words of mails an administrator may change: plain ``{name}`` from a flat list, never a template language.

A changed text that is broken never leaves: where a placeholder is unknown or stays empty, the built-in words do.
"""

import logging
import re
from dataclasses import dataclass

from django.conf import settings

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
    "noi": "đơn vị",
    "han": "17/12/2026",
    "con_lai": "còn 3 ngày làm việc",
    "lien_he": "024 0000 0000",
    "buoc": "Sở đề nghị bổ sung",
    "ho_so": "ĐX-2027-0042, “Ứng dụng chế phẩm vi sinh xử lý rơm rạ”",
    "so_noi_dung": "2",
    "ngay_gui_lai": "thứ Ba, 22/12/2026",
    "tuan": "14/12/2026",
}
MAILS = {  # the first word of a key: which mail it belongs to
    "digest": "Thư nhắc",
    "step": "Thư về một bước xử lý",
    "handover": "Thư bàn giao",
    "weekly": "Thư hằng tuần",
}
_DIGEST = ("ten_nguoi_nhan", "don_vi", "so_viec", "viec", "han", "con_lai", "lien_he")
_STEP = ("ten_nguoi_nhan", "don_vi", "buoc", "ho_so", "lien_he")
_WEEKLY = ("ten_nguoi_nhan", "tuan", "lien_he")
_TOLD = ("ten_nguoi_nhan", "don_vi", "noi", "lien_he")
_SUBJECT = 120  # mail programs cut longer ones


@dataclass(frozen=True)
class MailWords:
    """One text: where in the mail it stands, its built-in words, what may be named in it and what must be."""

    label: str
    default: str
    names: tuple = _DIGEST
    needed: tuple = ()
    limit: int = 300
    first: str = ""  # the placeholder it begins with


def _of_step(label, default, *more, **rules):
    return MailWords(label, default, names=(*_STEP, *more), **rules)


def _of_week(label, default, **rules):
    return MailWords(label, default, names=_WEEKLY, **rules)


_DIGEST_TEXTS = {
    "digest_subject_one": MailWords(
        "tiêu đề khi có một việc",
        "{viec}, hạn {han}: {con_lai}",
        needed=("viec", "han"),
        limit=_SUBJECT,
        first="viec",
    ),
    "digest_subject_many": MailWords(
        "tiêu đề khi có nhiều việc",
        "{viec}, hạn {han}: {con_lai}; và {so_viec_khac} việc khác",
        names=(*_DIGEST, "so_viec_khac"),
        needed=("viec", "han"),
        limit=_SUBJECT,
        first="viec",
    ),
    "digest_subject_told": MailWords(
        "tiêu đề khi chỉ để biết",
        "Để ông/bà biết – {viec}, hạn {han}: {con_lai}",
        names=tuple(name for name in _DIGEST if name != "so_viec"),
        needed=("viec", "han"),
        limit=_SUBJECT,
    ),
    "digest_hello": MailWords("lời chào", "Kính gửi ông/bà {ten_nguoi_nhan},"),
    "digest_intro_one": MailWords("mở đầu khi có một việc", "Ông/bà có một việc cần làm trên Cổng:"),
    "digest_intro_many": MailWords(
        "mở đầu khi có nhiều việc", "Ông/bà có {so_viec} việc cần làm trên Cổng, việc gấp nhất ở trên cùng:"
    ),
    "digest_overdue": MailWords("khi có việc quá hạn", "Việc quá hạn vẫn thực hiện được trên Cổng."),
    "digest_told": MailWords("trước việc để biết", "Để ông/bà biết: {noi} có việc sắp đến hạn dưới đây.", names=_TOLD),
    "digest_told_late": MailWords(
        "trước việc để biết, khi quá hạn", "Để ông/bà biết: {noi} có việc quá hạn dưới đây.", names=_TOLD
    ),
    "digest_outro": MailWords("lời kết", "Cần thêm thời gian, ông/bà gọi số dưới đây trước hạn."),
    "digest_outro_late": MailWords(
        "lời kết khi có việc đã qua hạn", "Có vướng mắc hoặc cần gia hạn, ông/bà gọi số dưới đây."
    ),
    "digest_outro_told": MailWords(
        "lời kết khi chỉ để biết", "Thư này để ông/bà biết; việc do người được giao thực hiện.", names=_TOLD
    ),
}
_STEP_TEXTS = {
    "step_subject": MailWords(
        "tiêu đề", "{buoc}: {ho_so}", names=("buoc", "ho_so", "don_vi"), needed=("buoc", "ho_so"), limit=_SUBJECT
    ),
    "step_hello": _of_step("lời chào", "Kính gửi ông/bà {ten_nguoi_nhan},"),
    "step_intro": _of_step("mở đầu", "Hồ sơ của {don_vi} có bước xử lý mới trên Cổng:"),
    "step_intro_sign": _of_step(
        "mở đầu khi hồ sơ chờ ký",
        "Hồ sơ dưới đây đang chờ ký; ông/bà xem nội dung, rồi duyệt và gửi hoặc trả lại người soạn thảo.",
    ),
    "step_intro_returned": _of_step(
        "mở đầu khi lãnh đạo đơn vị trả lại",
        "Lãnh đạo đơn vị trả lại hồ sơ dưới đây; ông/bà sửa theo ý kiến, rồi trình ký lại.",
    ),
    "step_intro_sent": _of_step(
        "mở đầu khi đã gửi Sở", "Sở đã nhận hồ sơ dưới đây của {don_vi}; biên nhận có ở trang của hồ sơ."
    ),
    "step_intro_sent_unnumbered": _of_step(
        "mở đầu khi đã gửi Sở, chưa có số",
        "Sở đã nhận dữ liệu dưới đây. Còn một việc: văn thư ghi số, ngày và tải bản ký số.",
    ),
    "step_intro_come_again": _of_step(
        "mở đầu gửi chuyên viên khi đơn vị gửi lại", "{don_vi} đã bổ sung và gửi lại hồ sơ dưới đây:"
    ),
    "step_intro_asked": _of_step(
        "mở đầu khi Sở đề nghị bổ sung",
        "Sở đề nghị bổ sung {so_noi_dung} nội dung dưới đây; phần còn lại và thời điểm gửi lần đầu giữ nguyên.",
        "so_noi_dung",
        "ngay_gui_lai",
    ),
    "step_intro_council": _of_step(
        "mở đầu khi có kết quả Hội đồng",
        "Dưới đây là kiến nghị của Hội đồng tư vấn; kết quả chính thức sẽ có văn bản.",
    ),
    "step_intro_done": _of_step(
        "mở đầu khi hồ sơ kết thúc",
        "Hồ sơ dưới đây đã kết thúc xử lý; nội dung và lịch sử được giữ trên Cổng để tra cứu.",
    ),
    "step_intro_assigned": _of_step(
        "mở đầu khi giao chuyên viên theo dõi", "Ông/bà được giao theo dõi hồ sơ của {don_vi}:"
    ),
    "step_intro_not_arrived": _of_step(
        "mở đầu khi Sở chưa nhận được văn bản đã báo gửi",
        "Văn bản đã báo gửi chưa đến Sở; đề nghị kiểm tra, rồi gửi trên Cổng hoặc báo lại số, ngày.",
    ),
    "step_intro_paper": _of_step(
        "mở đầu khi Sở nhận báo cáo qua hệ thống văn bản",
        "Sở đã nhận báo cáo dưới đây của {don_vi} qua hệ thống văn bản; thư nhắc về báo cáo này dừng.",
    ),
    "step_intro_paper_corrected": _of_step(
        "mở đầu khi Sở sửa số đến, ngày đến",
        "Sở đã sửa số đến, ngày đến của báo cáo dưới đây; đúng hạn hay trễ tính theo ngày đó.",
    ),
    "step_intro_letter_corrected": _of_step(
        "mở đầu khi đơn vị sửa số, ngày, người ký",
        "{don_vi} đã sửa văn bản của hồ sơ dưới đây; nội dung hồ sơ giữ nguyên.",
    ),
    "step_outro": _of_step("lời kết", "Có vướng mắc, ông/bà gọi số dưới đây."),
}
_HANDOVER_TEXTS = {
    "handover_subject": _STEP_TEXTS["step_subject"],
    "handover_hello": _STEP_TEXTS["step_hello"],
    "handover_intro": _of_step(
        "mở đầu",
        "Từ nay {don_vi} giữ và xử lý hồ sơ dưới đây; nội dung, văn bản, lịch sử được giữ nguyên.",
    ),
    "handover_outro": _STEP_TEXTS["step_outro"],
}
_WEEKLY_TEXTS = {
    "weekly_subject": _of_week(
        "tiêu đề, trước các con số", "Việc chờ xử lý, tuần từ {tuan}", needed=("tuan",), limit=_SUBJECT
    ),
    "weekly_hello": _of_week("lời chào", "Kính gửi ông/bà {ten_nguoi_nhan},"),
    "weekly_intro": _of_week("mở đầu", "Tuần từ {tuan}, Cổng có các việc sau chờ ông/bà hoặc để ông/bà biết:"),
    "weekly_outro": _of_week("lời kết", "Việc mới trong tuần xem ở danh sách chờ xử lý."),
}
TEXTS = {**_DIGEST_TEXTS, **_STEP_TEXTS, **_HANDOVER_TEXTS, **_WEEKLY_TEXTS}


def mail_of(key) -> str:
    """Which mail a text belongs to: “digest”, “step”, …"""
    return key.partition("_")[0]


def title_of(key) -> str:
    """“Thư nhắc: lời chào”."""
    return f"{MAILS[mail_of(key)]}: {TEXTS[key].label}"


def sample_values() -> dict:
    """Values of a preview; the number to call is the real one."""
    return {**SAMPLE, "lien_he": settings.HOTLINE}


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
        found.append(f"Dấu {{ hoặc }} đứng lẻ: viết chỗ điền liền trong một cặp ngoặc, ví dụ {{{words.names[0]}}}.")
    values = sample_values()
    empty = sorted({f"{{{name}}}" for name in used if name in words.names and not values.get(name)})
    if empty:
        found.append(f"Chỗ điền {', '.join(empty)} đang để trống trên hệ thống; bỏ ra khỏi nội dung.")
    missing = [f"{{{name}}}" for name in words.needed if name not in used]
    if missing:
        found.append(f"Cần có {', '.join(missing)} trong nội dung này.")
    elif words.first and not text.startswith(f"{{{words.first}}}"):
        found.append(f"Tiêu đề bắt đầu bằng {{{words.first}}} để người nhận thấy ngay việc cần làm.")
    return found


def letter(mail, *, person, values, changed, intro="intro") -> tuple[str, dict]:
    """Subject and ``words`` (hello, intro, outro) of one mail; ``intro`` names the opening for the situation."""
    values = {**values, "ten_nguoi_nhan": person, "lien_he": settings.HOTLINE}
    keys = {"hello": "hello", "intro": intro, "outro": "outro"}
    words = {name: say(f"{mail}_{key}", values, changed) for name, key in keys.items()}
    return say(f"{mail}_subject", values, changed), words


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
