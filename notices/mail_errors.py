"""What a mail server or the network said, in a sentence people understand; the raw words stay behind it."""

import re

_BY_WORDS = (  # the first that fits; the server's own number says less than these
    (r"ConnectionRefusedError|Errno 111", "Không kết nối được máy chủ thư: máy chủ từ chối kết nối."),
    (r"gaierror|Name or service not known|Errno -[235]\b", "Không tìm thấy máy chủ thư theo tên đã đặt."),
    (r"TimeoutError|timed out|Errno 110", "Máy chủ thư không trả lời trong thời gian chờ."),
    (r"SSL|CERTIFICATE|STARTTLS", "Không lập được kết nối mã hóa với máy chủ thư."),
    (r"SMTPAuthenticationError|\b53[0458] |5\.7\.8", "Máy chủ thư không nhận tài khoản gửi của Cổng."),
    (r"SMTPServerDisconnected|ConnectionResetError|BrokenPipeError|Errno (32|104)", "Máy chủ thư ngắt kết nối."),
    (r"OSError|Errno 1(01|13)", "Không nối mạng được tới máy chủ thư."),
    (r"(?i)[45]\.2\.2|mailbox (is )?full|over ?quota", "Hộp thư của người nhận đã đầy."),
    (r"(?i)5\.1\.[0-36]|user unknown|no such user|mailbox unavailable|does not exist|unknown user",
     "Máy chủ thư không có hộp thư này: địa chỉ sai hoặc đã ngừng dùng."),
    (r"(?i)5\.7\.|spam|blocked|policy", "Máy chủ thư của người nhận từ chối thư của Cổng."),
)  # fmt: skip
_BY_CODE = {
    "421": "Máy chủ thư đang bận và ngắt kết nối.",
    "450": "Máy chủ thư hẹn gửi lại sau.",
    "550": "Máy chủ thư không nhận thư cho địa chỉ này.",
    "551": "Máy chủ thư không nhận thư cho địa chỉ này.",
    "552": "Hộp thư của người nhận đã đầy hoặc thư quá lớn.",
    "553": "Máy chủ thư không nhận địa chỉ này.",
}
_ANSWER = re.compile(r"^([45])(\d\d)\b")
_ERROR = re.compile(r"^[A-Za-z_.]*([Ee]rror|Exception|Refused|Disconnected)\b")


def in_words(raw) -> str:
    """“Máy chủ thư không có hộp thư này … Nguyên văn: 550 5.1.1 User unknown”; what is Vietnamese already stays."""
    raw = (raw or "").strip()
    answer = _ANSWER.match(raw)
    if not answer and not _ERROR.match(raw):
        return raw
    found = next((words for pattern, words in _BY_WORDS if re.search(pattern, raw)), "")
    if not found and answer:
        later = "Máy chủ thư hẹn gửi lại sau." if answer[1] == "4" else "Máy chủ thư không nhận thư này."
        found = _BY_CODE.get(answer[0], later)
    return f"{found or 'Thư không soạn được hoặc không chuyển được.'} Nguyên văn: {raw}"
