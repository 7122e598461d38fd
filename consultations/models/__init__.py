"""What agents publish, and what becomes of it."""

from .follow_up import Commitment, CommitmentUpdate, OfficialAnswer
from .notice import LateNotice
from .pages import ConsultationIndexPage, ConsultationPage
from .theme import Attachment, Theme

__all__ = [
    "Attachment",
    "Commitment",
    "CommitmentUpdate",
    "ConsultationIndexPage",
    "ConsultationPage",
    "LateNotice",
    "OfficialAnswer",
    "Theme",
]
