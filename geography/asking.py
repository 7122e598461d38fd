"""From zones and places to a question about where, frozen; and from what was typed to a location."""

from collections.abc import Sequence
from typing import Any, Literal

import shapely
from shapely.geometry import shape

from . import geocoding, location, lookup
from .models import NamedPlace, Zone

MARGIN = 0.05  # of its width, around a territory, on the map


def ask(
    root: Zone | None = None,
    *,
    area: dict[str, Any] | None = None,
    places: Sequence[NamedPlace] = (),
    zones: Sequence[Zone] = (),
    draw: Literal["point", "line", "area"] = "point",
    grid: int = 0,
    keep: Literal["point", "zone"] = "point",
) -> location.Ask:
    """A question about where, frozen: without an `area` of its own it is bounded by the outline of `root`."""
    area = area or (root.geometry if root else None)
    return {
        "root": root.code if root else None,
        "area": area,
        "bbox": _around(area),
        "places": [{"id": place.code, "label": place.name, "point": place.point} for place in places],
        "zones": [{"id": zone.code, "label": zone.name} for zone in zones],
        "draw": draw,
        "grid": grid,
        "keep": keep,
    }


def of_territory(
    root: Zone | None,
    area: dict[str, Any] | None = None,
    *,
    draw: Literal["point", "line", "area"] = "point",
    grid: int = 0,
    keep: Literal["point", "zone"] = "point",
) -> location.Ask:
    """`ask` with the smallest zones of `root` and its named places, as far as they lie in `area`. A few queries."""
    if root is None:
        return ask(None, area=area, draw=draw, grid=grid, keep=keep)
    inside = Zone.get_tree(root)
    zones = [zone for zone in inside.exclude(geometry=None) if zone.is_leaf()]
    places = list(NamedPlace.objects.filter(zone__in=inside))
    made = ask(root, area=area, places=places, zones=zones, draw=draw, grid=grid, keep=keep)
    surface = shape(made["area"]) if made["area"] else None
    if surface is not None:
        kept = {place.code for place in places if shapely.intersects_xy(surface, *place.point)}
        made["places"] = [place for place in made["places"] if place["id"] in kept]
        kept = {zone.code for zone in zones if zone.surface is not None and zone.surface.intersects(surface)}
        made["zones"] = [zone for zone in made["zones"] if zone["id"] in kept]
    return made


def read(ask: location.Ask, name: str, form: location.Typed) -> location.Location | None:
    """`location.read` with the zones of this site, and its geocoder for addresses. Raises LocationError."""
    root = ask["root"]
    locate = lookup.locator(root).zone_of if root else _nowhere
    return location.read(ask, name, form, locate, geocoding.geocode if geocoding.is_on() else None)


def _nowhere(_point: location.Point) -> None:
    return None


def _around(area: dict[str, Any] | None) -> list[float] | None:
    box = location.bounds(area)
    if box is None:
        return None
    west, south, east, north = box
    x, y = (east - west) * MARGIN, (north - south) * MARGIN
    return [round(west - x, 6), round(south - y, 6), round(east + x, 6), round(north + y, 6)]
