"""A mail made of sample values, with one text as it is being edited: what the administrator sees before saving."""

from django.conf import settings

from notices.mail_texts import SAMPLE, load, say
from notices.outbox import render


def preview(key, text) -> tuple[str, str, str]:
    """Subject, plain text and HTML; nothing is stored and nothing is sent."""
    changed, values = load() | {key: text}, {**SAMPLE, "lien_he": settings.HOTLINE}
    if key == "step_subject":
        return _step(say(key, values, changed))
    number = "one" if key.endswith("_one") else "many"
    items = [_item(0), _item(1), _item(2)][: 1 if number == "one" else 3]
    if key == "digest_overdue":
        items[0] |= {"days": -2, "left": "Quá hạn 2 ngày làm việc"}
    names = {"hello": "hello", "intro": f"intro_{number}", "outro": "outro", "late": "overdue"}
    subject = say(f"digest_subject_{number}", values, changed)
    context = {
        "subject": subject,
        "words": {name: say(f"digest_{one}", values, changed) for name, one in names.items()},
        "places": SAMPLE["don_vi"],
        "items": items,
        "count": len(items),
        "overdue": items[0]["days"] < 0,
    }
    return subject, *render("digest", context)


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
        "action": "Làm tiếp",
        "url": f"{settings.SITE_URL}/",
    }


def _step(subject):
    context = {
        "name": SAMPLE["ho_so"],
        "title": "Ứng dụng chế phẩm vi sinh xử lý rơm rạ",
        "unit": SAMPLE["don_vi"],
        "label": SAMPLE["buoc"],
        "status": "Chờ đơn vị bổ sung",
        "turn": "Đơn vị",
        "who": "Sở Khoa học và Công nghệ",
        "note": "Bổ sung dự toán.",
        "due_on": "2026-12-22",
        "path": "/",
    }
    return subject, *render("step", context)
