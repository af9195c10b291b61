"""One link of an explanation, and how moments and rungs are named in it."""

from dataclasses import dataclass

from django.utils import timezone

YES, NO, INFO = "ok", "late", "info"


@dataclass(frozen=True)
class Reason:
    """``code`` names the rule (for tests, never shown), ``tone`` says whether it lets the mail pass."""

    code: str
    tone: str
    text: str

    @property
    def mark(self):
        """The tone in a word, for who does not see colours."""
        return {YES: "đạt", NO: "chặn"}.get(self.tone, "biết thêm")


def at(moment) -> str:
    """“09:00 23/11/2026”, local."""
    return f"{timezone.localtime(moment):%H:%M %d/%m/%Y}"
