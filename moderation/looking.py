"""Looking at texts for moderators: signals of each text, and of texts that are nearly the same."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from . import registry
from .models import Item, Remit
from .signals import Signal, bursts, doubles, signals_of

BATCH = 500
MOST_COMPARED = 20_000  # newest texts of one consultation that a new one is compared with
SINCE = timedelta(days=60)


def look_at_new() -> int:
    """Look at every text not looked at yet; how many. Safe twice, late, and at two places at once."""
    seen, scopes = 0, set[int]()
    while batch := list(Item.objects.filter(looked=False).exclude(state=Item.State.GONE).order_by("pk")[:BATCH]):
        seen += _look_at(batch)
        scopes |= {item.scope_id for item in batch}
    for scope_id in sorted(scopes):
        compare(scope_id)
    return seen


def _look_at(items: list[Item]) -> int:
    texts = registry.texts_of([(item.kind, item.object_id) for item in items])
    off = _switched_off({item.scope_id for item in items})
    for item in items:
        text = texts.get((item.kind, item.object_id))
        with override(settings.LANGUAGE_CODE):
            found = [_stored(s) for s in signals_of(text.shown, off=off[item.scope_id])] if text else []
        _note(item.pk, item.version, found, keep=("double", "burst"))
    return len(items)


def _switched_off(scopes: Iterable[int]) -> dict[int, list[str]]:
    chosen = dict(Remit.objects.filter(scope__in=scopes).values_list("scope_id", "signals_off"))
    return defaultdict(list, chosen)


def _stored(signal: Signal) -> dict[str, Any]:
    return {
        "kind": signal.kind,
        "weight": signal.weight,
        "spans": [list(span) for span in signal.spans],
        "why": str(signal.why),
    }


def _note(pk: int, version: int | None, found: list[dict[str, Any]], keep: tuple[str, ...]) -> None:
    """Put `found` in the place of the item's signals but those of the kinds to `keep`; not if it changed meanwhile."""
    with transaction.atomic():
        item = Item.objects.select_for_update().filter(pk=pk).first()
        if item is None or item.state == Item.State.GONE or (version is not None and item.version != version):
            return
        item.signals = found + [signal for signal in item.signals if signal["kind"] in keep]
        item.looked = item.looked or version is not None
        item.settle()
        item.save(update_fields=["signals", "looked", "flags", "risk", "waiting"])


def compare(scope_id: int) -> int:
    """Mark the texts of a consultation that are nearly the same, or came all at once; how many are marked."""
    off = _switched_off([scope_id])[scope_id]
    recent = Item.objects.filter(scope=scope_id, arrived_at__gte=timezone.now() - SINCE).exclude(state=Item.State.GONE)
    items = list(recent.order_by("-pk").only("kind", "object_id", "arrived_at", "flags")[:MOST_COMPARED])
    texts = registry.texts_of([(item.kind, item.object_id) for item in items])
    told = [
        (item.pk, item.arrived_at, texts[key].shown) for item in items if (key := (item.kind, item.object_id)) in texts
    ]
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    with override(settings.LANGUAGE_CODE):
        groups = [] if "double" in off else doubles([(pk, text) for pk, _at, text in told])
        groups += [] if "burst" in off else bursts(told)
        for group in groups:
            for pk in group.ids:
                found[pk].append(_stored(group.signal))
    marked = {item.pk for item in items if " double " in item.flags or " burst " in item.flags}
    others = tuple(sorted({"personal", "insult", "shouting", "link", "language"}))
    for pk in sorted(found.keys() | marked):
        _note(pk, None, found.get(pk, []), keep=others)
    return len(found)
