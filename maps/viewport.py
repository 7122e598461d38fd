"""What the drawn map shows of one view: clusters where places are many, places where they are few; constant work."""

from typing import Any

from django.db.models import Q, Sum

from . import drawing, places, tiles
from .models import Map, PlaceCount

FEW = 120  # places up to which a view shows each of them


def features(map: Map, box: tiles.Box, zoom: int, category: str = "") -> list[dict[str, Any]]:
    """GeoJSON features of one view, of one category or of all. Two queries: cells, and places where they are few."""
    level, cells = tiles.view(box, zoom)
    counted = PlaceCount.objects.filter(map=map, level=level, cell__in=cells)
    if category:
        counted = counted.filter(category=category)
    filled = {cell: n for cell, n in counted.values_list("cell").annotate(sum=Sum("n")) if n}
    if sum(filled.values()) <= FEW:
        return _places(map, filled, level, category)
    return [drawing.cluster(tiles.centre(cell, level), n) for cell, n in sorted(filled.items())]


def _places(map: Map, filled: dict[int, int], level: int, category: str) -> list[dict[str, Any]]:
    if not filled:
        return []
    inside = Q()
    for first, last in tiles.spans(filled, level):
        inside |= Q(quad__gte=first, quad__lte=last)
    found = places.shown(map).filter(inside)
    if category:
        found = found.filter(category=category)
    return [drawing.feature(map, place) for place in found.order_by("quad", "pk")[: 2 * FEW]]
