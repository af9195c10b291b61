"""The particulars of a line of the audit trail as rows to read: labels, known codes and dates in Vietnamese."""

import datetime as dt
import json
import re

from django.contrib.admin.models import LogEntry

from records.audit_labels import DETAILS, VALUES
from records.dates import format_date, format_datetime

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}\S*")
NOT_SET = "để trống"


def detail_rows(detail) -> list:
    """(label, text) for every particular; one that was left empty is left out, an unknown key is shown as it is."""
    if not isinstance(detail, dict):
        return [("", str(detail))] if detail else []
    return [(_label(key), _words(key, value)) for key, value in detail.items() if value not in ("", [], {})]


def _label(key):
    return DETAILS.get(key, key)


def _words(key, value):
    """One value; values inside it stand on lines of their own."""
    if key == "changes":
        return _changes(value)
    if isinstance(value, dict):
        return "\n".join(f"{_label(name)}: {_words(name, inner)}" for name, inner in value.items()) or NOT_SET
    if isinstance(value, list):
        return "\n".join(_words(key, inner) for inner in value) or NOT_SET
    if (known := VALUES.get(key, {})) and value in known:
        return known[value]
    if isinstance(value, bool):
        return "có" if value else "không"
    if value is None or value == "":
        return NOT_SET
    return _date(value) if isinstance(value, str) else str(value)


def _date(text):
    """A stored date or moment as it is read here; all other text as it is."""
    try:
        if _DAY.fullmatch(text):
            return format_date(dt.date.fromisoformat(text))
        if _MOMENT.fullmatch(text):
            return format_datetime(dt.datetime.fromisoformat(text))
    except ValueError:
        pass
    return text


def _changes(message):
    """What the admin noted of a saved form, in the admin's own words."""
    if isinstance(message, str):
        return message
    try:
        return str(LogEntry(change_message=json.dumps(message)).get_change_message()) or NOT_SET
    except (KeyError, TypeError, AttributeError, IndexError):
        return str(message)  # written by another version
