"""The figures of a map: its published places by category and district, and where they are dense.

Places are public, each of them: nothing is small enough to hide here.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count

from geography import drawing as shapes
from geography.models import Zone

from . import counts, tiles
from .models import Map, Place, PlaceCount

DENSEST = 5  # classes of density


class Line(NamedTuple):
    """A district (`code` "" for none) with its number of places, in all and for each category in the map's order."""

    code: str
    name: str
    total: int
    by_category: list[int]


class Table(NamedTuple):
    categories: list[dict[str, Any]]
    lines: list[Line]
    totals: list[int]
    total: int


def table(map: Map) -> Table:
    """Places by district and category. One query."""
    found: dict[tuple[str, str], int] = {(c.zone, c.category): c.n for c in counts.by_zone(map)}
    used = {category for _zone, category in found}
    categories = [c for c in map.asked["categories"] if c["id"] in used or not c.get("withdrawn")]
    zones = [(zone["id"], zone["label"]) for zone in map.ask["zones"]]
    listed = {code for code, _name in zones}
    others = sorted({zone for zone, _category in found} - listed)
    lines = [_line(found, categories, [code], name) for code, name in zones]
    if others:
        lines.append(_line(found, categories, others, ""))
    totals = [sum(line.by_category[i] for line in lines) for i in range(len(categories))]
    return Table(categories, lines, totals, sum(totals))


def _line(found: dict[tuple[str, str], int], categories: list[dict[str, Any]], codes: list[str], name: str) -> Line:
    numbers = [sum(found.get((code, c["id"]), 0) for code in codes) for c in categories]
    return Line(codes[0] if name else "", name, sum(numbers), numbers)


def choropleth(map: Map, figures: Table) -> shapes.Drawing:
    """The districts, each with the class of its number of places."""
    codes = [zone["id"] for zone in map.ask["zones"]]
    zones = sorted(Zone.objects.filter(code__in=codes).exclude(geometry=None), key=lambda z: codes.index(z.code))
    return shapes.choropleth(zones, {line.code: float(line.total) for line in figures.lines if line.code})


class Square(NamedTuple):
    """A cell of the density map, in units of its drawing."""

    x: float
    y: float
    side: float
    n: int
    step: int


class Density(NamedTuple):
    """Where places are dense: squares in a drawing `width` by `height`; `most` in one of them; `metres` a side."""

    width: float
    height: float
    squares: list[Square]
    most: int
    metres: int


def density(map: Map) -> Density | None:
    """At the level whose cells fit the map's box some thirty times across; None where it shows no box. One query."""
    if not map.ask["bbox"]:
        return None
    box = tiles.Box(*map.ask["bbox"])
    level, columns, rows = tiles.raster(box)
    counted: dict[int, int] = {}
    for cell, n in PlaceCount.objects.filter(map=map, level=level).exclude(n=0).values_list("cell", "n"):
        counted[cell] = counted.get(cell, 0) + n
    placed = {tiles.place(cell): n for cell, n in counted.items()}
    inside = {(x, y): n for (x, y), n in placed.items() if x in columns and y in rows}
    most = max(inside.values(), default=0)
    squares = [
        Square((x - columns[0]) * 10, (y - rows[0]) * 10, 10, n, max(1, -(-n * DENSEST // most)))
        for (x, y), n in sorted(inside.items())
    ]
    return Density(len(columns) * 10, len(rows) * 10, squares, most, tiles.metres(box, level))


def places_shown() -> int:
    """Over all maps; for the site's public statistics."""
    return Place.objects.filter(status=Place.Status.PUBLISHED).count()


def took_part(scopes: Sequence[int]) -> list[tuple[int, str, int]]:
    """(scope, channel, places given); all come by the web."""
    rows = Place.objects.filter(map__scope__in=scopes).order_by().values_list("map__scope_id")
    return [(scope, "web", n) for scope, n in rows.annotate(n=Count("pk"))]


def took_part_by_day(scopes: Sequence[int], since: date) -> list[tuple[int, date, str, int]]:
    """(scope, day, channel, places given on that day), from `since` on."""
    rows = Place.objects.filter(map__scope__in=scopes, shown_on__gte=since).order_by()
    found = rows.values_list("map__scope_id", "shown_on").annotate(n=Count("pk"))
    return [(scope, day, "web", n) for scope, day, n in found]
