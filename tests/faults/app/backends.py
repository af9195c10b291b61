"""A mail backend that dies where no kill from outside could aim: right before or right after the server's answer."""

import os

from django.core.mail.backends.smtp import EmailBackend

_handed = 0


class DyingBackend(EmailBackend):
    """SMTP as ever; with FAULT_DIE="after:7" the process is gone once the server has taken the seventh mail."""

    def send_messages(self, email_messages):
        global _handed
        _handed += 1
        _die_at(f"before:{_handed}")
        done = super().send_messages(email_messages)
        _die_at(f"after:{_handed}")
        return done


def _die_at(point):
    if os.environ.get("FAULT_DIE") == point:
        os._exit(137)
