"""The registry of kinds of dossier: calls that go up without an import going up.

``proposals`` and ``reports`` register an instance of their ``DossierKind`` in ``AppConfig.ready``.
"""

from __future__ import annotations

from dataclasses import dataclass

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
        """The code given at first sending. Called last in the door's transaction."""
        raise NotImplementedError

    def after_step(self, *, dossier, step, event, data, now) -> None:
        """Side effects of the kind, in the same transaction (obligation, council result, decision)."""

    def after_handover(self, *, dossier, event, now) -> None:
        """Side effects of a hand-over, in the same transaction."""

    def on_time(self, dossier) -> str:
        """“Đúng hạn – sớm 3 ngày”, “Quá hạn 2 ngày”; empty where it does not apply."""
        return ""

    def path(self, dossier) -> str:
        """The unit's page of the dossier."""
        raise NotImplementedError

    def edit_path(self, dossier) -> str:
        """The page where the holder goes on filling in."""
        return self.path(dossier)

    def admin_path(self, dossier) -> str:
        """The Sở's reading page of the dossier."""
        raise NotImplementedError


_kinds: dict[str, DossierKind] = {}


def register(kind: DossierKind) -> None:
    _kinds[kind.code] = kind


def get(code: str) -> DossierKind:
    return _kinds[code]


def all_kinds() -> list[DossierKind]:
    return list(_kinds.values())
