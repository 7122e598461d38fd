"""What becomes of a text of the demo: who decides what on it, and why."""

from typing import NamedTuple

from django.contrib.auth import get_user_model

from moderation import decisions
from moderation.models import Article, Item, Remit, Service


class Outcome(NamedTuple):
    """A decision as the demo tells it: `article` by its number, `service` by its name, `into` by its words."""

    act: str = "publish"
    reason: str = ""
    article: int = 0
    redacted: str = ""
    service: str = ""
    into: str = ""


WAITING = Outcome("wait")


def refused(article: int, reason: str) -> Outcome:
    return Outcome("refuse", reason, article)


def decide(item: Item, outcome: Outcome, by: str, into: Item | None = None) -> None:
    """The moderator called `by` decides as told; what waits is left alone."""
    if outcome.act == "wait":
        return
    choice = decisions.Choice(
        outcome.act,
        article=article_of(item, outcome.article),
        reason=outcome.reason,
        redacted=outcome.redacted,
        service=Service.objects.filter(name=outcome.service).first(),
        into=into,
    )
    decisions.decide(item, choice, get_user_model().objects.filter(username=by).first(), item.version)


def article_of(item: Item, number: int) -> Article | None:
    """The article of the charter that holds where `item` was written."""
    charter = Remit.of(item.scope_id).the_charter()
    return dict(charter.numbered()).get(number) if charter else None
