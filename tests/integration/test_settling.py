"""What a person may do with a mail in each state; doubt settled by hand or by the relay's log, always in the trail."""

import datetime as dt
import gzip

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from notices import claims
from notices.models import Mail, Reminder
from notices.planner import plan
from notices.sender import message_id, send
from notices.settling import LogResult, settle_by_hand, settle_from_log, settle_many
from notices.states import ARRIVED, BOUNCED, BY_HAND, BY_MACHINE, LABELS, RETRY, SEND_ANEW, MoveRefused, may
from records.models import AuditEntry
from tests.factories import TODAY, make_specialist, make_unit, make_user, moment
from tests.support.mail import LOSE_REPLY

pytestmark = pytest.mark.django_db

NOW = moment()
HOUR_LATER = moment(hour=10)
STATES = list(Mail.State)


def a_mail(number=1, **fields):
    values = {
        "dedupe_key": f"event:{number}",
        "kind": Mail.STATUS,
        "address": "cu@example.vn",
        "subject": f"Đã gửi: Đề xuất số {number}",
        "text": "Nội dung",
        "html": "<p>Nội dung</p>",
        "template": "step",
        "not_before": NOW,
        "created_at": NOW,
        "attempts": 3,
        "worker": "w",
        "message_id": message_id(f"event:{number}"),
    }
    fields.setdefault("person", make_user() if "person" not in fields else None)
    return Mail.objects.create(**(values | fields))


@pytest.fixture
def specialist():
    return make_specialist()


# --- the state table ------------------------------------------------------------------------------


@pytest.mark.parametrize("action", BY_HAND)
@pytest.mark.parametrize("before", STATES)
def test_every_action_from_every_state(before, action, specialist):
    mail = a_mail(state=before)
    if may(action, before):
        settle_by_hand(mail_id=mail.pk, action=action, user=specialist, now=NOW, note="đã hỏi")
        mail.refresh_from_db()
        assert mail.state == BY_HAND[action][1]
        assert AuditEntry.objects.filter(action=f"mail.{action}", actor=specialist).count() == 1
        return
    with pytest.raises(MoveRefused) as refusal:
        settle_by_hand(mail_id=mail.pk, action=action, user=specialist, now=NOW)
    assert LABELS[action] in str(refusal.value)
    assert before.label in str(refusal.value)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (before, 3)
    assert not AuditEntry.objects.filter(action__startswith="mail.").exists()


def test_retry_starts_from_final_failure_only():
    assert [state for state in STATES if may(RETRY, state)] == [Mail.State.FAILED]
    assert [state for state in STATES if may(SEND_ANEW, state)] == [Mail.State.UNKNOWN]


@pytest.mark.parametrize("before", STATES)
def test_the_machine_keeps_to_its_own_moves(before):
    """Claiming, stamping, putting back and sweeping move a mail along BY_MACHINE or leave it where it is."""
    steps = {
        "claim": lambda mail: claims.claim(worker="w", now=NOW, limit=5),
        "sent": lambda mail: claims.settle_sent(mail, now=NOW),
        "failed": lambda mail: claims.settle(mail, Mail.State.FAILED, now=NOW),
        "unknown": lambda mail: claims.settle(mail, Mail.State.UNKNOWN, now=NOW),
        "superseded": lambda mail: claims.settle(mail, Mail.State.SUPERSEDED, now=NOW),
        "sweep": lambda mail: claims.sweep(now=HOUR_LATER),
    }
    for number, (name, step) in enumerate(steps.items()):
        mail = a_mail(number, state=before, lease_until=NOW)
        step(mail)
        mail.refresh_from_db()
        after = Mail.State(mail.state)
        assert after == before or (before, after) in BY_MACHINE, name
        Mail.objects.all().delete()


def test_sent_and_superseded_are_ends_for_people():
    ends = {after for before, after in [*BY_MACHINE, *BY_HAND.values()] if before == Mail.State.SENT}
    assert ends == set()


# --- by hand --------------------------------------------------------------------------------------


def test_a_retry_goes_to_todays_address_with_the_same_message_id(smtp_sink, specialist):
    mail = a_mail(state="failed", person=make_user(email="moi@example.vn"))
    settle_by_hand(mail_id=mail.pk, action=RETRY, user=specialist, now=NOW)
    assert send(now=NOW).sent == 1
    (received,) = smtp_sink.wait_for(1)
    assert received.recipients == ("moi@example.vn",)
    assert received.message["message-id"] == message_id(mail.dedupe_key)


def test_a_retry_without_an_address_is_refused_with_what_to_do(specialist):
    mail = a_mail(state="failed", person=make_user(email=""), address="")
    with pytest.raises(MoveRefused, match="Ghi địa chỉ tại trang Người dùng"):
        settle_by_hand(mail_id=mail.pk, action=RETRY, user=specialist, now=NOW)


def test_two_people_settle_the_same_mail_and_the_second_is_told(specialist):
    mail = a_mail(state="unknown")
    settle_by_hand(mail_id=mail.pk, action=ARRIVED, user=specialist, now=NOW, note="đã gọi")
    with pytest.raises(MoveRefused, match="Thư đã gửi, không gửi lần hai"):
        settle_by_hand(mail_id=mail.pk, action=SEND_ANEW, user=specialist, now=NOW, note="chưa thấy")
    entry = AuditEntry.objects.get(action="mail.arrived")
    assert entry.detail["note"] == "đã gọi"


def test_several_at_once_each_by_itself(specialist):
    mails = [a_mail(1, state="failed"), a_mail(2, state="sent"), a_mail(3, state="failed")]
    done = settle_many(mail_ids=[mail.pk for mail in mails], action=RETRY, user=specialist, now=NOW)
    assert done.done == 2
    assert [pk for pk, _ in done.refused] == [mails[1].pk]


@pytest.fixture
def doubtful_digest(fake, smtp_sink):
    unit = make_unit()
    drafter = make_user(Role.UNIT_DRAFTER, unit=unit)
    fake.owe(unit=unit, due=TODAY)
    plan(now=NOW)
    smtp_sink.script("DATA", LOSE_REPLY)
    assert send(now=NOW).unknown == 1
    return Mail.objects.get(person=drafter)


def test_a_digest_that_arrived_after_all_has_reminded(doubtful_digest, specialist, smtp_sink):
    settle_by_hand(mail_id=doubtful_digest.pk, action=ARRIVED, user=specialist, now=NOW, note="đã hỏi")
    assert not Reminder.objects.filter(state="planned").exists()
    plan(now=HOUR_LATER)
    assert send(now=HOUR_LATER).sent == 0
    assert len(smtp_sink.messages) == 1


def test_a_reminder_linked_too_late_to_stand_in_the_mail_is_not_counted_as_sent(doubtful_digest, specialist):
    late = Reminder.objects.create(
        duty_key="fake:9",
        due=TODAY,
        offset=0,
        person=doubtful_digest.person,
        title="Việc thêm",
        mail=doubtful_digest,
        planned_at=NOW,
    )
    settle_by_hand(mail_id=doubtful_digest.pk, action=ARRIVED, user=specialist, now=NOW, note="đã hỏi")
    late.refresh_from_db()
    assert late.state == "planned"


def test_a_digest_sent_anew_says_the_same_under_the_same_message_id(doubtful_digest, specialist, smtp_sink):
    settle_by_hand(mail_id=doubtful_digest.pk, action=SEND_ANEW, user=specialist, now=NOW, note="chưa thấy")
    assert send(now=NOW).sent == 1
    first, second = smtp_sink.wait_for(2)
    assert first.message["message-id"] == second.message["message-id"]
    assert not Reminder.objects.filter(state="planned").exists()


# --- by the relay's log ---------------------------------------------------------------------------


def log_of(mail, words, queue="4A1B2C3D4E"):
    head = "Nov 23 07:00:02 relay postfix/"
    return [
        f"{head}cleanup[2211]: {queue}: message-id={mail.message_id}",
        f"{head}smtp[2213]: {queue}: to=<{mail.address}>, relay=mx[203.0.113.9]:25, {words}",
    ]


def four_and_their_log():
    mails = [a_mail(number, state="unknown") for number in (1, 2, 3, 4)]
    sent = a_mail(5, state="sent")
    lines = [
        *log_of(mails[0], "dsn=2.0.0, status=sent (250 2.0.0 OK)", "AAAAA1"),
        *log_of(mails[1], "dsn=5.1.1, status=bounced (550 5.1.1 no such user)", "AAAAA2"),
        *log_of(mails[2], "dsn=4.7.1, status=deferred (451 greylisted)", "AAAAA3"),
        *log_of(sent, "dsn=5.1.1, status=bounced (550 5.1.1 no)", "AAAAA5"),
    ]
    return mails, sent, lines


def test_the_log_settles_what_it_knows_and_leaves_the_rest():
    mails, sent, lines = four_and_their_log()
    assert settle_from_log(lines, user=None, now=NOW) == LogResult(sent=1, failed=1, waiting=1, absent=1)
    for mail in [*mails, sent]:
        mail.refresh_from_db()
    assert [mail.state for mail in mails] == ["sent", "failed", "unknown", "unknown"]
    assert mails[0].sent_at == moment(hour=7) + dt.timedelta(seconds=2)  # as the log says
    assert sent.state == "sent"
    assert "550 5.1.1 no such user" in mails[1].last_error
    assert "451 greylisted" in mails[2].last_error
    assert AuditEntry.objects.filter(action=f"mail.{BOUNCED}").get().detail["note"].startswith("Theo nhật ký")
    assert settle_from_log(lines, user=None, now=NOW) == LogResult(waiting=1, absent=1)


@pytest.mark.parametrize("name", ["mail.log", "mail.log.1.gz"])
def test_the_command_reads_plain_and_packed_logs(tmp_path, capsys, name):
    _, _, lines = four_and_their_log()
    data = "\n".join(lines).encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    call_command("resolve_unknown", log=str(tmp_path / name))
    assert "đã đến: 1 · máy chủ trả lại: 1 · máy chủ còn đang thử: 1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Không đọc được tệp nhật ký"):
        call_command("resolve_unknown", log=str(tmp_path / "khong-co.log"))


@pytest.mark.parametrize("spoil", [lambda whole: whole[:-12], lambda whole: whole[:30] + b"xxxx" + whole[34:]])
def test_a_cut_or_broken_log_is_refused_in_a_sentence(tmp_path, spoil):
    mail = a_mail(state="unknown", message_id="<1@khcn>")
    line = "Nov 23 07:00:03 relay postfix/smtp[2]: AAAAA1: to=<lan@example.vn>, status=sent (250 OK)\n"
    log = tmp_path / "mail.log.gz"
    log.write_bytes(spoil(gzip.compress((line * 500).encode())))
    with pytest.raises(CommandError, match="bị cắt dở hoặc hỏng"):
        call_command("resolve_unknown", log=str(log))
    mail.refresh_from_db()
    assert mail.state == "unknown"


def test_a_log_that_names_none_of_the_mails_says_so(tmp_path, capsys):
    a_mail(state="unknown", message_id="<1@khcn>")
    (tmp_path / "mail.log").write_text("hôm nay trời đẹp\n")
    call_command("resolve_unknown", log=str(tmp_path / "mail.log"))
    assert "Không tìm thấy Message-ID nào" in capsys.readouterr().out


def test_the_moment_of_the_end_is_kept_and_goes_with_a_new_try():
    mail = a_mail(state="unknown", message_id="<1@khcn>")
    settle_by_hand(mail_id=mail.pk, action=BOUNCED, user=make_specialist(), now=HOUR_LATER)
    assert Mail.objects.get().ended_at == HOUR_LATER
    settle_by_hand(mail_id=mail.pk, action=RETRY, user=make_specialist(), now=HOUR_LATER)
    assert Mail.objects.get().ended_at is None
