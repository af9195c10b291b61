"""One mail over which the server always breaks off, or a server that does not know us: the others do not suffer."""

import datetime as dt

import pytest

from accounts.roles import Role
from notices import digest
from notices.line import Line
from notices.mail_errors import in_words
from notices.models import Mail, Reminder
from notices.planner import plan
from notices.runs import run_sender
from notices.sender import SendResult, send
from notices.watching import look
from tests.factories import TODAY, make_unit, make_user, moment
from tests.integration.test_sender import queued, state
from tests.support.mail import DROP

pytestmark = pytest.mark.django_db
NOW = moment()
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def breaks_over(smtp_sink, monkeypatch):
    """``breaks_over(address, how)``: the server answers 421, or hangs up, whenever this recipient is named."""
    take = smtp_sink.handle_RCPT

    def script(bad, how):
        async def rcpt(server, session, envelope, address, options):
            if address == bad:
                smtp_sink.script("RCPT", how)
            return await take(server, session, envelope, address, options)

        monkeypatch.setattr(smtp_sink, "handle_RCPT", rcpt)

    return script


@pytest.mark.parametrize("how", ["421 4.7.0 go away", DROP])
def test_the_others_leave_in_the_same_run_and_the_one_ends_by_its_ladder(smtp_sink, breaks_over, how):
    bad, *others = [queued(number) for number in (1, 2, 3)]
    breaks_over(bad.address, how)
    result = send(now=NOW)
    assert (result, result.away) == (SendResult(sent=2, later=1), "")
    assert [state(mail) for mail in others] == ["sent", "sent"]
    now = NOW
    while state(bad) == "queued":
        assert now - NOW < 48 * HOUR
        now = max(now, bad.not_before)
        late = queued(1000 + bad.refusals, not_before=now)
        send(now=now)
        assert state(late) == "sent"
    assert (bad.state, bad.refusals) == ("failed", 50)
    assert now - NOW > 12 * HOUR


def test_many_such_mails_hold_up_the_others_for_minutes_only(smtp_sink, breaks_over):
    """All the people of one place: its mail server breaks off whatever is said to it."""
    bad = [queued(number, address="xau@example.vn") for number in range(1, 13)]
    others = [queued(number) for number in range(13, 23)]
    breaks_over("xau@example.vn", DROP)
    now = NOW
    # Each run is over after two of the twelve; what it did not try is there again at the second minute after it.
    while any(state(mail) != "sent" for mail in others) or any(tried(mail) == 0 for mail in bad):
        assert now - NOW <= 12 * 2 * MINUTE
        send(now=now)
        now += MINUTE
    assert {state(mail) for mail in bad} == {"queued"}
    assert {mail.attempts for mail in others} == {1}
    for minutes in range(60):  # what comes now never stands behind them
        late = queued(100 + minutes, not_before=now)
        send(now=now)
        assert state(late) == "sent"
        now += MINUTE


def tried(mail):
    """How often the server has put this mail off."""
    mail.refresh_from_db()
    return mail.refusals


def test_each_mail_comes_back_at_a_moment_of_its_own(smtp_sink, monkeypatch):
    mails, drawn = [queued(number) for number in range(1, 11)], iter(range(10))
    monkeypatch.setattr("random.random", lambda: next(drawn) / 10)  # one draw a mail
    smtp_sink.down()
    assert send(now=NOW) == SendResult(later=10)
    assert [state(mail) for mail in mails] == ["queued"] * 10
    assert len({mail.not_before for mail in mails}) == 10
    assert {(mail.refusals, mail.attempts) for mail in mails} == {(0, 1)}


def test_a_server_that_hangs_up_after_its_answer_costs_the_next_mail_nothing(smtp_sink, monkeypatch):
    first, second = queued(1), queued(2)
    hand_over = Line.hand_over

    def hung_up(line, message, *, refusals):
        answer = hand_over(line, message, refusals=refusals)
        line.connection.connection.close()  # smtplib does so when its RSET finds nobody
        return answer

    monkeypatch.setattr(Line, "hand_over", hung_up)
    smtp_sink.script("RCPT", "450 4.2.0 greylisted")
    assert send(now=NOW) == SendResult(sent=1, later=1)
    assert (state(first), state(second), second.refusals) == ("queued", "sent", 0)


# --- the address mails are sent from --------------------------------------------------------------


def test_a_refused_sender_fails_no_mail_and_is_told_as_what_it_is(smtp_sink, settings):
    settings.DEFAULT_FROM_EMAIL = "sai@khcn.example"
    mails, now = [queued(number) for number in (1, 2, 3)], NOW
    for _ in range(40):  # ten hours of it
        smtp_sink.script("MAIL", *["550 5.7.60 not your address"] * 2)
        run_sender(now=now)
        smtp_sink.replies["MAIL"].clear()
        now += HOUR / 4
    assert [state(mail) for mail in mails] == ["queued"] * 3
    assert {mail.refusals for mail in mails} == {0}
    (problem,) = [one for one in look(now=now).problems if one.code == "mail-server"]
    assert "không nhận địa chỉ gửi sai@khcn.example: kiểm tra DEFAULT_FROM_EMAIL và EMAIL_URL" in problem.words
    assert in_words(mails[0].last_error) == mails[0].last_error
    assert send(now=now + HOUR).sent == 3


def test_a_mail_the_server_finds_too_big_is_the_mail_s_own_fault(smtp_sink):
    big, fine = queued(1), queued(2)
    smtp_sink.script("MAIL", "552 5.3.4 message size exceeds limit")
    assert send(now=NOW) == SendResult(sent=1, failed=1)
    assert [state(big), state(fine)] == ["failed", "sent"]


# --- a digest that cannot be written --------------------------------------------------------------


@pytest.fixture
def people(fake):
    unit = make_unit()
    people = [make_user(Role.UNIT_DRAFTER, unit=unit, full_name=name) for name in ("Lan", "Minh", "Oanh")]
    fake.owe(unit=unit, due=TODAY)
    plan(now=NOW)
    return people


@pytest.fixture
def unwritable(monkeypatch):
    """``unwritable(*names)``: the digests of these people cannot be written."""
    render = digest.render

    def script(*names):
        def failing(template, context):
            if context["name"] in names:
                raise ValueError("no such word")
            return render(template, context)

        monkeypatch.setattr(digest, "render", failing)

    return script


def test_one_unwritable_digest_fails_with_words_and_the_others_leave(smtp_sink, people, unwritable):
    unwritable("Lan")
    assert send(now=NOW) == SendResult(sent=2, failed=1)
    mail = Mail.objects.get(person=people[0])
    assert (mail.state, mail.last_error) == ("failed", "ValueError: no such word")
    assert Reminder.objects.get(person=people[0], state="planned").mail == mail


def test_when_none_can_be_written_for_the_same_reason_all_wait(smtp_sink, people, unwritable):
    unwritable("Lan", "Minh", "Oanh")
    assert send(now=NOW) == SendResult(later=3)
    assert set(Mail.objects.values_list("state", "last_error")) == {("queued", "ValueError: no such word")}
