"""The whole story of one text, to its author: what was done, which day, why; never by whom."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Appeal, Decision, Item
from .signals.base import Message

Act: Any = Decision.Act


class Step(NamedTuple):
    """One line of the story; `why` is the article and the words of whoever decided, or the author's own (`mine`)."""

    day: date
    said: str
    why: str = ""
    mine: bool = False


SAID: Mapping[str, Message] = {
    Act.PUBLISH: gettext_lazy("We read it: it is shown."),
    Act.REDACT: gettext_lazy("We show it with parts masked."),
    Act.REFUSE: gettext_lazy("We decided not to show it."),
    Act.HIDE: gettext_lazy("We took it off: it is no longer shown."),
    Act.ASK: gettext_lazy("We asked you to change something."),
    Act.FORWARD: gettext_lazy("It is not for us to answer: we forwarded it to %(service)s."),
    Act.MERGE: gettext_lazy("Somebody had said the same: we made one of both, with everybody’s votes."),
    Act.UNDO: gettext_lazy("We took our last decision back."),
    Act.RESEND: gettext_lazy("You corrected it and sent it again."),
    Act.ANSWER: gettext_lazy("%(service)s answers:"),
    Act.UPHOLD: gettext_lazy("We read it again, as you asked: the decision stands."),
    Act.OVERTURN: gettext_lazy("We read it again, as you asked: you were right, the decision is reversed."),
    Act.KEEP: gettext_lazy("Somebody reported it. We read it again: it stays shown."),
}


def of(item: Item) -> list[Step]:
    """Everything that happened to `item`, oldest first; two queries."""
    told: list[tuple[datetime, int, Step]] = [
        (item.received_at, -1, Step(_day(item.received_at), _("We received it.")))
    ]
    rows = item.decisions.filter(took_effect=True).select_related("service")
    told += [(row.at, row.pk, Step(_day(row.at), _said(row), why(row))) for row in rows]
    told += [
        (appeal.at, 0, Step(_day(appeal.at), _("You contested the decision."), appeal.words, mine=True))
        for appeal in Appeal.objects.filter(item=item)
    ]
    return [step for _at, _pk, step in sorted(told, key=lambda one: one[:2])]


def _day(at: datetime) -> date:
    return timezone.localdate(at)


def _said(row: Decision) -> str:
    service = row.service.name if row.service else _("another service")
    if row.act == Act.PUBLISH and not row.item.public:
        return _("We read it. It is shown to nobody.")
    return str(SAID[row.act]) % {"service": service}


def why(row: Decision) -> str:
    """The ground of a decision as its author reads it: the article, then the words of who decided."""
    said = ""
    if row.article:
        said = _("Charter, article %(n)d: %(said)s.") % {"n": row.article, "said": row.article_said}
    return f"{said} {row.reason}".strip()
