"""GeoJSON that others made, read so that nothing in it can hurt: zones in agents' files, shapes drawn on a map (pure).

Bounded before it is parsed (bytes, brackets), no deeper than what it must hold, in degrees (WGS 84) only. What can be
mended is: a third dimension is dropped, outlines that barely cross themselves are repaired, needless vertices go. What
cannot is refused in the words of whoever made the file, with the number and the name of the feature.
"""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
Geometry = dict[str, Any]

MAX_BYTES = 10_000_000
MAX_POSITIONS = 200_000  # positions in one file; a department's communes at 5 m have fewer
MAX_FEATURES = 2_000
MAX_VERTICES = 1_500  # of one zone, once simplified
FINEST, COARSEST = 0.00001, 0.002  # degrees that simplifying may move an outline: about 1 m, at the very most 200 m
DECIMALS = 6  # about ten centimetres
SAMPLE, NEAR = 60, 30  # segments looked at before a repair; how many may on average be near one, zones likewise
CHANGED = 0.01  # the share of its surface that a repair may change
MAX_DRAWN_BYTES, MAX_DRAWN = 20_000, 200  # what somebody drew on a map

ZONES = ("Polygon", "MultiPolygon")
DEPTH = {"Point": 0, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}  # lists around a position
NAMES = ("name", "nom", "libelle", "label", "nom_com", "nom_iris", "lib_iris", "lib_qp", "nom_qp", "title", "titre")

# Where French municipalities are: west, south, east, north. Tells latitudes and longitudes that changed places.
TERRITORIES = (
    (-5.6, 41.0, 9.9, 51.5),
    (-63.3, 14.2, -60.7, 18.3),
    (-54.8, 2.0, -51.4, 6.0),
    (55.1, -21.6, 56.0, -20.7),
    (44.8, -13.2, 45.5, -12.4),
    (-56.6, 46.6, -56.0, 47.3),
    (162.9, -23.3, 168.3, -19.0),
    (-155.0, -28.0, -134.0, -7.5),
    (-178.5, -14.6, -175.9, -13.0),
)


class GeoError(ValueError):
    """What cannot be used; the message says how to mend it."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class Feature(NamedTuple):
    """One zone of a file: its number from 1, its plain properties, its outline in few vertices."""

    number: int
    properties: dict[str, str]
    geometry: Geometry


class Reading(NamedTuple):
    """What `read` found: the zones that can be used, and a sentence for each that cannot."""

    features: list[Feature]
    problems: list[str]


def read(content: bytes) -> Reading:
    """The zones in a GeoJSON file. Raises GeoError when nothing of the file can be used."""
    found = list(_features(_parse(content, MAX_BYTES, MAX_POSITIONS)))
    if not found:
        raise GeoError(_("This file holds no zone."))
    if len(found) > MAX_FEATURES:
        raise GeoError(
            _("This file holds %(n)d zones; at most %(most)d at a time.") % {"n": len(found), "most": MAX_FEATURES}
        )
    good, problems = [], []
    for number, value in enumerate(found, 1):
        properties = _properties(value)
        try:
            good.append((number, properties, _surface(_geometry_of(value))))
        except GeoError as error:
            problems.append(f"{label(number, properties)}: {error.message}")
    features = []
    for (number, properties, _before), small in zip(good, _simplified([s for *_rest, s in good]), strict=True):
        if small is None:
            problems.append(f"{label(number, properties)}: {_('Its outline is too detailed. Simplify it first.')}")
        else:
            features.append(Feature(number, properties, plain(small)))
    return Reading(features, problems)


def read_layer(content: bytes) -> list[dict[str, Any]]:
    """Features to be drawn underneath, of any kind of geometry, with their name alone. Raises GeoError."""
    features = []
    for number, value in enumerate(_features(_parse(content, MAX_BYTES, MAX_POSITIONS)), 1):
        properties = _properties(value)
        geometry = value.get("geometry")
        if not isinstance(geometry, dict) or geometry.get("type") not in DEPTH:
            raise GeoError(f"{label(number, properties)}: {_('It has nothing to draw.')}")
        try:
            small = shapely.set_precision(shapely.simplify(_shape(geometry), FINEST), 10**-DECIMALS)
        except GeoError as error:
            raise GeoError(f"{label(number, properties)}: {error.message}") from None
        name = next((v for k, v in properties.items() if k.lower() in NAMES and v), "")
        features.append({"type": "Feature", "geometry": plain(small), "properties": {"name": name[:80]}})
    if not features or len(features) > MAX_FEATURES:
        raise GeoError(_("This layer holds nothing to draw, or far too much."))
    return features


def read_drawn(text: str, kind: str) -> Geometry:
    """What somebody drew on a map: a geometry of `kind`, as sent by the page. Raises GeoError."""
    value = _parse(text.encode(errors="replace"), MAX_DRAWN_BYTES, MAX_DRAWN + 10)
    if not isinstance(value, dict) or value.get("type") != kind:
        raise GeoError(_("This drawing cannot be read. Draw it again."))
    drawn = _shape(value)
    if drawn.is_empty or drawn.length == 0:
        raise GeoError(_("This drawing is too small. Draw it again."))
    return plain(_mended(drawn) if kind in ZONES else drawn)


def read_zone(text: str) -> Geometry:
    """One outline typed or pasted by an agent. Raises GeoError."""
    reading = read(text.encode(errors="replace"))
    if reading.problems:
        raise GeoError(reading.problems[0])
    if len(reading.features) != 1:
        raise GeoError(_("This holds several zones. Use the import instead."))
    return reading.features[0].geometry


def plain(geometry: BaseGeometry) -> Geometry:
    """`geometry` as GeoJSON, rounded; outer outlines anticlockwise, as RFC 7946 wants them."""
    found = mapping(shapely.orient_polygons(geometry))
    return {"type": found["type"], "coordinates": _rounded(found["coordinates"], DEPTH[found["type"]])}


def label(number: int, properties: dict[str, str]) -> str:
    """How a feature is called in messages."""
    name = next((v for k, v in properties.items() if k.lower() in NAMES and v), "")
    if name:
        return _("Zone %(number)d (%(name)s)") % {"number": number, "name": name[:60]}
    return _("Zone %(number)d") % {"number": number}


def point(lon: float, lat: float) -> Point:
    """A position on Earth, rounded; latitude and longitude put in order where they changed places. Raises GeoError."""
    if not (math.isfinite(lon) and math.isfinite(lat)) or max(abs(lon), abs(lat)) > 180:
        raise GeoError(_("This point is nowhere on Earth."))
    if are_swapped([(lon, lat)]):
        lon, lat = lat, lon
    if abs(lat) > 90:
        raise GeoError(_("This point is nowhere on Earth."))
    return round(lon, DECIMALS), round(lat, DECIMALS)


def are_swapped(positions: Sequence[Point]) -> bool:
    """Do these look like latitude before longitude? They would lie in a French territory, and as they are in none."""
    if any(abs(y) > 90 for _x, y in positions):
        return all(abs(x) <= 90 for x, _y in positions)
    return not _in_a_territory(positions) and _in_a_territory([(y, x) for x, y in positions])


def _in_a_territory(positions: Sequence[Point]) -> bool:
    return any(all(w <= x <= e and s <= y <= n for x, y in positions) for w, s, e, n in TERRITORIES)


def _parse(content: bytes, max_bytes: int, max_positions: int) -> Any:
    if len(content) > max_bytes:
        raise GeoError(
            _("This file is too heavy: %(most)d MB at most. Simplify it first.") % {"most": max_bytes // 1_000_000}
            if max_bytes >= 1_000_000
            else _("This drawing has too many points. Draw it more simply.")
        )
    if content.count(b"[") > max_positions:
        raise GeoError(_("This file has too many points. Simplify it first."))
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except GeoError:
        raise
    except UnicodeDecodeError:
        raise GeoError(_("This file is not text in UTF-8.")) from None
    except (ValueError, RecursionError):
        raise GeoError(_("This file is not GeoJSON.")) from None


def _refuse_constant(name: str) -> Any:
    raise GeoError(_("This file holds “%(name)s” in the place of a number.") % {"name": name})


def _features(value: Any) -> Iterator[dict[str, Any]]:
    """The features of a file, whatever it wraps them in."""
    if not isinstance(value, dict):
        raise GeoError(_("This file is not GeoJSON."))
    _refuse_foreign_crs(value.get("crs"))
    kind = value.get("type")
    if kind == "FeatureCollection":
        features = value.get("features")
        if not isinstance(features, list):
            raise GeoError(_("This file is not GeoJSON."))
        yield from (f if isinstance(f, dict) else {} for f in features)
    elif kind == "Feature":
        yield value
    elif kind in DEPTH:
        yield {"geometry": value}
    elif kind == "Topology":
        raise GeoError(_("This is TopoJSON. Save it as GeoJSON first."))
    else:
        raise GeoError(_("This file is not GeoJSON."))


def how_to_convert() -> str:
    return _("In QGIS: right-click on the layer, Export, Save features as, format GeoJSON, CRS EPSG:4326.")


def _refuse_foreign_crs(crs: Any) -> None:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if crs is None or (isinstance(name, str) and name.upper().rstrip("/").endswith(("CRS84", "4326"))):
        return
    said = _("These coordinates are not longitudes and latitudes (%(crs)s).") % {"crs": str(name or crs)[:60]}
    raise GeoError(f"{said} {how_to_convert()}")


def _properties(feature: dict[str, Any]) -> dict[str, str]:
    """The plain properties as text; lists and objects are nothing to name a zone by."""
    found = feature.get("properties")
    if not isinstance(found, dict):
        return {}
    return {k[:60]: str(v)[:200].strip() for k, v in list(found.items())[:60] if isinstance(v, str | int | float)}


def _geometry_of(feature: dict[str, Any]) -> dict[str, Any]:
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        raise GeoError(_("It has no outline."))
    if geometry.get("type") not in ZONES:
        raise GeoError(
            _("It is a “%(kind)s”; a zone is a Polygon or a MultiPolygon.") % {"kind": str(geometry.get("type"))[:40]}
        )
    return geometry


def _shape(geometry: dict[str, Any]) -> BaseGeometry:
    """A checked geometry, in two dimensions."""
    depth = DEPTH[geometry["type"]]
    coordinates = _read_coordinates(geometry.get("coordinates"), depth)
    positions = list(_positions(coordinates, depth))
    if not positions:
        raise GeoError(_("It has no outline."))
    _check_positions(positions)
    try:
        return shape({"type": geometry["type"], "coordinates": coordinates})
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError):
        raise GeoError(_("Its outline has too few points.")) from None


def _read_coordinates(value: Any, depth: int) -> Any:
    """`depth` lists around positions, each cut to longitude and latitude: no deeper than a MultiPolygon."""
    if not isinstance(value, list):
        raise GeoError(_("Its coordinates cannot be read."))
    if depth:
        return [_read_coordinates(part, depth - 1) for part in value]
    if len(value) < 2 or not all(type(number) in (int, float) for number in value[:2]):
        raise GeoError(_("Its coordinates cannot be read."))
    try:
        return float(value[0]), float(value[1])
    except OverflowError:
        return math.inf, math.inf


def _positions(coordinates: Any, depth: int) -> Iterator[Point]:
    if depth == 0:
        yield coordinates
    else:
        for part in coordinates:
            yield from _positions(part, depth - 1)


def _check_positions(positions: Sequence[Point]) -> None:
    if not all(math.isfinite(x) and math.isfinite(y) for x, y in positions):
        raise GeoError(_("One of its points is nowhere on Earth."))
    if any(abs(x) > 180 or abs(y) > 180 for x, y in positions):
        raise GeoError(f"{_('Its coordinates are not longitudes and latitudes.')} {how_to_convert()}")
    if are_swapped(positions):
        raise GeoError(_("Its latitudes and longitudes have changed places: GeoJSON wants the longitude first."))
    if any(abs(y) > 90 for _x, y in positions):
        raise GeoError(_("One of its points is nowhere on Earth."))
    longitudes = [x for x, _y in positions]
    if max(longitudes) - min(longitudes) > 180:
        raise GeoError(_("It crosses the 180th meridian. Cut it in two there."))


def _surface(geometry: dict[str, Any]) -> BaseGeometry:
    return _mended(_shape(geometry))


def _mended(found: BaseGeometry) -> BaseGeometry:
    """`found` made valid, unless that would change what it covers. Raises GeoError."""
    before = found.area
    if _is_tangled(found):
        raise GeoError(_crosses_itself())
    if not found.is_valid:
        parts = shapely.get_parts(shapely.make_valid(found, method="structure", keep_collapsed=False))
        surfaces = [part for part in parts if part.geom_type in ZONES]
        found = shapely.union_all(surfaces) if surfaces else shapely.Polygon()
    if found.is_empty or found.area == 0:
        raise GeoError(_("It has no surface."))
    if abs(found.area - before) > CHANGED * max(found.area, before):
        raise GeoError(_crosses_itself())
    return found


def _crosses_itself() -> str:
    return _("Its outline crosses itself. In QGIS: Vector geometry, Fix geometries; or draw it again.")


def _is_tangled(found: BaseGeometry) -> bool:
    """Does it cross itself all over? Judging and repairing a scribble takes time with the square of its length.

    Judged from a sample: a segment of an honest outline has few others near it.
    """
    ends = shapely.get_coordinates(found.boundary)
    low, high = np.minimum(ends[:-1], ends[1:]), np.maximum(ends[:-1], ends[1:])
    sample = range(0, len(low), max(1, len(low) // SAMPLE))
    near = sum(int(((low <= high[i]) & (high >= low[i])).all(axis=1).sum()) for i in sample)
    return near > NEAR * len(sample)


def _simplified(shapes: list[BaseGeometry]) -> list[BaseGeometry | None]:
    """Each in few enough vertices, None where that would move its outline too far.

    Zones that touch are simplified together, so that they still touch.
    """
    if not shapes:
        return []
    pairs = shapely.STRtree(shapes).query(shapely.envelope(shapes)).shape[1]
    together = pairs <= NEAR * len(shapes) and bool(shapely.coverage_is_valid(shapes))
    done, tolerance = _rounded_shapes(_simplify(shapes, FINEST, together)), FINEST
    while any(shapely.get_num_coordinates(done) > MAX_VERTICES) and tolerance < COARSEST:
        tolerance *= 2
        done = _rounded_shapes(_simplify(shapes, tolerance, together))
    return [s if not s.is_empty and shapely.get_num_coordinates(s) <= MAX_VERTICES else None for s in done]


def _simplify(shapes: list[BaseGeometry], tolerance: float, together: bool) -> Any:
    return shapely.coverage_simplify(shapes, tolerance) if together else shapely.simplify(shapes, tolerance)


def _rounded_shapes(shapes: Any) -> list[BaseGeometry]:
    """On a grid of six decimals and still valid."""
    return list(shapely.set_precision(shapes, 10**-DECIMALS))


def _rounded(coordinates: Any, depth: int) -> Any:
    if depth == 0:
        return [round(coordinates[0], DECIMALS), round(coordinates[1], DECIMALS)]
    return [_rounded(part, depth - 1) for part in coordinates]


GROUND_BYTES, GROUND_POSITIONS = 600_000, 30_000
GROUND_KINDS = ("water", "green", "square", "building", "landmark", "street", "road")


def read_ground(content: bytes) -> Geometry:
    """A drawing to lie under points: lines and surfaces with a `name` and a `kind`. Raises GeoError."""
    if len(content) > GROUND_BYTES:
        raise GeoError(_("This drawing is too heavy: %(most)d kB at most.") % {"most": GROUND_BYTES // 1000})
    features = []
    for number, value in enumerate(_features(_parse(content, GROUND_BYTES, GROUND_POSITIONS)), 1):
        properties = _properties(value)
        geometry = value.get("geometry")
        try:
            if not isinstance(geometry, dict) or geometry.get("type") not in (*ZONES, "LineString"):
                raise GeoError(_("a drawing is made of LineString, Polygon and MultiPolygon."))
            found = plain(_shape(geometry))
        except GeoError as error:
            raise GeoError(f"{label(number, properties)}: {error.message}") from None
        kind = properties.get("kind", "")
        told = {"name": properties.get("name", ""), "kind": kind if kind in GROUND_KINDS else ""}
        features.append({"type": "Feature", "properties": told, "geometry": found})
    if not features:
        raise GeoError(_("This drawing is empty."))
    return {"type": "FeatureCollection", "features": features}
