from notices.models.ledger import OPENING, Mail, Reminder, Rung

__all__ = ["OPENING", "Mail", "Reminder", "Rung"]
