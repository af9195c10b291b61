"""The registry of kinds of dossier: calls that go up without an import going up.

``proposals`` and ``reports`` register an instance of their ``DossierKind`` in ``AppConfig.ready``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from dossiers.process import Process


@dataclass(frozen=True)
class Problem:
    """One thing to mend before sending: where, what to do, and the page that mends it.

    ``blocking`` False is a hint that does not stop the sending.
    """

    place: str
    message: str
    path: str = ""
    blocking: bool = True


@dataclass(frozen=True)
class Extension:
    """A day of the dossier's own instead of the round's, what is counted as on time, and on what grounds."""

    due: dt.date
    counted_until: dt.date
    words: str


class DossierKind:
    """What a kind must answer. All methods read; ``after_step`` and ``after_handover`` write inside the door's
    transaction and must not touch status, version, turn or holder."""

    code: str
    label: str
    process: Process
    reading_template: str  # the content as read, given ``content`` (a snapshot) and ``dossier``
    paper_template: str  # the official form for printing, same context

    def snapshot(self, dossier) -> dict:
        """The whole content as JSON values; frozen at sending, and what every reading page shows."""
        raise NotImplementedError

    def problems(self, dossier) -> list[Problem]:
        """The whole check before signing."""
        return []

    def refusal(self, dossier, step, *, now) -> str:
        """A sentence when the step is impossible now for reasons of the round; empty when possible."""
        return ""

    def clean_step(self, dossier, step, data) -> dict:
        """Check the step's own fields together; raise ``ValidationError``. Returns cleaned data."""
        return data

    def new_code(self, dossier) -> str:
        """The code given at first sending. Called late in the door's transaction, only the mails come after it."""
        raise NotImplementedError

    def after_step(self, *, dossier, step, event, data, now) -> None:
        """Side effects of the kind, in the same transaction (obligation, council result, decision)."""

    def after_handover(self, *, dossier, event, now) -> None:
        """Side effects of a hand-over, in the same transaction."""

    def after_letter_corrected(self, *, dossier, letter) -> None:
        """What the kind has counted from the letter's day, in the same transaction."""

    def known_letter(self, dossier) -> tuple:
        """(number, day) of the letter as the unit has told them elsewhere, for its form; ("", None) otherwise."""
        return "", None

    def said_sent(self, dossiers) -> dict:
        """``{dossier pk: words}`` of those whose unit says it has sent another way: “số 45/BC-UBND, ngày 23/11/2026”;
        one query."""
        return {}

    def quiet(self) -> Q:
        """Which of its dossiers, no longer waited for, may still be signed: shown, never reminded of."""
        return Q(pk__in=())

    def more_lines(self, dossier, *, actor) -> list:
        """Rows of the timeline that are no steps; one query at most."""
        return []

    def told(self, event) -> list:
        """[[label, value]] that the mail about this event names beside the fields that are ``told``."""
        return []

    def on_time(self, dossier) -> str:
        """“Đúng hạn – sớm 3 ngày”, “Quá hạn 2 ngày”; empty where it does not apply."""
        return ""

    def extensions(self, dossiers) -> dict:
        """``{dossier pk: Extension}`` of those with a later day than their round; one query."""
        return {}

    def other_ways(self, dossiers) -> dict:
        """``{dossier pk: (label, path)}`` of those that may have left another way, which the unit can say; one query."""
        return {}

    def awaited(self) -> Q:
        """Which of its dossiers are still waited for: nobody is asked to sign or mend what was ended, or has come
        another way."""
        return Q()

    def path(self, dossier) -> str:
        """The unit's page of the dossier."""
        raise NotImplementedError

    def edit_path(self, dossier) -> str:
        """The page where the holder goes on filling in."""
        return self.path(dossier)

    def admin_path(self, dossier) -> str:
        """The Sở's reading page of the dossier."""
        raise NotImplementedError

    def round_admin_path(self, round_id) -> str:
        """The Sở's page of a round of this kind."""
        raise NotImplementedError

    def staff_path(self, dossier) -> str:
        """Where the Sở sees what is owed about the dossier: before the first sending it may not read it yet."""
        if dossier.first_submitted_at or dossier.on_paper_at:
            return self.admin_path(dossier)
        return self.round_admin_path(dossier.round_id)


_kinds: dict[str, DossierKind] = {}


def register(kind: DossierKind) -> None:
    _kinds[kind.code] = kind


def get(code: str) -> DossierKind:
    return _kinds[code]


def all_kinds() -> list[DossierKind]:
    return list(_kinds.values())
