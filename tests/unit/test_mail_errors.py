"""Raw words of server and network, with a sentence in front."""

import pytest

from notices.claims import LOST
from notices.mail_errors import in_words
from notices.outbox import NO_ADDRESS


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("ConnectionRefusedError: [Errno 111] Connection refused", "Không kết nối được máy chủ thư"),
        ("gaierror: [Errno -2] Name or service not known", "Không tìm thấy máy chủ thư"),
        ("TimeoutError: timed out", "không trả lời"),
        ("SMTPServerDisconnected: Connection unexpectedly closed", "ngắt kết nối"),
        ("SMTPAuthenticationError: (535, b'5.7.8 Error')", "không nhận tài khoản gửi"),
        ("550 User unknown", "không có hộp thư này"),
        ("550 5.1.1 no such user", "không có hộp thư này"),
        ("550 Requested action not taken", "không nhận thư cho địa chỉ này"),
        ("552 5.2.2 Mailbox full", "đã đầy"),
        ("450 4.2.0 Greylisted, see http://x", "hẹn gửi lại"),
        ("451 4.3.0 try later", "hẹn gửi lại"),
        ("421 4.7.0 too busy", "đang bận"),
        ("554 5.7.1 Message rejected as spam", "từ chối thư của Cổng"),
        ("571 whatever", "không nhận thư này"),
        ("UnicodeEncodeError: 'ascii' codec", "Thư không soạn được"),
    ],
)
def test_a_sentence_stands_before_the_raw_words(raw, sentence):
    said = in_words(raw)
    assert sentence in said
    assert said.endswith(f"Nguyên văn: {raw}")


@pytest.mark.parametrize("words", ["", NO_ADDRESS, LOST, "Nhật ký máy chủ thư: sent (250 OK)"])
def test_what_is_vietnamese_stays_as_it_is(words):
    assert in_words(words) == words
