"""Keeps the addresses of private calendars out of the portal's own log: who reads one there could read the duties."""

import logging
import re

# “/tai-khoan/lich/moi/” is an ordinary page; what follows “/lich/” elsewhere is somebody's token.
_TOKEN = re.compile(r"""(?<!/tai-khoan)(/lich/)[^\s/?#"'<>]+""", re.IGNORECASE)
_PLAIN = logging.Formatter()


def masked(text):
    """``text`` with “…” in place of every token."""
    return _TOKEN.sub(r"\1…", text)


class MaskCalendarTokens(logging.Filter):
    """For handlers and loggers: masks the message and what is said of its exception. Never drops a record."""

    def filter(self, record):
        try:
            said = record.getMessage()
        except Exception:  # a message that does not fit its values is reported by the handler itself
            return True
        if (clean := masked(said)) != said:
            record.msg, record.args = clean, ()
        if record.exc_info:
            record.exc_text = masked(record.exc_text or _PLAIN.formatException(record.exc_info))
        return True
