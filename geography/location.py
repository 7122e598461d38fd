"""A place as people give it: on the map, by its address, from a list or in words; one shape of data for all (pure)."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol, TypedDict

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import shape

from . import geojson, grid

Point = tuple[float, float]


class Place(TypedDict):
    id: str
    label: str
    point: list[float]


class ZoneChoice(TypedDict):
    id: str
    label: str


class Ask(TypedDict):
    """What is asked, frozen: where, what is listed, what may be drawn, and how exact it is kept and shown."""

    root: str | None  # the code of a zone; what is found lies below it
    area: dict[str, Any] | None  # GeoJSON, outside which nothing is taken
    bbox: list[float] | None  # what the map shows first: west, south, east, north
    places: list[Place]
    zones: list[ZoneChoice]
    draw: Literal["point", "line", "area"]
    grid: int  # metres: how coarse a point is made before it is shown; 0: as it is
    keep: Literal["point", "zone"]  # "zone": the point goes as soon as its zone is found


class Location(TypedDict):
    """What is stored: always these keys, whichever way it was given."""

    way: Literal["map", "address", "place", "zone", "words"]
    point: list[float] | None
    zone: str | None
    place: str | None
    label: str
    shape: dict[str, Any] | None


class Typed(Protocol):
    """The form as the caller reads it."""

    def one(self, name: str) -> str: ...
    def text(self, name: str, limit: int) -> str: ...


Locate = Callable[[Point], str | None]  # the code of the smallest zone around a point
Geocode = Callable[[str, Ask], tuple[Point, str] | None]  # an address → its point and how it is written

ADDRESS, CORNER = 200, 100  # characters of an address, and of each end of a street
DRAWN = {"line": "LineString", "area": "Polygon"}
PARTS = ("lon", "lat", "place", "address", "shape", "from", "to")
MOST_SURFACES = 64


class LocationError(ValueError):
    """A place that cannot be taken; the message says how to mend it. `field` is the input it belongs to."""

    def __init__(self, message: str, field: str):
        super().__init__(message)
        self.message = message
        self.field = field


def anchor(name: str, error: LocationError) -> str:
    """The id on the page to which `error` leads: hidden inputs and choices have none of their own."""
    return error.field if error.field.removeprefix(f"{name}_") in ("address", "from", "to") else name


def read(ask: Ask, name: str, form: Typed, locate: Locate, geocode: Geocode | None = None) -> Location | None:
    """The place in the inputs `<name>_lon`, `<name>_place`, …; None when they are all empty. Raises LocationError.

    What was drawn goes before what was pointed at, that before what was chosen, that before what was typed.
    """
    address = form.text(f"{name}_address", ADDRESS)
    found = (
        _drawn(ask, name, form, address)
        or _pointed(ask, name, form, address)
        or _chosen(ask, name, form, address)
        or _ends(name, form, address)
        or _addressed(ask, address, geocode)
    )
    if found is None:
        return None
    if found["zone"] is None and found["point"] is not None:
        found["zone"] = locate((found["point"][0], found["point"][1]))
    return _without_point(ask, found) if ask["keep"] == "zone" else found


def public_point(answer: Mapping[str, Any], ask: Ask) -> Point | None:
    """Where `answer` may be shown. Named places are everybody's and stay where they are."""
    if not answer["point"]:
        return None
    exact = (answer["point"][0], answer["point"][1])
    return exact if answer["place"] else grid.coarsen(exact, ask["grid"])


def bounds(area: Mapping[str, Any] | None) -> tuple[float, float, float, float] | None:
    """West, south, east and north of `area`."""
    return shape(area).bounds if area else None


def typed(name: str, form: Typed) -> dict[str, str]:
    """What was typed, part by part, to be drawn again."""
    return {part: form.one(f"{name}_{part}") for part in PARTS}


def _location(way: Any, **parts: Any) -> Location:
    found: Any = {"way": way, "point": None, "zone": None, "place": None, "label": "", "shape": None, **parts}
    return found


def _drawn(ask: Ask, name: str, form: Typed, address: str) -> Location | None:
    field = f"{name}_shape"
    text = form.one(field)
    if not text or ask["draw"] == "point":
        return None
    try:
        drawn = geojson.read_drawn(text, DRAWN[ask["draw"]])
    except geojson.GeoError as error:
        raise LocationError(error.message, field) from None
    geometry = shape(drawn)
    if any(not _is_inside(ask, (x, y)) for x, y in shapely.get_coordinates(geometry).tolist()):
        raise LocationError(_("What you drew leaves the area of this question."), field)
    middle = geometry.interpolate(0.5, normalized=True) if ask["draw"] == "line" else geometry.representative_point()
    return _location("map", point=[round(middle.x, 6), round(middle.y, 6)], label=address, shape=drawn)


def _pointed(ask: Ask, name: str, form: Typed, address: str) -> Location | None:
    lon, lat = form.one(f"{name}_lon"), form.one(f"{name}_lat")
    if not lon and not lat:
        return None
    field = f"{name}_lon"
    try:
        point = geojson.point(_number(lon), _number(lat))
    except geojson.GeoError as error:
        raise LocationError(error.message, field) from None
    except ValueError:
        raise LocationError(_("This point cannot be read. Place it again."), field) from None
    if not _is_inside(ask, point):
        raise LocationError(_("This point lies outside the area of this question."), field)
    return _location("address" if address else "map", point=list(point), label=address)


def _number(text: str) -> float:
    if len(text) > 40 or "_" in text:
        raise ValueError
    return float(text.replace(",", "."))


def _chosen(ask: Ask, name: str, form: Typed, address: str) -> Location | None:
    field = f"{name}_place"
    chosen = form.one(field)
    if not chosen:
        return None
    place = next((p for p in ask["places"] if p["id"] == chosen), None)
    if place:
        said = f"{place['label']} – {address}" if address else place["label"]
        return _location("place", point=list(place["point"]), place=place["id"], label=said)
    zone = next((z for z in ask["zones"] if z["id"] == chosen), None)
    if zone is None:
        raise LocationError(_("Choose one of the places of the list."), field)
    said = f"{zone['label']} – {address}" if address else zone["label"]
    return _location("zone", zone=zone["id"], label=said)


def _ends(name: str, form: Typed, street: str) -> Location | None:
    """A stretch of a street in words: which, from where, to where."""
    start, end = form.text(f"{name}_from", CORNER), form.text(f"{name}_to", CORNER)
    if not start and not end:
        return None
    if not street:
        raise LocationError(_("Which street? Write its name."), f"{name}_address")
    if start and end:
        label = _("%(street)s, from %(start)s to %(end)s") % {"street": street, "start": start, "end": end}
    else:
        label = _("%(street)s, at %(corner)s") % {"street": street, "corner": start or end}
    return _location("words", label=label)


def _addressed(ask: Ask, address: str, geocode: Geocode | None) -> Location | None:
    """An address, with its point where somebody knows it: an answer never waits for a service that is away."""
    if not address:
        return None
    hit = geocode(address, ask) if geocode else None
    if hit is None or not _is_inside(ask, hit[0]):
        return _location("words", label=address)
    return _location("address", point=list(hit[0]), label=hit[1])


def _without_point(ask: Ask, found: Location) -> Location:
    """Only the zone: neither the point nor words that would tell it. A place of the list is nobody's home."""
    label = next((item["label"] for item in (*ask["zones"], *ask["places"]) if _is_named(item, found)), "")
    return {**found, "point": None, "shape": None, "label": label}


def _is_named(item: Mapping[str, Any], found: Location) -> bool:
    return item["id"] == (found["place"] or found["zone"])


_surfaces: dict[int, tuple[Mapping[str, Any], Any]] = {}  # by the id of the area, which is held here: it stays its own


def _surface(area: Mapping[str, Any]) -> Any:
    """`area`, ready for many points: made once for each that a process reads answers about."""
    known = _surfaces.get(id(area))
    if known is None:
        if len(_surfaces) >= MOST_SURFACES:
            _surfaces.clear()
        known = _surfaces[id(area)] = (area, shape(area))
        shapely.prepare(known[1])
    return known[1]


def _is_inside(ask: Ask, point: Point) -> bool:
    if ask["area"]:
        return bool(shapely.intersects_xy(_surface(ask["area"]), *point))
    if ask["bbox"]:
        west, south, east, north = ask["bbox"]
        return west <= point[0] <= east and south <= point[1] <= north
    return True
