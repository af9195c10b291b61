"""One mail a day, everything in one: the weekly letter goes with the digest, and every ending is thought through."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from notices import claims, weekly
from notices.claims import LEASE
from notices.forecast import forecast
from notices.models import Mail, Rung
from notices.planner import plan
from notices.runs import run_weekly
from notices.sender import send
from notices.settling import settle_by_hand
from notices.watching import oldest_unsent
from notices.weekly import Line, Section, plan_weekly
from tests.factories import TODAY, make_specialist, make_unit, moment
from tests.support.mail import LOSE_REPLY

pytestmark = pytest.mark.django_db
ONE = dt.timedelta(days=1)
SEVEN = moment(hour=7)
TEN = moment(hour=10)
TOMORROW = moment(TODAY + ONE, hour=7)
WAITS = Section("Chờ Sở xử lý", (Line("Đề xuất – Đã tiếp nhận: 14 hồ sơ", "/quan-tri/"),), "14 hồ sơ chờ Sở")
HEAD = "Việc chờ xử lý, tuần từ 23/11/2026: 14 hồ sơ chờ Sở"


@pytest.fixture(autouse=True)
def source(monkeypatch):
    """One section for everybody; what the portal's own apps would say stays away."""
    told = {"x": lambda people, *, roles, now: {person.pk: [WAITS] for person in people}}
    monkeypatch.setattr(weekly, "_providers", told)


@pytest.fixture
def person():
    return make_specialist(full_name="Nguyễn Minh Anh")


@pytest.fixture
def duty(fake, person):
    """A unit three days late: its matter is told to the Sở."""
    Rung.objects.create(kind="fake", offset=-3, tell_department=True)
    fake.owe(unit=make_unit("Xã Muộn"), due=TODAY - dt.timedelta(days=5), staff_path="/quan-tri/1/")
    return "fake:1"


@pytest.fixture
def both(duty):
    """This morning's digest and this week's letter, in the queue."""
    plan(now=SEVEN)
    plan_weekly(now=SEVEN)
    return digest(), letter()


def digest():
    return Mail.objects.get(kind="digest")


def letter():
    return Mail.objects.get(kind="weekly")


def parts(received):
    message = received.message
    return [message.get_body([kind]).get_content() for kind in ("plain", "html")]


def test_both_leave_as_one_mail(both, smtp_sink, client, person):
    assert send(now=SEVEN).sent == 1
    (received,) = smtp_sink.wait_for(1)
    assert received.message["subject"].strip().startswith("Để ông/bà biết – Xã Muộn: Báo cáo số 1, hạn 18/11/2026")
    for part in parts(received):
        assert part.index("Xã Muộn") < part.index(HEAD) < part.index("Đề xuất – Đã tiếp nhận: 14 hồ sơ")
        assert "/quan-tri/" in part
    gone = letter()
    words = f"Đã đi cùng thư “{digest().subject}” ngày 23/11/2026."
    assert (gone.state, gone.last_error, gone.ended_at is not None) == ("superseded", words, True)
    client.force_login(person)
    page = client.get(reverse("admin:notices_mail_change", args=[gone.pk])).text
    assert words in page
    assert "Lỗi gần nhất" not in page
    for later in (TEN, TOMORROW):
        assert send(now=later).sent == 0


def test_without_a_digest_the_letter_leaves_alone(fake, person, smtp_sink):
    plan_weekly(now=SEVEN)
    assert send(now=SEVEN).sent == 1
    assert smtp_sink.wait_for(1)[0].message["subject"].strip() == HEAD


def test_who_had_the_digest_gets_the_letter_the_next_working_morning(duty, person, smtp_sink):
    plan(now=SEVEN)
    assert send(now=SEVEN).sent == 1
    plan_weekly(now=TEN)
    assert send(now=TEN).sent == 0
    assert oldest_unsent(now=TEN) is None
    assert oldest_unsent(now=TOMORROW) == TOMORROW  # no alarm over a wait that was meant
    assert send(now=TOMORROW).sent == 1
    assert letter().state == "sent"


def test_who_had_the_letter_gets_a_later_digest_tomorrow(fake, person, smtp_sink):
    plan_weekly(now=SEVEN)
    assert send(now=SEVEN).sent == 1
    fake.owe(unit=make_unit("Xã Muộn"), due=TODAY - dt.timedelta(days=5))
    assert plan(now=TEN).mails == 0
    assert [one.day for one in forecast(now=TEN).letters if one.person == person] == [TODAY + ONE]
    assert plan(now=TOMORROW).mails == 1
    assert send(now=TOMORROW).sent == 1


def test_who_opted_out_meanwhile_gets_the_digest_only(both, person, smtp_sink):
    User.objects.filter(pk=person.pk).update(weekly_mail=False)
    assert send(now=SEVEN).sent == 1
    assert HEAD not in parts(smtp_sink.wait_for(1)[0])[0]
    assert letter().state == "queued"
    assert send(now=TOMORROW).superseded == 1
    assert (letter().state, letter().last_error) == ("superseded", "")


def test_a_digest_with_nothing_left_to_say_frees_the_letter(both, fake, duty, smtp_sink):
    fake.close(duty)
    done = send(now=SEVEN)
    assert (done.sent, done.superseded) == (1, 1)
    assert smtp_sink.wait_for(1)[0].message["subject"].strip() == HEAD


def test_a_refused_digest_frees_the_letter_and_its_retry_says_it_only_once(both, person, smtp_sink):
    smtp_sink.script("RCPT", "550 5.1.1 no such user")
    done = send(now=SEVEN)
    assert (done.sent, done.failed) == (1, 1)
    assert letter().state == "sent"
    settle_by_hand(mail_id=digest().pk, action="retry", user=person, now=TEN)
    assert send(now=TEN).sent == 0  # the letter was today's mail
    assert send(now=TOMORROW).sent == 1
    first, second = smtp_sink.wait_for(2)
    assert first.message["subject"].strip() == HEAD
    assert HEAD not in parts(second)[0]


def test_a_digest_put_off_keeps_the_letter_with_it(both, smtp_sink):
    smtp_sink.script("RCPT", "450 4.2.0 later")
    assert send(now=SEVEN).later == 1
    assert letter().state == "queued"
    assert send(now=TEN).sent == 1
    assert letter().state == "superseded"
    assert len(smtp_sink.messages) == 1


def in_doubt(smtp_sink):
    smtp_sink.script("DATA", LOSE_REPLY)
    assert send(now=SEVEN).unknown == 1
    for later in (TEN, TOMORROW):
        assert send(now=later).sent == 0  # perhaps the reader has it
    assert letter().state == "queued"


def test_doubt_holds_the_letter_until_the_digest_is_said_to_have_arrived(both, person, smtp_sink):
    in_doubt(smtp_sink)
    settle_by_hand(mail_id=digest().pk, action="arrived", user=person, now=TOMORROW, note="đã gọi")
    assert letter().state == "superseded"
    assert letter().last_error.endswith("ngày 23/11/2026.")
    assert send(now=TOMORROW).sent == 0


def test_doubt_that_ends_as_a_bounce_frees_the_letter(both, person, smtp_sink):
    in_doubt(smtp_sink)
    settle_by_hand(mail_id=digest().pk, action="bounced", user=person, now=TOMORROW, note="550")
    assert send(now=TOMORROW).sent == 1
    assert letter().state == "sent"


def test_a_doubtful_digest_sent_anew_takes_the_letter_along_again(both, person, smtp_sink):
    in_doubt(smtp_sink)
    settle_by_hand(mail_id=digest().pk, action="send_anew", user=person, now=TOMORROW, note="chưa thấy")
    assert send(now=TOMORROW).sent == 1
    assert letter().state == "superseded"
    assert HEAD in parts(smtp_sink.messages[-1])[0]


def test_next_week_s_letter_does_not_wait_for_old_doubt(both, smtp_sink):
    in_doubt(smtp_sink)
    monday = moment(TODAY + 7 * ONE, hour=7)
    plan_weekly(now=monday)
    done = send(now=monday)
    assert done.sent == 1
    assert "tuần từ 30/11/2026" in smtp_sink.messages[-1].message["subject"]


def stopped_before_the_stamp(monkeypatch):
    """The server has taken the digest; its sender dies before it can say so."""

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(claims, "settle_sent", die)
        send(now=SEVEN)


def test_a_sender_killed_between_250_and_commit_doubles_nothing(both, person, smtp_sink, monkeypatch):
    stopped_before_the_stamp(monkeypatch)
    assert send(now=SEVEN + LEASE / 2).sent == 0
    assert send(now=SEVEN + LEASE * 2).unknown == 1
    assert send(now=TOMORROW).sent == 0
    assert len(smtp_sink.messages) == 1
    settle_by_hand(mail_id=digest().pk, action="arrived", user=person, now=TOMORROW, note="nhật ký")
    assert letter().state == "superseded"


def test_a_claim_lost_before_the_server_was_spoken_to_leaves_both_in_the_queue(both, smtp_sink):
    (held,) = claims.claim(worker="mot", now=SEVEN, limit=5)
    assert held.kind == "digest"
    assert claims.claim(worker="hai", now=SEVEN, limit=5) == []
    assert send(now=SEVEN + LEASE * 2).sent == 1
    assert not claims.settle_sent(held, now=TEN, weekly_id=letter().pk, subject="Thư khác")
    assert letter().last_error.startswith("Đã đi cùng thư “Để ông/bà biết")
    assert len(smtp_sink.messages) == 1


def test_a_letter_that_ends_its_senders_rides_with_nobody(both, smtp_sink):
    Mail.objects.filter(kind="weekly").update(crashes=3)
    assert send(now=SEVEN).sent == 1
    assert HEAD not in parts(smtp_sink.wait_for(1)[0])[0]
    assert letter().state == "queued"


@pytest.mark.parametrize("role", [Role.DEPT_HEAD, Role.DEPT_SPECIALIST])
def test_the_run_of_the_letters_writes_the_digests_first(fake, role, smtp_sink):
    make_specialist(role)
    Rung.objects.create(kind="fake", offset=-3, tell_department=True)
    fake.owe(unit=make_unit("Xã Muộn"), due=TODAY - dt.timedelta(days=5))
    assert run_weekly(now=SEVEN) == 1
    assert send(now=SEVEN).sent == 1
    assert HEAD in parts(smtp_sink.wait_for(1)[0])[0]
