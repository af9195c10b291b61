"""Queries behind the ledger's pages: the outbox with its counts, one mail, everything one person got."""

from typing import NamedTuple

from django import forms
from django.core.paginator import Paginator

from notices.explain_ledger import state_words
from notices.leaving import leaves_at
from notices.ledger_search import mails_found
from notices.mail_errors import in_words
from notices.mail_part import frame_height
from notices.models import InboxItem, Mail, Reminder
from notices.sender import message_id
from notices.settling import mail_path
from notices.states import BOUNCED, BY_HAND, LABELS, RETRY, RODE, RODE_LABEL, RODE_Q, has_ridden, may
from notices.watching import mails_by_state
from records.formfields import LineFormField, TextFormField
from records.models import AuditEntry

PER_PAGE = 50
TONES = {
    Mail.State.QUEUED: ("info", "hourglass-split"),
    Mail.State.SENDING: ("info", "send"),
    Mail.State.SENT: ("ok", "check2"),
    Mail.State.FAILED: ("late", "exclamation-circle"),
    Mail.State.UNKNOWN: ("warn", "question-circle"),
    Mail.State.SUPERSEDED: ("idle", "dash-lg"),
}
MOST = 2000  # of what one person got, where everything is asked for
HAND_LABELS = {action: LABELS[action] for action in BY_HAND if action != BOUNCED}


class MailFilter(forms.Form):
    """GET parameters of the outbox; an unknown value counts as not given."""

    q = LineFormField(label="Người nhận, đơn vị, tiêu đề (không cần dấu) hoặc Message-ID", required=False)
    state = forms.ChoiceField(
        required=False, choices=[*Mail.State.choices, (RODE, RODE_LABEL)], widget=forms.HiddenInput
    )

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.chosen = {name: value for name, value in self.cleaned_data.items() if value}


class SettleForm(forms.Form):
    """Why a person settles a mail; kept in the audit trail."""

    note = LineFormField(
        label="Căn cứ", max_length=300, help_text="Ví dụ: đã hỏi người nhận qua điện thoại, xem nhật ký máy chủ thư."
    )

    def __init__(self, *args, action, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].required = action != RETRY


class LogForm(forms.Form):
    """The relay's log, as a file or pasted."""

    log = forms.FileField(label="Tệp nhật ký", required=False, help_text="Tệp văn bản, ví dụ mail.log; tối đa 20 MB.")
    lines = TextFormField(label="Hoặc dán các dòng nhật ký", required=False, rows=8, max_length=2_000_000)

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("log") and not data.get("lines"):
            raise forms.ValidationError("Chưa có nhật ký. Chọn một tệp hoặc dán các dòng nhật ký vào ô bên dưới.")
        if data.get("log") and data["log"].size > 20 * 1024 * 1024:
            self.add_error("log", "Tệp lớn hơn 20 MB. Cắt lấy phần của những ngày cần xem rồi chọn lại.")
        return data

    def each_line(self):
        """The lines of both ways in."""
        yield from (self.cleaned_data.get("lines") or "").splitlines()
        for raw in self.cleaned_data.get("log") or ():
            yield raw.decode("utf-8", "replace")


def outbox_page(params) -> dict:
    """Context of the list: chips with counts, filter, one page of mails. Constant number of queries."""
    form = MailFilter(params)
    chosen, rows = form.chosen, Mail.objects.select_related("person").defer("text", "html", "context")
    if term := chosen.get("q"):
        rows = mails_found(rows, term)
    state = chosen.get("state")
    if state:
        rows = rows.filter(RODE_Q) if state == RODE else rows.filter(state=state).exclude(RODE_Q)
    page = Paginator(rows, PER_PAGE).get_page(params.get("page"))
    for mail in page.object_list:
        dress(mail)
    counts = by_state()
    chips = [{"label": "Tất cả", "count": sum(count for _, count, _ in counts), "query": "?", "current": not state}]
    chips += [
        {"label": label, "count": count, "query": f"?state={value}", "current": state == value}
        for label, count, value in counts
    ]
    acts = [(action, label) for action, label in HAND_LABELS.items() if not state or may(action, state)]
    return {"filter": form, "chosen": chosen, "chips": chips, "page_obj": page, "mails": page.object_list, "acts": acts}


def by_state() -> list:
    """(label, count, filter) of every state; what has gone inside another mail is none of “Không còn cần”."""
    rode = Mail.objects.order_by().filter(RODE_Q).count()
    found = [
        (label, count - (rode if value == Mail.State.SUPERSEDED else 0), value)
        for label, count, value in mails_by_state()
    ]
    return [*found, (RODE_LABEL, rode, RODE)]


def dress(mail):
    """Give a mail its chip, its address and its error in words for the templates; returns it."""
    mail.tone, mail.icon = TONES[Mail.State(mail.state)]
    mail.state_words = mail.get_state_display()
    if has_ridden(mail):
        (mail.tone, mail.icon), mail.state_words = TONES[Mail.State.SENT], RODE_LABEL
        mail.sent_at = mail.ended_at  # for the page: it left when the mail that carried it did
    mail.page = mail_path(mail)
    mail.error = in_words(mail.last_error)
    return mail


def _reminders(rows):
    """Rows of the ledger with what is true of them, “Chưa nhắc được: …”."""
    rows = list(rows)
    for row in rows:
        words = state_words(row)
        row.said = words[0].upper() + words[1:]
    return rows


def mail_page(mail, *, now) -> dict:
    """Context of one mail: facts, reminders it carried, what people did with it, what can be done now."""
    trail = AuditEntry.objects.filter(object_path=mail_path(mail), action__startswith="mail.")
    return {
        "mail": dress(mail),
        "leaves_at": leaves_at(mail, now=now) if mail.state == Mail.State.QUEUED else None,
        "message_id": mail.message_id or message_id(mail.dedupe_key),
        "reminders": _reminders(mail.reminders.select_related("unit", "mail").order_by("due", "pk")),
        "frame_height": frame_height(mail.text),
        "trail": [_told(entry) for entry in trail],
        "sent_again": any(entry.detail.get("to") == Mail.State.QUEUED for entry in trail),
        "acts": [(action, label) for action, label in HAND_LABELS.items() if may(action, mail.state)],
    }


def _told(entry):
    label = LABELS.get(entry.action.removeprefix("mail."), entry.action)
    return {
        "title": label,
        "who": entry.actor_name or "Dòng lệnh của quản trị",
        "when": entry.at,
        "note": " ".join(filter(None, (entry.detail.get("note", ""), _error_then(entry)))),
    }


def _error_then(entry):
    """What a mail sent again had failed with; the mail's own page begins anew."""
    error = in_words(entry.detail.get("error"))
    return f"Lỗi trước khi gửi lại: {error}" if error and entry.detail.get("to") == Mail.State.QUEUED else ""


def _with_reminders(mail):
    mail.carried = _reminders(mail.reminders.all())
    return mail


def person_page(person, params) -> dict:
    """Everything a person got: mails with the reminders they carried, and what stands in the inbox on the portal."""
    rows = person.mails.defer("text", "html", "context").prefetch_related("reminders")
    page = Paginator(rows, PER_PAGE).get_page(params.get("page"))
    items = InboxItem.objects.filter(person=person)
    waiting = Reminder.objects.filter(person=person, state=Reminder.State.PLANNED, mail=None)
    whole = "tat_ca" in params
    return {
        "person": person,
        "page_obj": page,
        "mails": [_with_reminders(dress(mail)) for mail in page.object_list],
        "items": Newest.of(items, whole),
        "waiting": Newest.of(waiting, whole),
    }


class Newest(NamedTuple):
    """The newest rows of a list, and how many there are."""

    rows: list
    number: int

    @property
    def cut(self):
        return self.number > len(self.rows)

    @classmethod
    def of(cls, rows, whole):
        return cls(list(rows[: MOST if whole else PER_PAGE]), rows.count())
