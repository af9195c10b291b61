"""Whose mail does not arrive: the newest word of the mail server about a person's present address."""

import re
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef

from notices.models import Mail

CHUNK = 5000
FINAL = (Mail.State.FAILED, Mail.State.UNKNOWN)
_REASONS = (  # the first that fits the server's words
    (r"(?i)[45]\.2\.2|mailbox (is )?full|over ?quota|^552", "hộp thư đã đầy"),
    (r"(?i)5\.7\.|spam|blocked|policy", "máy chủ thư từ chối thư của Cổng"),
    (r"(?i)^55[013]|5\.1\.[0-36]|user unknown|no such user|does not exist|unknown user", "địa chỉ không tồn tại"),
)


@dataclass(frozen=True)
class Failure:
    """The newest mail of a person, where it did not arrive or nobody knows."""

    mail_id: int
    state: str
    error: str

    @property
    def sure(self):
        return self.state == Mail.State.FAILED

    @property
    def tone(self):
        return "late" if self.sure else "warn"

    @property
    def words(self):
        """“Thư không đến (địa chỉ không tồn tại)”, “Chưa rõ thư đã đến”."""
        if not self.sure:
            return "Chưa rõ thư đã đến"
        reason = next((said for pattern, said in _REASONS if re.search(pattern, self.error)), "")
        return f"Thư không đến ({reason})" if reason else "Thư không đến"


def failures_of(person_ids) -> dict:
    """``{person: Failure}`` of those whose newest mail to their present address failed or is in doubt; one query.

    A mail that arrived since, or another address, is good news; a person without address is no failure of a mail.
    """
    ids, found = sorted(person_ids), {}
    newer = Mail.objects.filter(person=OuterRef("person"), address=OuterRef("address"), state=Mail.State.SENT)
    arrived = Exists(newer.order_by().filter(created_at__gte=OuterRef("created_at")))
    rows = Mail.objects.filter(state__in=FINAL, address=F("person__email")).exclude(address="").exclude(arrived)
    for start in range(0, len(ids), CHUNK):
        some = rows.filter(person__in=ids[start : start + CHUNK]).order_by("created_at", "pk")
        for person, pk, state, error in some.values_list("person_id", "pk", "state", "last_error"):
            found[person] = Failure(pk, state, error)
    return found
