"""Which zone holds a point, in microseconds: from what a process remembers."""

import time

import shapely

from .models import Zone, ZoneEdition

Point = tuple[float, float]

FRESH_FOR = 2.0  # seconds for which a process believes that no zone changed
MAX_KEPT = 50


class Locator:
    """The zones below one (and itself), ready to find the smallest around a point. Immutable, shared by threads.

    A point on a border belongs to the deepest zone, then to the one whose code comes first: the same for ever.
    """

    def __init__(self, zones: list[tuple[int, str, shapely.Geometry]]):
        ranked = sorted(zones, key=lambda zone: (-zone[0], zone[1]))
        self._codes = [code for _depth, code, _surface in ranked]
        self._surfaces = [surface for _depth, _code, surface in ranked]
        shapely.prepare(self._surfaces)
        self._tree = shapely.STRtree(self._surfaces)

    def zone_of(self, point: Point) -> str | None:
        """The code of the smallest zone around `point`."""
        found = self._tree.query(shapely.Point(point), predicate="intersects")
        return self._codes[int(found.min())] if len(found) else None


_kept: dict[str, Locator] = {}
_edition, _looked_at = -1, float("-inf")


def locator(root: str) -> Locator:
    """The Locator of the zone whose code is `root`, made once per process and anew when zones changed.

    It holds nothing where there is no such zone.
    """
    global _edition, _looked_at
    now = time.monotonic()
    if now - _looked_at > FRESH_FOR:
        edition = ZoneEdition.current()
        if edition != _edition:
            _kept.clear()
        _edition, _looked_at = edition, now
    if root not in _kept:
        if len(_kept) >= MAX_KEPT:
            _kept.clear()
        _kept[root] = _compiled(root)
    return _kept[root]


def forget() -> None:
    """Remember nothing (tests, and who has just changed a zone)."""
    global _looked_at
    _kept.clear()
    _looked_at = float("-inf")


def _compiled(root: str) -> Locator:
    top = Zone.objects.filter(code=root).first()
    below = Zone.get_tree(top).filter(west__isnull=False) if top else Zone.objects.none()
    return Locator([(zone.depth, zone.code, zone.surface) for zone in below if zone.surface is not None])
