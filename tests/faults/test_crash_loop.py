"""One mail kills every sender that writes it: the others leave, the guilty one is found and shown."""

from notices.claims import ALONE_AFTER, GIVEN_UP_AFTER
from notices.models import Mail
from notices.settling import settle_by_hand
from tests.factories import make_specialist, moment
from tests.faults.test_planners import DUE

MAILS, GUILTY = 120, "fault-event:7"


def test_a_mail_that_kills_its_sender(world):
    world.set_clock(moment(DUE))
    world.queue(MAILS)
    Mail.objects.update(not_before=moment(DUE, hour=8))
    innocent = []  # how many of the others had left after each death
    while (sender := crash(world)).returncode:
        assert sender.returncode == -9, world.log()
        world.kills += 1
        innocent.append(Mail.objects.filter(state="sent").count())
        world.leases_over(sender)
        assert world.kills <= GIVEN_UP_AFTER, world.log()
    mail = Mail.objects.get(dedupe_key=GUILTY)
    tally = world.report(
        "one mail kills every sender that writes it",
        mails=MAILS,
        failed=1,
        also=f"all others had left before death {ALONE_AFTER + 2}; given up, and shown, after {world.kills}",
    )
    assert (tally.arrived, world.kills) == (MAILS - 1, GIVEN_UP_AFTER)
    assert innocent[ALONE_AFTER - 1] < MAILS - 1 == innocent[ALONE_AFTER + 1]
    assert (mail.state, mail.message_id, mail.crashes) == ("failed", "", GIVEN_UP_AFTER)
    assert mail.last_error.startswith(f"Tiến trình gửi dừng đột ngột {GIVEN_UP_AFTER} lần")

    settle_by_hand(mail_id=mail.pk, action="retry", user=make_specialist(), now=world.now())
    world.run("send_mail")
    mail.refresh_from_db()
    assert (mail.state, mail.crashes) == ("sent", 0)


def crash(world):
    sender = world.command("send_mail", FAULT_CRASH=GUILTY)
    sender.communicate(timeout=120)
    return sender
