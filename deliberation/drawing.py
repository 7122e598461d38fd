"""Figures as shapes: bars, the opinion map, votes over time; coordinates only, the templates draw them (pure)."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import Any, NamedTuple

BAR = 480  # SVG units: the longest bar
SIDE = 600  # … and the side of the opinion map
SMALLEST = 1.8
WIDE, HIGH = 480, 160  # votes over time
WORDS = ("agree", "disagree", "pass")


class Part(NamedTuple):
    word: str
    x: str
    width: str


def bar(entry: Mapping[str, Any]) -> list[Part]:
    """The three parts of a bar that is full; nothing where the votes are hidden or none."""
    if not entry["votes"] or entry["agree"] is None:
        return []
    parts, before = [], 0
    for word in WORDS:
        width = entry[word] * BAR / entry["votes"]
        parts.append(Part(word, f"{before * BAR / entry['votes']:.1f}", f"{width:.1f}"))
        before += entry[word]
    return parts


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0z"


def _square(x: float, y: float, r: float) -> str:
    h = r * 0.886  # the area of the circle; so the others
    return f"M{x - h:.1f} {y - h:.1f}h{2 * h:.1f}v{2 * h:.1f}h{-2 * h:.1f}z"


def _triangle(x: float, y: float, r: float) -> str:
    h = r * 1.347
    return f"M{x:.1f} {y - h * 1.155:.1f}l{h:.1f} {h * 1.732:.1f}h{-2 * h:.1f}z"


def _diamond(x: float, y: float, r: float) -> str:
    h = r * 1.253
    return f"M{x:.1f} {y - h:.1f}l{h:.1f} {h:.1f}l{-h:.1f} {h:.1f}l{-h:.1f} {-h:.1f}z"


def _cross(x: float, y: float, r: float) -> str:
    a = f"{r * 0.793:.1f}"  # the width of an arm
    start = f"M{x - r * 0.396:.1f} {y - r * 1.189:.1f}"
    return f"{start}h{a}v{a}h{a}v{a}h-{a}v{a}h-{a}v-{a}h-{a}v-{a}h{a}z"


SHAPES: Sequence[Callable[[float, float, float], str]] = (_circle, _square, _triangle, _diamond, _cross)
SHAPE_NAMES = ("circle", "square", "triangle", "diamond", "cross")


class Crowd(NamedTuple):
    """The people of one group, numbered from 1, who are known equally well: one path."""

    group: int
    sure: int
    path: str


class Centre(NamedTuple):
    letter: str
    x: str
    y: str
    where: tuple[str, str]


class Picture(NamedTuple):
    crowds: list[Crowd]
    centres: list[Centre]
    here: tuple[str, str] | None


def opinion_map(picture: Mapping[str, Any], letters: Sequence[str], here: tuple[float, float] | None = None) -> Picture:
    """The map of `body["picture"]`; `here` is where the visitor stands, in the coordinates of the analysis."""
    cell = SIDE / picture["columns"]
    most = max((people for *_, people, _sure in picture["marks"]), default=1)
    paths: dict[tuple[int, int], list[str]] = defaultdict(list)
    for column, row, group, people, sure in picture["marks"]:
        r = max(cell * 0.6 * sqrt(people / most), SMALLEST)
        x, y = (column + 0.5) * cell, SIDE - (row + 0.5) * cell
        paths[group, sure].append(SHAPES[group % len(SHAPES)](x, y, r))
    centres = [
        Centre(letter, *_at((x, y)), _where(x, y)) for letter, (x, y) in zip(letters, picture["centres"], strict=True)
    ]
    crowds = [Crowd(group + 1, sure, "".join(found)) for (group, sure), found in sorted(paths.items())]
    return Picture(crowds, centres, _at(_unit(picture, here)) if here else None)


def _unit(picture: Mapping[str, Any], point: tuple[float, float]) -> tuple[float, float]:
    x, y = ((p - m) / picture["reach"] for p, m in zip(point, picture["middle"], strict=True))
    return max(-0.97, min(0.97, x)), max(-0.97, min(0.97, y))


def _at(unit: tuple[float, float]) -> tuple[str, str]:
    return f"{(unit[0] + 1) / 2 * SIDE:.0f}", f"{(1 - unit[1]) / 2 * SIDE:.0f}"


def _where(x: float, y: float) -> tuple[str, str]:
    """For those who do not see the map: which way from its middle, "" for neither."""
    return (
        "left" if x < -0.15 else "right" if x > 0.15 else "",
        "top" if y > 0.15 else "bottom" if y < -0.15 else "",
    )


def over_time(days: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(word, path) of the bands of agree, disagree and pass, one above the other; nothing with fewer than two days."""
    if len(days) < 2:
        return []
    first, length = days[0]["day"], (days[-1]["day"] - days[0]["day"]).days or 1
    xs = [(day["day"] - first).days / length * WIDE for day in days]
    below, bands = [0.0] * len(days), []
    for word in WORDS:
        above = [b + day[word] / day["votes"] for b, day in zip(below, days, strict=True)]
        edge = [f"{x:.1f} {HIGH * (1 - y):.1f}" for x, y in zip(xs, above, strict=True)]
        back = [f"{x:.1f} {HIGH * (1 - y):.1f}" for x, y in zip(xs, below, strict=True)][::-1]
        bands.append((word, f"M{'L'.join(edge + back)}z"))
        below = above
    return bands
