"""What people of the demo's debate say of decisions and of shown texts: appeals and reports, and their answers."""

from typing import Any

from django.contrib.auth import get_user_model

from moderation import voices
from moderation.models import Item

from .outcomes import article_of

SECOND = "moderateur"  # who decides what the first moderator may not


def contest(item: Item, told: dict[str, Any]) -> None:
    """The author of `item` contests its decision; the second moderator answers where `told` says what."""
    appeal = voices.appeal(item, told["words"])
    if "answer" in told:
        voices.decide_appeal(appeal, _second(), told["overturn"], told["answer"])


def report(item: Item, reporter: bytes, told: dict[str, Any]) -> None:
    """Somebody reports `item`; the second moderator keeps it shown where `told` says why."""
    voices.report(item, reporter, article_of(item, told["article"]), told["words"])
    if "kept" in told:
        item.refresh_from_db()
        voices.keep(item, _second(), told["kept"], item.version)


def _second() -> Any:
    return get_user_model().objects.get(username=SECOND)
