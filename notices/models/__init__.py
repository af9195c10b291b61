from notices.models.chasing import Hold, LetterDraft, Touch
from notices.models.feed import FeedEntry, FeedToken
from notices.models.inbox import InboxItem
from notices.models.ledger import OPENING, Mail, Reminder, Rung
from notices.models.texts import MailText
from notices.models.watch import Alarm, Heartbeat
from notices.models.weekly import WeeklyRun

__all__ = [
    "OPENING",
    "Alarm",
    "FeedEntry",
    "FeedToken",
    "Heartbeat",
    "Hold",
    "InboxItem",
    "LetterDraft",
    "Mail",
    "MailText",
    "Reminder",
    "Rung",
    "Touch",
    "WeeklyRun",
]
