"""A mail made of sample values, with one text as it is being edited: what the administrator sees before saving."""

import datetime as dt

from django.conf import settings

from notices.digest import arrange
from notices.mail_texts import SAMPLE, letter, load, mail_of, sample_values
from notices.outbox import render
from notices.weekly import Line, Section, write_weekly

_ASKED = "step_intro_asked"
_STEPS = {  # key: what the mail says of the step, the status after it, and the note
    "step_intro": ("Hồ sơ hợp lệ", "Hồ sơ hợp lệ", ""),
    "step_intro_sign": ("Chờ ông/bà ký", "Chờ ký", ""),
    "step_intro_returned": ("Lãnh đạo trả lại, chờ ông/bà sửa", "Bản nháp", "Nêu rõ mục tiêu."),
    "step_intro_sent": ("Đã gửi Sở", "Đã gửi", ""),
    "step_intro_sent_unnumbered": ("Đã gửi Sở", "Đã gửi", ""),
    "step_intro_come_again": ("Đơn vị đã gửi lại, chờ ông/bà xem xét", "Đã gửi", ""),
    _ASKED: ("Sở đề nghị bổ sung", "Yêu cầu bổ sung, chỉnh sửa", "Làm rõ quy mô.\nBổ sung dự toán."),
    "step_intro_council": (
        "Đã có kiến nghị của Hội đồng tư vấn",
        "Kết quả Hội đồng đã ghi nhận",
        "Hội đồng kiến nghị thực hiện, thu gọn phạm vi trong hai xã.",
    ),
    "step_intro_done": ("Đã công bố danh mục", "Đã công bố", ""),
    "step_intro_assigned": ("Ông/bà được giao theo dõi", "Đang xem xét", ""),
    "step_intro_not_arrived": (
        "Sở chưa nhận được văn bản báo cáo",
        "Chưa gửi",
        "Văn thư Sở chưa thấy văn bản này trên hệ thống; đơn vị kiểm tra nơi nhận.",
    ),
    "step_intro_paper": ("Sở đã nhận qua hệ thống văn bản", "Đã nhận qua hệ thống văn bản", ""),
    "step_intro_paper_corrected": (
        "Sở sửa số đến, ngày đến",
        "Đã nhận qua hệ thống văn bản",
        "Nhầm năm khi ghi sổ.\nTrước: số đến 812, ngày đến 15/12/2025.\nNay: số đến 812, ngày đến 15/12/2026.",
    ),
    "step_intro_letter_corrected": (
        "Sửa số, ngày, người ký của văn bản",
        "Đã gửi",
        "Gõ nhầm số.\nTrước: số 45/BC-UBND.\nNay: số 54/BC-UBND.",
    ),
}


_BY_THE_UNIT = {
    f"step_intro_{name}" for name in ("sign", "returned", "sent", "sent_unnumbered", "come_again", "letter_corrected")
}
_ARRIVED = [["Số đến", "812"], ["Ngày đến", "15/12/2026"], ["Tính thời hạn", "Đúng hạn – sớm 2 ngày làm việc"]]
_DOSSIER = {"name": "Đề xuất nhiệm vụ ĐX-2027-0042", "title": "Ứng dụng chế phẩm vi sinh xử lý rơm rạ"}


def preview(key, text) -> tuple[str, str, str]:
    """Subject, plain text and HTML, of the template that is sent; nothing is stored and nothing is sent."""
    samples = {"digest": _digest, "step": _step, "handover": _handover, "weekly": _weekly}
    mail = mail_of(key)
    context = samples[mail](key, load() | {key: text})
    return context["subject"], *render(mail, context)


_LATE = {"days": -2, "left": "Quá hạn 2 ngày làm việc", "past": True, "until": "thứ Hai, 21/12/2026"}


def _digest(key, changed):
    """One duty, three, or one to know of, as the text being edited asks for; late where it speaks of that."""
    one, told = key.endswith("_one"), []
    items = [_item(0), _item(1), _item(2)][: 1 if one else 3]
    if key in {"digest_overdue", "digest_outro_late"}:
        items[0] |= _LATE
    if key in {"digest_told", "digest_told_late", "digest_subject_told", "digest_outro_told"}:
        items, told = [], [_item(0) | {"action": "Xem"} | (_LATE if key != "digest_told" else {})]
    values = {**sample_values(), "so_viec": str(len(items) or ""), "so_viec_khac": str(max(len(items) - 1, 0))}
    places = {"places": SAMPLE["don_vi"]}
    return {**places, **arrange(items, told, values, changed)}


def _item(index):
    title, what = (
        ("Báo cáo năm 2026", "còn 5/14 chỉ tiêu chưa nhập"),
        ("Bổ sung: Báo cáo 6 tháng đầu năm 2026", "đã xong 2/3"),
        ("Đề xuất nhiệm vụ năm 2027", "đã xong 5/7"),
    )[index]
    return {
        "title": title,
        "days": 3 + index,
        "left": f"Còn {3 + index} ngày làm việc",
        "due": ("thứ Năm, 17/12/2026", "thứ Sáu, 18/12/2026", "thứ Hai, 21/12/2026")[index],
        "what": what,
        "past": False,
        "until": "",
        "late_works": True,
        "to_unit": True,
        "action": "Làm tiếp",
        "url": f"{settings.SITE_URL}/",
    }


def _step(key, changed):
    shown = key if key in _STEPS else _ASKED
    label, status, note = _STEPS[shown]
    context = {
        **_DOSSIER,
        "status": status,
        "who": "Sở KH&CN – Phòng Quản lý khoa học",
        "note": note,
        "due_on": "2026-12-22" if shown == _ASKED else "",
    }
    if shown in _BY_THE_UNIT:
        context["who"] = f"Nguyễn Văn Bình – {SAMPLE['don_vi']}"
    if shown == "step_intro_sign":
        context["outcome"] = [["Hạn gửi", "hết thứ Năm, 17/12/2026"]]
    if shown == "step_intro_sent_unnumbered":
        context["outcome"] = [["Bổ sung số, ngày, bản ký số", "hết thứ Hai, 21/12/2026"]]
        context |= {"other_label": "Bổ sung số, ngày, bản ký số", "other_path": "/"}
    if shown == "step_intro_council":
        context["outcome"] = [["Kiến nghị của Hội đồng", "Đề nghị thực hiện"]]
    if shown == "step_intro_not_arrived":
        context |= {"name": "Báo cáo năm 2026", "title": ""}
        said, due = ["Văn bản đơn vị đã báo", "số 45/BC-UBND, ngày 15/12/2026"], ["Hạn gửi", "hết thứ Năm, 17/12/2026"]
        context |= {"outcome": [said, due], "button": "Mở báo cáo trên Cổng"}
        context |= {
            "other_label": "Nếu đã gửi lại qua hệ thống văn bản, chọn “Đã gửi, số …”",
            "other_path": "/bao-cao/",
        }
    if shown.startswith("step_intro_paper"):
        context |= {"name": "Báo cáo năm 2026", "title": "", "outcome": _ARRIVED}
    return _of_dossier("step", label, context, changed, intro=shown.removeprefix("step_"))


def _handover(key, changed):
    context = {
        **_DOSSIER,
        "status": "Đang xem xét",
        "who": "Sở KH&CN – Phòng Quản lý khoa học",
        "note": "Căn cứ: Nghị quyết số 1656/NQ-UBTVQH15",
    }
    return _of_dossier("handover", "Bàn giao từ Huyện Ứng Hòa sang Xã Ứng Hòa", context, changed)


def _of_dossier(mail, label, context, changed, *, intro="intro"):
    named = SAMPLE["ho_so"] if context["name"] == _DOSSIER["name"] else context["name"]
    values = {**sample_values(), "buoc": label, "ho_so": named}
    subject, words = letter(mail, person=SAMPLE["ten_nguoi_nhan"], values=values, changed=changed, intro=intro)
    return {**context, "subject": subject, "words": words, "label": label, "unit": SAMPLE["don_vi"], "path": "/"}


def _weekly(key, changed):
    sections = (
        Section(
            "Hồ sơ giao cho ông/bà",
            (Line("ĐX-2027-0042: Ứng dụng chế phẩm vi sinh xử lý rơm rạ – chờ 6 ngày làm việc", "/"),),
            "1 hồ sơ của ông/bà",
        ),
        Section(
            "Chờ Sở xử lý",
            (Line("Đề xuất – Đã tiếp nhận: 14 hồ sơ, lâu nhất 9 ngày làm việc", "/"),),
            "14 hồ sơ chờ Sở",
        ),
        Section(
            "Bổ sung quá hạn", (Line("2 hồ sơ đơn vị chưa gửi lại dù đã quá ngày hẹn."),), "2 hồ sơ bổ sung quá hạn"
        ),
    )
    monday = dt.date(2026, 12, 14)
    return write_weekly(person=SAMPLE["ten_nguoi_nhan"], sections=sections, monday=monday, changed=changed)
