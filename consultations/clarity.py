"""“Is this answer clear?”: one word a person, counted for everybody to see once enough people said it."""

from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q

from participation.identity import keyed_hash
from participation.receipts import is_valid_token, issue_token

from .models import Clarity, OfficialAnswer

COOKIE = "avis"  # by which a browser that said something once says it again instead of twice


class Ratio(NamedTuple):
    clear: int
    said: int


def token_for(answer: OfficialAnswer) -> str:
    return issue_token(_form(answer))


def _form(answer: OfficialAnswer) -> str:
    return f"clarity {answer.ref}"


def say(answer: OfficialAnswer, token: str, browser: str, clear: bool) -> bool:
    """Note what a person thinks of `answer`, in place of what they thought before; False where `token` is not ours.

    `browser` is what an earlier form left in it, or empty: then this form speaks for itself.
    """
    if not is_valid_token(_form(answer), token):
        return False
    key = keyed_hash("clarity", answer.ref.encode(), (browser or own_name(token)).encode())
    Clarity.objects.update_or_create(answer=answer, key=key, defaults={"clear": clear})
    return True


def own_name(token: str) -> str:
    """What a browser keeps of the first form it sent."""
    return token.partition(".")[0]


def overall() -> Ratio | None:
    """Over all published answers, for the site's public statistics; None while few people said anything."""
    shown = Clarity.objects.filter(answer__live=True, answer__theme__page__live=True)
    said = shown.aggregate(said=Count("pk"), clear=Count("pk", filter=Q(clear=True)))
    return ratio_of(said["clear"], said["said"])


def ratio_of(clear: int, said: int) -> Ratio | None:
    """What may be shown: nothing of a few."""
    return Ratio(clear, said) if said >= max(1, settings.SUPPRESS_BELOW) else None
