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
    """A cell of the density drawing, in its units."""

    x: float
    y: float
    n: int
    step: int


class Mark(NamedTuple):
    """A named place on the drawing, by its number in the list below it."""

    number: int
    label: str
    x: float
    y: float


class Density(NamedTuple):
    """Where places are dense: squares of `SIDE` units, each `metres` on the ground; `most` places in one of them."""

    width: int
    height: int
    squares: list[Square]
    marks: list[Mark]
    most: int
    metres: int


SIDE, ACROSS, LEAST = 10, 32, 12  # units of a square; squares side by side, at the most and at the least
DEEPER = 4  # levels below that of the whole territory, where places lie close together
MANY = 4000  # cells read to draw what lies close together; where there are more, places are spread widely


def density(map: Map) -> Density | None:
    """Drawn as closely as places lie, in at most `ACROSS` squares; None where there are none. At most two queries."""
    if not map.ask["bbox"]:
        return None
    level = tiles.fitting(tiles.Box(*map.ask["bbox"]), ACROSS)
    counted = _cells(map, min(level + DEEPER, tiles.FINEST))
    if len(counted) >= MANY:
        counted = _cells(map, level)
    else:
        level = min(level + DEEPER, tiles.FINEST)
    while counted and level > tiles.COARSEST and _across(counted) > ACROSS:
        level -= 1
        counted = _coarser(counted)
    return _drawn(map, level, counted) if counted else None


def _cells(map: Map, level: int) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    rows = PlaceCount.objects.filter(map=map, level=level).exclude(n=0).values_list("cell", "n")
    for cell, n in rows[:MANY]:
        place = tiles.place(cell)
        found[place] = found.get(place, 0) + n
    return found


def _across(counted: dict[tuple[int, int], int]) -> int:
    columns, rows = zip(*counted, strict=True)
    return max(max(columns) - min(columns), max(rows) - min(rows)) + 1


def _coarser(counted: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for (x, y), n in counted.items():
        found[x // 2, y // 2] = found.get((x // 2, y // 2), 0) + n
    return found


def _frame(cells: tuple[int, ...]) -> tuple[int, int]:
    """(first, how many) to draw: those there are, one empty on each side, and enough to tell where they lie."""
    first, last = min(cells) - 1, max(cells) + 1
    missing = max(0, LEAST - (last - first + 1))
    return first - missing // 2, last - first + 1 + missing


def _drawn(map: Map, level: int, counted: dict[tuple[int, int], int]) -> Density:
    columns, rows = zip(*counted, strict=True)
    left, wide = _frame(columns)
    top, high = _frame(rows)
    most = max(counted.values())
    squares = [
        Square((x - left) * SIDE, (y - top) * SIDE, n, max(1, -(-n * DENSEST // most)))
        for (x, y), n in sorted(counted.items())
    ]
    marks: list[Mark] = []
    for place in map.ask["places"]:
        longitude, latitude = place["point"]
        x, y = tiles.position(longitude, latitude, level)
        if left <= x < left + wide and top <= y < top + high:
            at = round((x - left) * SIDE, 1), round((y - top) * SIDE, 1)
            marks.append(Mark(len(marks) + 1, place["label"], *at))
    _longitude, parallel = tiles.centre(tiles.number(columns[0], rows[0]), level)
    return Density(wide * SIDE, high * SIDE, squares, marks, most, tiles.metres(parallel, level))


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
