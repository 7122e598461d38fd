"""What moderation stores: items on the desk, decisions about them, charters, and who may decide where."""

from .area import GroupArea
from .burst import Burst, BurstDecision, Watch
from .charter import Article, Charter, Remit, Service
from .decision import Decision
from .item import Item, Sealed
from .notice import Notice, Reminder
from .voices import Appeal, Report

__all__ = [
    "Appeal",
    "Article",
    "Burst",
    "BurstDecision",
    "Charter",
    "Decision",
    "GroupArea",
    "Item",
    "Notice",
    "Reminder",
    "Remit",
    "Report",
    "Sealed",
    "Service",
    "Watch",
]
