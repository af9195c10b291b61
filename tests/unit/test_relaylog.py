"""Reading a Postfix log: what it says of our mails, whatever else stands in it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from notices.relaylog import BOUNCED, DEFERRED, SENT, moment_of, read_log

OURS = "<0f3a9b@khcn.hanoi.local>"
OTHER = "<77cc01@khcn.hanoi.local>"

HEAD = """\
Nov 23 07:00:02 relay postfix/smtpd[2209]: connect from portal.hanoi.local[10.0.0.12]
Nov 23 07:00:02 relay postfix/smtpd[2209]: 4A1B2C3D4E: client=portal.hanoi.local[10.0.0.12]
Nov 23 07:00:02 relay postfix/cleanup[2211]: 4A1B2C3D4E: message-id=<0f3a9b@khcn.hanoi.local>
Nov 23 07:00:02 relay postfix/qmgr[981]: 4A1B2C3D4E: from=<khcn@hanoi.local>, size=8211, nrcpt=1 (queue active)
"""
TO = "to=<lan@example.vn>, relay=mx.example.vn[203.0.113.9]:25, delay=1.4, delays=0.1/0/0.6/0.7"


def outcome(log, wanted=(OURS,)):
    found = read_log(log.splitlines(), wanted)
    return found[OURS].status if OURS in found else None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"{TO}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9F8E7D6C5B)", SENT),
        (f"{TO}, dsn=5.1.1, status=bounced (host mx.example.vn said: 550 5.1.1 User unknown)", BOUNCED),
        (f"{TO}, dsn=4.4.1, status=deferred (connect to mx.example.vn: Connection timed out)", DEFERRED),
        ("from=<khcn@hanoi.local>, status=expired, returned to sender", BOUNCED),
        ("removed", DEFERRED),  # no result was logged
    ],
)
def test_the_last_word_of_the_queue(line, expected):
    agent = "qmgr[981]" if "expired" in line or line == "removed" else "smtp[2213]"
    assert outcome(HEAD + f"Nov 23 07:00:04 relay postfix/{agent}: 4A1B2C3D4E: {line}\n") == expected


def test_deferred_first_and_delivered_later():
    log = HEAD + (
        f"Nov 23 07:00:04 relay postfix/smtp[2213]: 4A1B2C3D4E: {TO}, dsn=4.7.1, status=deferred (451 greylisted)\n"
        f"Nov 23 07:12:40 relay postfix/smtp[2290]: 4A1B2C3D4E: {TO}, dsn=2.0.0, status=sent (250 OK)\n"
    )
    found = read_log(log.splitlines(), [OURS])[OURS]
    assert (found.status, found.words) == (SENT, "sent (250 OK)")


def test_iso_time_stamps_long_queue_ids_and_another_instance_name():
    log = (
        "2026-11-23T07:00:02.118+07:00 relay postfix-out/cleanup[55]: 4cT9Zk1mQPz3wRb: message-id=<0f3a9b@khcn.hanoi.local>\n"
        f"2026-11-23T07:00:03.402+07:00 relay postfix-out/smtp[57]: 4cT9Zk1mQPz3wRb: {TO}, status=sent (250 2.0.0 OK)\n"
    )
    assert outcome(log) == SENT


def test_a_filter_hands_the_mail_on_and_the_second_stay_decides():
    log = HEAD + (
        "Nov 23 07:00:03 relay postfix/cleanup[2211]: B0B1B2B3B4: message-id=<0f3a9b@khcn.hanoi.local>\n"
        "Nov 23 07:00:03 relay postfix/smtp[2213]: 4A1B2C3D4E: to=<lan@example.vn>, relay=127.0.0.1[127.0.0.1]:10024, "
        "status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as B0B1B2B3B4)\n"
        f"Nov 23 07:00:05 relay postfix/smtp[2214]: B0B1B2B3B4: {TO}, dsn=5.7.1, status=bounced (554 5.7.1 refused)\n"
    )
    assert outcome(log) == BOUNCED


def test_a_short_queue_id_used_again_belongs_to_the_other_mail():
    log = HEAD + (
        f"Nov 23 07:00:04 relay postfix/smtp[2213]: 4A1B2C3D4E: {TO}, status=sent (250 OK)\n"
        "Nov 23 07:00:04 relay postfix/qmgr[981]: 4A1B2C3D4E: removed\n"
        "Nov 23 09:30:00 relay postfix/cleanup[2400]: 4A1B2C3D4E: message-id=<somebody@else.vn>\n"
        f"Nov 23 09:30:02 relay postfix/smtp[2401]: 4A1B2C3D4E: {TO}, status=bounced (550 no)\n"
    )
    assert outcome(log) == SENT


def test_arrived_once_is_arrived_however_often_it_was_tried():
    log = HEAD + (
        f"Nov 23 07:00:04 relay postfix/smtp[2213]: 4A1B2C3D4E: {TO}, status=bounced (552 full)\n"
        "Nov 23 08:00:02 relay postfix/cleanup[2211]: C0C1C2C3C4: message-id=<0f3a9b@khcn.hanoi.local>\n"
        f"Nov 23 08:00:04 relay postfix/smtp[2213]: C0C1C2C3C4: {TO}, status=sent (250 OK)\n"
    )
    assert outcome(log) == SENT


def test_what_is_not_ours_and_what_is_no_log_is_left_alone():
    assert read_log(HEAD.splitlines(), [OTHER]) == {}
    noise = "message-id= status=\n\x00\xff không phải nhật ký\nresent-message-id=<0f3a9b@khcn.hanoi.local>\n"
    assert read_log(noise.splitlines(), [OURS]) == {}


VN = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = dt.datetime(2026, 1, 2, 9, 0, tzinfo=VN)


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2026-01-02T07:00:04.118+07:00", dt.datetime(2026, 1, 2, 7, 0, 4, 118000, tzinfo=VN)),
        ("2026-01-02T00:00:04Z", dt.datetime(2026, 1, 2, 7, 0, 4, tzinfo=VN)),
        ("2026-01-02T07:00:04", dt.datetime(2026, 1, 2, 7, 0, 4, tzinfo=VN)),
        ("Jan  2 07:00:04", dt.datetime(2026, 1, 2, 7, 0, 4, tzinfo=VN)),
        ("Dec 31 23:59:59", dt.datetime(2025, 12, 31, 23, 59, 59, tzinfo=VN)),  # the newest that fits
        ("2026-01-03T07:00:00+07:00", None),  # a clock ahead of ours
        ("Feb 29 07:00:00", None),
        ("", None),
    ],
)
def test_when_the_relay_delivered_it(stamp, at):
    assert moment_of(stamp, now=NOW) == at
