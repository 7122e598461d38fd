"""How many published places are where: kept as they are shown and taken off, and made anew from them at any time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db import connection, transaction

from . import tiles
from .models import Map, Place, PlaceCount

BY_ZONE = -1  # the level whose cells are zones; their sum is how many there are
_LOCK = 0x4D4150  # advisory-lock namespace: "MAP"
_AT_ONCE = 400  # rows written in one statement
_ADD = """INSERT INTO maps_placecount (map_id, level, cell, zone, category, n) VALUES {rows}
    ON CONFLICT (map_id, level, cell, zone, category) DO UPDATE SET n = maps_placecount.n + excluded.n"""


class Cell(NamedTuple):
    """What is counted: a cell of a level, or a zone."""

    level: int
    cell: int
    zone: str
    category: str


def cells(place: Place) -> Iterator[Cell]:
    """Every cell that a published place fills."""
    yield Cell(BY_ZONE, 0, place.zone, place.category)
    if place.quad is not None:
        for level in range(tiles.COARSEST, tiles.FINEST + 1):
            yield Cell(level, tiles.above(place.quad, level), "", place.category)


def move(map_id: int, *, added: Iterable[Place] = (), taken: Iterable[Place] = ()) -> None:
    """Count places that are shown from now on, and no longer those that are taken off, in the caller's transaction."""
    changes: Counter[Cell] = Counter()
    for places, sign in ((added, 1), (taken, -1)):
        for place in places:
            for cell in cells(place):
                changes[cell] += sign
    rows = sorted((cell, n) for cell, n in changes.items() if n)
    if rows:
        hold(map_id)
        _write(map_id, rows)


def hold(map_id: int) -> None:
    """One at a time for each map: who counts two places at once would meet another who counts them the other way."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, map_id])


def _write(map_id: int, rows: list[tuple[Cell, int]]) -> None:
    with connection.cursor() as cursor:
        for low in range(0, len(rows), _AT_ONCE):
            some = rows[low : low + _AT_ONCE]
            sql = _ADD.format(rows=", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(some)))
            cursor.execute(sql, [value for cell, n in some for value in (map_id, *cell, n)])


def recount(map_id: int) -> Counter[Cell]:
    """Every cell and how many published places fill it, from zero."""
    found: Counter[Cell] = Counter()
    published = Place.objects.filter(map=map_id, status=Place.Status.PUBLISHED)
    for place in published.only("category", "zone", "quad").iterator(chunk_size=5000):
        found.update(cells(place))
    return found


def compare(map_id: int) -> int:
    """In how many cells the kept counts differ from a recount; 0 when all agree."""
    with transaction.atomic():
        hold(map_id)
        kept = PlaceCount.objects.filter(map=map_id).exclude(n=0)
        known = {Cell(row.level, row.cell, row.zone, row.category): row.n for row in kept}
        found = recount(map_id)
        return sum(known.get(cell, 0) != found[cell] for cell in known.keys() | found.keys())


@transaction.atomic
def rebuild(map_id: int) -> None:
    """Make the counts of a map anew."""
    hold(map_id)
    PlaceCount.objects.filter(map=map_id).delete()
    _write(map_id, sorted(recount(map_id).items()))


class Zoned(NamedTuple):
    """How many published places of a category lie in a zone; "" where they lie in none."""

    zone: str
    category: str
    n: int


def by_zone(map: Map) -> list[Zoned]:
    """All published places of a map, counted by zone and category, in one query."""
    rows = PlaceCount.objects.filter(map=map, level=BY_ZONE).exclude(n=0)
    return [Zoned(*row) for row in rows.order_by("zone", "category").values_list("zone", "category", "n")]
