"""Which way a mail may go from one state to another, and the sentence for a way it may not."""

from django.db.models import Q

from notices.models import Mail

S = Mail.State

# What the portal does by itself (claims, planner).
BY_MACHINE = {
    (S.QUEUED, S.SENDING),
    (S.SENDING, S.QUEUED),
    (S.SENDING, S.SENT),
    (S.SENDING, S.FAILED),
    (S.SENDING, S.UNKNOWN),
    (S.SENDING, S.SUPERSEDED),
    (S.QUEUED, S.SUPERSEDED),  # a weekly letter that has gone with a digest
    (S.UNKNOWN, S.SENT),  # the worker that lost its lease knows after all
    (S.SUPERSEDED, S.QUEUED),  # a digest that had nothing to say has something again
    (S.FAILED, S.QUEUED),  # a digest of today refused at an address, or without one: its reader has another by now
}

# What a person may do: {action: (from, to)}. A mail is tried again from final failure only; doubt is settled first.
RETRY, ARRIVED, SEND_ANEW, BOUNCED = "retry", "arrived", "send_anew", "bounced"
NOT_ARRIVED = "not_arrived"  # somebody asked: it did not come, and it need not go again
BY_HAND = {
    RETRY: (S.FAILED, S.QUEUED),
    ARRIVED: (S.UNKNOWN, S.SENT),
    SEND_ANEW: (S.UNKNOWN, S.QUEUED),
    NOT_ARRIVED: (S.UNKNOWN, S.FAILED),
    BOUNCED: (S.UNKNOWN, S.FAILED),
}
LABELS = {
    RETRY: "Gửi lại",
    ARRIVED: "Đã đến",
    SEND_ANEW: "Chưa đến, gửi lại",
    NOT_ARRIVED: "Không đến, không gửi lại",
    BOUNCED: "Máy chủ thư trả lại",
}
# What to do instead, by the state the mail is in.
_INSTEAD = {
    S.QUEUED: "Thư đang chờ gửi, Cổng tự gửi khi đến lượt; thư nhắc mỗi ngày một thư, trong giờ 07:00–18:00.",
    S.SENDING: "Thư đang được gửi, xem lại sau ít phút.",
    S.SENT: "Thư đã gửi, không gửi lần hai.",
    S.FAILED: "Thư không gửi được: sửa địa chỉ nếu cần rồi chọn “Gửi lại”.",
    S.UNKNOWN: "Xem nhật ký máy chủ thư rồi chọn “Đã đến”, “Chưa đến, gửi lại” hoặc “Không đến, không gửi lại”.",
    S.SUPERSEDED: "Thư không còn cần gửi.",
}


# A weekly letter that went inside a digest has arrived with it; ``riding.arrived`` writes these words.
RODE, RODE_LABEL = "rode", "Đã đi cùng thư khác"
RODE_Q = Q(kind=Mail.WEEKLY, state=S.SUPERSEDED, last_error__startswith="Đã đi cùng thư")


def has_ridden(mail) -> bool:
    """Has this mail reached its reader inside another?"""
    return mail.kind == Mail.WEEKLY and mail.state == S.SUPERSEDED and mail.last_error.startswith("Đã đi cùng thư")


class MoveRefused(Exception):
    """The mail is not in a state this action starts from; ``str()`` is the sentence for the screen."""


def may(action, state) -> bool:
    """May a person take ``action`` on a mail in ``state``?"""
    return BY_HAND[action][0] == state


def refusal(action, state) -> str:
    """Why ``action`` cannot be taken from ``state``, and what can be done."""
    return f"Chưa thực hiện được “{LABELS[action]}”: thư ở trạng thái “{S(state).label}”. {_INSTEAD[S(state)]}"


def still_refused(action, mail) -> bool:
    """Would a retry go to the very address that took no mail before?"""
    return action == RETRY and may(action, mail.state) and bool(mail.address) and mail.address == mail.person.email
