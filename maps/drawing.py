"""What templates show of a map: its list of places with filters, one row, and the data of the drawn map."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from . import counts, places, tiles
from .models import Map, Place, PlaceCount
from .places import Filters

CLOSE, HALF = 18, 0.001  # a level whose cells are some 100 m wide; about as much, in degrees
FEW = 5  # places shown inside a page about something else


class Row(NamedTuple):
    """A place as lists show it; `mine` where the visitor supports it."""

    place: Place
    category: dict[str, Any]
    zone: str
    url: str
    photo: Any
    mine: bool


def address(map: Map, place: Place) -> str:
    return reverse("maps:place", args=[map.key, place.pk])


def row(map: Map, place: Place, mine: set[UUID]) -> Row:
    photo = place.photo if place.photo and place.photo.shown else None
    return Row(
        place, map.category(place.category), zone_name(map, place.zone), address(map, place), photo, place.pk in mine
    )


def zone_name(map: Map, code: str) -> str:
    return next((zone["label"] for zone in map.ask["zones"] if zone["id"] == code), "")


def asked(map: Map, query: Mapping[str, str]) -> Filters:
    """What an address asks for; what it cannot ask for is left out."""
    page = query.get("page", "1")
    category, zone = query.get("categorie", ""), query.get("zone", "")
    return Filters(
        category=category if map.category(category)["label"] else "",
        zone=zone if zone_name(map, zone) else "",
        words=" ".join(query.get("q", "").replace("\x00", "").split())[:60],
        sort="supported" if query.get("tri") == "soutiens" else "new",
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
    )


def listing(map: Map, query: Mapping[str, str], key: bytes | None) -> dict[str, Any]:
    """One page of the map's places: what is listed, how, and how many there are of each kind."""
    filters = asked(map, query)
    found = places.listing(map, filters)
    mine = places.supported_by(key, found.places) if key else set()
    kept = {"categorie": filters.category, "zone": filters.zone, "q": filters.words}
    kept |= {"tri": "soutiens"} if filters.sort == "supported" else {}
    return {
        "rows": [row(map, place, mine) for place in found.places],
        "listing": found,
        "filters": filters,
        "is_filtered": bool(filters.category or filters.zone or filters.words),
        "kept": urlencode({name: value for name, value in kept.items() if value}),
        "categories": with_counts(map),
        "zones": map.ask["zones"],
    }


def with_counts(map: Map) -> list[dict[str, Any]]:
    """The categories to filter by, those retired too where they have places, with how many there are."""
    totals: dict[str, int] = {}
    for counted in counts.by_zone(map):
        totals[counted.category] = totals.get(counted.category, 0) + counted.n
    known = map.asked["categories"]
    return [{**c, "n": totals.get(c["id"], 0)} for c in known if totals.get(c["id"]) or not c.get("withdrawn")]


def latest(map: Map) -> dict[str, Any]:
    """The newest places, for a page that holds the map among other things."""
    found = list(places.shown(map).order_by("-shown_on", "pk")[:FEW])
    total = sum(counted.n for counted in counts.by_zone(map))
    return {"rows": [row(map, place, set()) for place in found], "total": total}


def extent(map: Map) -> list[float] | None:
    """West, south, east and north of where the places lie; None where there are none, or they lie widely spread."""
    found = PlaceCount.objects.filter(map=map, level=CLOSE).exclude(n=0).values_list("cell", flat=True)
    cells = [tiles.place(cell) for cell in found[: tiles.MOST_CELLS]]
    if not cells or len(cells) == tiles.MOST_CELLS:
        return None
    columns, rows = zip(*cells, strict=True)
    west, north = tiles.centre(tiles.number(min(columns), min(rows)), CLOSE)
    east, south = tiles.centre(tiles.number(max(columns), max(rows)), CLOSE)
    return [west - HALF, south - HALF, east + HALF, north + HALF]


def properties(map: Map, place: Place) -> dict[str, Any]:
    """What the drawn map and the open data say of a place."""
    category = map.category(place.category)
    said = {
        "id": str(place.pk),
        "category": category["label"],
        "sign": category["sign"],
        "text": place.text,
        "where": place.label,
        "zone": zone_name(map, place.zone),
        "supports": place.supports,
        "date": place.shown_on.isoformat(),
        "url": address(map, place),
    }
    if place.photo and place.photo.shown:
        said |= {"photo": place.photo.url, "photo_alt": place.photo.alt}
    return said


def feature(map: Map, place: Place) -> dict[str, Any]:
    """A place as GeoJSON; without a geometry where only its zone or its address is known."""
    point = place.point
    geometry = {"type": "Point", "coordinates": list(point)} if point else None
    return {"type": "Feature", "id": str(place.pk), "geometry": geometry, "properties": properties(map, place)}


def cluster(point: tuple[float, float], n: int) -> dict[str, Any]:
    """Several places drawn as one sign."""
    said = {"count": n, "label": _("%(n)d places") % {"n": n}}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": list(point)}, "properties": said}
