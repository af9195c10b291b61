from dossiers.models.dossier import CodeCounter, Dossier
from dossiers.models.history import Comment, Event, Revision
from dossiers.models.papers import Attachment, Letter, LetterItem
from dossiers.models.round import Round

__all__ = [
    "Attachment",
    "CodeCounter",
    "Comment",
    "Dossier",
    "Event",
    "Letter",
    "LetterItem",
    "Revision",
    "Round",
]
