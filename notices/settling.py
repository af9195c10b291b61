"""Mails that ended badly or in doubt, settled by a person or by the relay's log; every settlement is in the trail."""

from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from notices import claims, relaylog, riding
from notices.leaving import leaves_at
from notices.models import Mail, Reminder
from notices.outbox import wake_sender
from notices.states import ARRIVED, BOUNCED, BY_HAND, NOT_ARRIVED, RETRY, SEND_ANEW, MoveRefused, refusal
from records.audit import audit

NOTHING_FOUND = (
    "Không tìm thấy Message-ID nào của các thư chưa rõ trong nhật ký này. Lấy nhật ký Postfix (tệp văn bản, ví dụ "
    "mail.log) của những ngày thư đó được gửi rồi đọc lại."
)
NO_ADDRESS_NOW = "Người nhận chưa có địa chỉ thư điện tử. Ghi địa chỉ tại trang Người dùng rồi gửi lại."


@dataclass
class Settled:
    """What became of several mails: how many moved, and the others each with the sentence of its refusal."""

    done: int = 0
    refused: list = field(default_factory=list)


@dataclass(frozen=True)
class LogResult:
    """What a relay's log settled. ``waiting``: the relay still tries; ``absent``: the log does not know the mail."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    absent: int = 0

    @property
    def knew_none(self):
        """There were mails in doubt, and the log names none of them."""
        return bool(self.absent) and not (self.sent or self.failed or self.waiting)


def settle_by_hand(*, mail_id, action, user, now, note="", ip=None, arrived_at=None) -> Mail:
    """Take one of ``states.BY_HAND`` on one mail; returns it as it is now.

    Sent anew or retried, the mail keeps its Message-ID (it follows from the key) and goes to today's address; the
    sender is woken after commit. “Đã đến” also ends the reminders the mail carried. Writes the audit trail in the
    same transaction. ``arrived_at``: when the relay delivered it, where that is known. Raises ``MoveRefused`` with a sentence when the mail is in another state by now.
    """
    with transaction.atomic():
        mail = Mail.objects.select_for_update(of=("self",)).select_related("person").get(pk=mail_id)
        before, after = BY_HAND[action]
        if mail.state != before:
            raise MoveRefused(refusal(action, mail.state))
        error, changes = mail.last_error, _changes(mail, action, note, now, arrived_at)
        if not Mail.objects.order_by().filter(pk=mail.pk, state=before).update(state=after, **changes):
            raise MoveRefused(refusal(action, Mail.objects.values_list("state", flat=True).get(pk=mail.pk)))
        if action == ARRIVED:
            carried_by(mail).update(state=Reminder.State.SENT, settled_at=now)
            if weekly_id := mail.context.get("weekly_id"):
                riding.arrived(weekly_id, subject=mail.subject, sent_at=changes["sent_at"], now=now)
        if action in (RETRY, SEND_ANEW):
            wake_sender()
        audit(
            action=f"mail.{action}",
            actor=user,
            now=now,
            label=f"Thư: {mail.subject}",
            path=mail_path(mail),
            detail={"from": before.value, "to": after.value, "address": mail.address, "note": note, "error": error},
            ip=ip,
        )
    mail.refresh_from_db()
    return mail


def settle_many(*, mail_ids, action, user, now, note="", ip=None, arrived_at=None) -> Settled:
    """The same for several mails, each by itself: one that is refused does not stop the others."""
    outcome = Settled()
    for mail_id in mail_ids:
        try:
            settle_by_hand(mail_id=mail_id, action=action, user=user, now=now, note=note, ip=ip, arrived_at=arrived_at)
            outcome.done += 1
        except MoveRefused as error:
            outcome.refused.append((mail_id, str(error)))
    return outcome


def settle_from_log(lines, *, user, now, ip=None) -> LogResult:
    """Settle every unknown mail the relay's log knows: delivered → sent, bounced or expired → failed.

    One the relay still tries stays unknown with the relay's words. ``user`` None stands for the command line.
    """
    doubtful = Mail.objects.filter(state=Mail.State.UNKNOWN).exclude(message_id="")
    ids = dict(doubtful.order_by("pk").values_list("pk", "message_id"))
    known = relaylog.read_log(lines, ids.values())
    counts = dict.fromkeys(("sent", "failed", "waiting", "absent"), 0)
    for pk, message_id in ids.items():
        said = known.get(message_id)
        if said is None:
            counts["absent"] += 1
        elif said.status == relaylog.DEFERRED:
            counts["waiting"] += doubtful.filter(pk=pk).update(last_error=f"Nhật ký máy chủ thư: {said.words}")
        else:
            action, name = (ARRIVED, "sent") if said.status == relaylog.SENT else (BOUNCED, "failed")
            note = f"Theo nhật ký máy chủ thư: {said.words}"
            at = relaylog.moment_of(said.stamp, now=timezone.localtime(now))
            settled = settle_many(mail_ids=[pk], action=action, user=user, now=now, note=note, ip=ip, arrived_at=at)
            counts[name] += settled.done
    return LogResult(**counts)


def carried_by(mail):
    """The reminders not yet sent that stood in the text of ``mail`` (those linked too late to stand in it are free)."""
    rows = Reminder.objects.order_by().filter(mail=mail, state__in=claims.UNSENT)
    said = mail.context.get("reminder_ids")
    return rows if said is None else rows.filter(pk__in=said)


def mail_path(mail) -> str:
    """Address of the mail's page in the admin; also what the trail knows the mail by."""
    return reverse("admin:notices_mail_change", args=[mail.pk])


def _changes(mail, action, note, now, arrived_at):
    if action in (RETRY, SEND_ANEW):
        if not mail.person.email:
            raise MoveRefused(NO_ADDRESS_NOW)
        mail.not_before = now
        return {
            "address": mail.person.email,
            "not_before": leaves_at(mail, now=now),
            "last_error": "",
            "worker": "",
            "message_id": "",
            "lease_until": None,
            "ended_at": None,
            "attempts": 0,
            "refusals": 0,
            "crashes": 0,
        }
    if action == ARRIVED:
        # It left when the doubt began, not when somebody settled it: that day is the reader's day with a digest.
        return {"sent_at": arrived_at or mail.ended_at or now, "ended_at": now, "lease_until": None, "last_error": ""}
    said = f"Người của Sở ghi nhận thư không đến: {note}" if action == NOT_ARRIVED else note or "Máy chủ thư trả lại."
    return {"ended_at": now, "lease_until": None, "last_error": said}
