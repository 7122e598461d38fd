"""Shown texts that say nearly the same as another: what it could be merged into."""

from typing import NamedTuple

from . import registry
from .models import Item
from .registry import Text
from .signals.alike import likeness

AMONG, MOST, NEAR = 400, 3, 0.3


class Twin(NamedTuple):
    item: Item
    text: Text
    likeness: float


def twins_of(item: Item, text: str) -> list[Twin]:
    """The shown texts of the same kind and consultation most like `text`, the nearest first; two queries."""
    same = Item.objects.filter(scope=item.scope_id, kind=item.kind, state=Item.State.PUBLISHED).exclude(pk=item.pk)
    shown = list(same.order_by("-pk")[:AMONG])
    texts = registry.texts_of([(other.kind, other.object_id) for other in shown])
    found = []
    for other in shown:
        theirs = texts.get((other.kind, other.object_id))
        if theirs and (near := likeness(text, theirs.shown)) >= NEAR:
            found.append(Twin(other, theirs, near))
    return sorted(found, key=lambda twin: -twin.likeness)[:MOST]
