"""The Sở's pages of dossiers: list, reading page with decisions, rounds, hand-over."""

from dossiers.admin import units  # noqa: F401  registers the unit's page with its hand-over
from dossiers.admin.base import DossierAdmin
from dossiers.admin.rounds import RoundAdmin, RoundForm

__all__ = ["DossierAdmin", "RoundAdmin", "RoundForm"]
