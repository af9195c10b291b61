"""The fixtures keep what they promise: mails arrive, refusals are real, a browser sees the page's errors."""

import smtplib
import socket

import pytest
from django.core.mail import send_mail
from django.db import connection

from tests.support.broker import database_url
from tests.support.mail import DROP, LOSE_REPLY


def mail(subject="Nhắc hạn gửi báo cáo"):
    return send_mail(subject, "Nội dung", "khcn@example.vn", ["ung.hoa@example.vn"])


def test_the_sink_takes_a_mail_and_keeps_its_vietnamese(smtp_sink):
    mail()
    (received,) = smtp_sink.wait_for(1)
    assert received.message["subject"] == "Nhắc hạn gửi báo cáo"
    assert received.recipients == ("ung.hoa@example.vn",)


def test_the_sink_refuses_and_breaks_off_as_told(smtp_sink):
    smtp_sink.script("RCPT", "550 5.1.1 no such user")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail()
    smtp_sink.script("MAIL", DROP)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        mail()
    assert smtp_sink.messages == []
    smtp_sink.script("DATA", LOSE_REPLY)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        mail()
    assert len(smtp_sink.messages) == 1


def test_a_sink_that_is_down_refuses_and_comes_back_on_its_port(smtp_sink):
    smtp_sink.down()
    with pytest.raises(ConnectionRefusedError):
        mail()
    with socket.socket() as stranger, pytest.raises(OSError):
        stranger.bind(("127.0.0.1", smtp_sink.port))
    smtp_sink.up()
    mail()
    assert len(smtp_sink.wait_for(1)) == 1


def test_the_test_database_has_a_url_for_other_processes(db):
    url = database_url(connection.settings_dict)
    assert url.startswith(("sqlite:///", "postgres://"))
    assert connection.settings_dict["NAME"] in url


@pytest.mark.slow
def test_a_worker_answers_dies_and_comes_back(worker):
    worker.kill()
    assert not worker.answers()
    worker.start()  # fails where it does not answer


@pytest.mark.browser
def test_the_browser_runs_in_vietnamese_and_hears_the_console(page, complaints):
    complaints.allow("kiểm thử")
    page.goto("data:text/html,<p>x")
    assert page.evaluate("navigator.language") == "vi-VN"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone").startswith("Asia/")
    page.evaluate("console.error('kiểm thử')")
    assert complaints.unexpected() == []
    assert len(complaints.found) == 1
