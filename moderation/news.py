"""What an author reads of their texts: where each stands, and why."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from participation.receipts import News

from .models import Decision, Item

State = Item.State


def of(texts: Sequence[tuple[str, str, str, str]]) -> list[News]:
    """The news of texts given as (kind, id, words, what the engine says of it or ""); two queries, however many."""
    items = {(i.kind, i.object_id): i for i in _items([(kind, id_) for kind, id_, *_rest in texts])}
    last = _last_decisions([item.pk for item in items.values()])
    found = []
    for kind, id_, words, fallback in texts:
        item = items.get((kind, id_))
        if item is None:
            found.append(News(words, fallback, ""))
            continue
        decision = last.get(item.pk)
        address = reverse("moderation:text", args=[item.ref])
        found.append(News(words, fallback or state_of(item), reason_of(item, decision), address))
    return found


def _items(places: list[tuple[str, str]]) -> list[Item]:
    kinds = {kind for kind, _id in places}
    ids = [id_ for _kind, id_ in places]
    found = Item.objects.filter(kind__in=kinds, object_id__in=ids).select_related("forwarded_to", "sealed")
    return [item for item in found if (item.kind, item.object_id) in set(places)]


def _last_decisions(items: list[int]) -> dict[int, Decision]:
    """The newest decision on each item."""
    rows = Decision.objects.filter(item__in=items, took_effect=True).exclude(act=Decision.Act.ANSWER)
    return {row.item_id: row for row in rows.order_by("at", "pk")}


def state_of(item: Item) -> str:
    """Where it stands, in one sentence to its author."""
    if item.state == State.PUBLISHED:
        if not item.public:
            return _("It was read. It is shown to nobody.")
        return _("It is shown, with parts masked.") if hasattr(item, "sealed") else _("It is shown.")
    service = item.forwarded_to.name if item.forwarded_to else _("another service")
    return {
        State.PENDING: _("We are reading it before it is shown.") if item.public else _("We will read it."),
        State.REFUSED: _("It is not shown."),
        State.HIDDEN: _("It is no longer shown."),
        State.ASKED: _("It is not shown yet: we ask you to change something."),
        State.FORWARDED: _("It is not for us to answer: it was forwarded to %(service)s.") % {"service": service},
        State.MERGED: _("Somebody had said the same: both go on as one, with everybody’s votes."),
        State.GONE: _("It is withdrawn."),
    }[State(item.state)]


def reason_of(item: Item, decision: Decision | None) -> str:
    """Why: the article of the charter, and the words of who decided."""
    if decision is None or item.state in (State.PENDING, State.GONE):
        return ""
    said = ""
    if decision.article:
        said = _("Charter, article %(n)d: %(said)s.") % {"n": decision.article, "said": decision.article_said}
    return f"{said} {decision.reason}".strip()
