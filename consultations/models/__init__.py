"""What agents publish, what becomes of it, and the dates they had better know of."""

from .calendar import LocalCalendar
from .clarity import Clarity
from .follow_up import Commitment, CommitmentUpdate, OfficialAnswer
from .follower import Follower
from .notice import LateNotice
from .pages import ConsultationIndexPage, ConsultationPage
from .theme import Attachment, Theme

__all__ = [
    "Attachment",
    "Clarity",
    "Commitment",
    "CommitmentUpdate",
    "ConsultationIndexPage",
    "ConsultationPage",
    "Follower",
    "LateNotice",
    "LocalCalendar",
    "OfficialAnswer",
    "Theme",
]
