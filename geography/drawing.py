"""Zones as shapes: one drawing in SVG units, and values as steps of a colour that never speaks alone (pure)."""

from collections.abc import Mapping, Sequence
from math import cos, radians
from typing import Any, NamedTuple, Protocol

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

WIDE = 600  # SVG units: the longer side
STEPS = 4
PAD = 6
ROOM = 26  # units a zone must have around its middle for its number to be written there


class Drawable(Protocol):
    code: str
    name: str
    geometry: dict[str, Any] | None


class Path(NamedTuple):
    """One zone: its outline, where its number is written, its value and its step (0: not told)."""

    code: str
    name: str
    d: str
    number: int
    x: str
    y: str
    is_roomy: bool
    value: float | None
    step: int


class Step(NamedTuple):
    """One line of the legend: from `low` to `high`, both told."""

    number: int
    low: float
    high: float


class Drawing(NamedTuple):
    width: int
    height: int
    paths: list[Path]
    steps: list[Step]
    has_hidden: bool


def choropleth(zones: Sequence[Drawable], values: Mapping[str, float | None] | None = None) -> Drawing:
    """`zones` drawn side by side, each with the step of its value; `values` by code, None where it is not told.

    Zones are numbered in the order they come: the drawing shows the number, the table beside it the name and the value.
    """
    values = values or {}
    surfaces = [(zone, shape(zone.geometry)) for zone in zones if zone.geometry]
    if not surfaces:
        return Drawing(0, 0, [], [], False)
    told = [v for zone, _s in surfaces if (v := values.get(zone.code)) is not None]
    steps = _steps(told)
    place, width, height = _frame([s for _z, s in surfaces])
    paths = []
    for number, (zone, surface) in enumerate(surfaces, 1):
        flat = shapely.transform(surface, place)
        value = values.get(zone.code)
        paths.append(_path(zone, flat, number, value, _step_of(value, steps)))
    return Drawing(width, height, paths, steps, len(told) < len(surfaces) and bool(told))


def _frame(surfaces: Sequence[BaseGeometry]) -> tuple[Any, int, int]:
    """How degrees become SVG units, and the size of the drawing: north above, as wide as it is on the ground."""
    west, south, east, north = shapely.total_bounds(list(surfaces)).tolist()
    squeeze = cos(radians((south + north) / 2)) or 1
    wide, high = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    scale = WIDE / max(wide, high)

    def place(coordinates: Any) -> Any:
        placed = coordinates.copy()
        placed[:, 0] = (coordinates[:, 0] - west) * squeeze * scale + PAD
        placed[:, 1] = (north - coordinates[:, 1]) * scale + PAD
        return placed

    return place, round(wide * scale) + 2 * PAD, round(high * scale) + 2 * PAD


def _path(zone: Drawable, flat: BaseGeometry, number: int, value: float | None, step: int) -> Path:
    largest = max(shapely.get_parts(flat), key=lambda part: part.area)
    middle = shapely.maximum_inscribed_circle(largest, tolerance=2)
    x, y = middle.coords[0]
    return Path(zone.code, zone.name, _d(flat), number, f"{x:.0f}", f"{y:.0f}", middle.length * 2 > ROOM, value, step)


def _d(flat: BaseGeometry) -> str:
    rings = [ring for part in shapely.get_parts(flat) for ring in (part.exterior, *part.interiors)]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords[:-1]) + "z" for ring in rings)


def _steps(told: Sequence[float]) -> list[Step]:
    """At most four steps with about as many zones in each; equal values are never parted."""
    ordered = sorted(told)
    if not ordered:
        return []
    groups: list[list[float]] = []
    for index, value in enumerate(ordered):
        due = index * STEPS // len(ordered)
        if groups and (value == groups[-1][-1] or due < len(groups)):
            groups[-1].append(value)
        else:
            groups.append([value])
    return [Step(number, group[0], group[-1]) for number, group in enumerate(groups, 1)]


def _step_of(value: float | None, steps: Sequence[Step]) -> int:
    return next((step.number for step in steps if value is not None and step.low <= value <= step.high), 0)
