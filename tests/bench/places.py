"""G13: a map with 100,000 places: imported row by row, looked at from afar and from near, read as a list."""

import json
import random
import resource
import tempfile
import time
import urllib.request
from pathlib import Path

from maps import counts
from maps.imports import import_places
from maps.models import Map, Place
from tests.factories.geography import the_town
from tests.factories.maps import CATEGORIES, MapFactory

from . import inside, serving
from .table import Row

SIZE, SMALL, PANS = 100_000, 1_000, 200
WEST, SOUTH, SIDE = 4.8, 45.7, 0.1  # the town's box


def a_hundred_thousand() -> list[Row]:
    the_town()
    small, large = MapFactory(open=True, title="Mille lieux"), MapFactory(open=True, title="Cent mille lieux")
    _import(small, SMALL)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = _import(large, SIZE)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    wrong = counts.compare(large.pk)
    rows = [
        Row(
            f"G13 import of {SIZE:,} places",
            "–",
            f"{SIZE / seconds:,.0f}/s",
            "–",
            "≤ 64 MB more",
            grown <= 64 and not wrong,
            f"{seconds:.0f} s, {grown:.0f} MB more than for {SMALL:,}; "
            f"{Place.objects.filter(map=large).count():,} stored, {wrong} cells differ from a recount",
        )
    ]
    return rows + _looked_at(small, large)


def _import(map: Map, n: int) -> float:
    dice = random.Random(n)
    labels = [label for label, _sign in CATEGORIES.values()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "lieux.csv")
        with path.open("w", encoding="utf-8") as target:
            target.write("longitude,latitude,category,text\n")
            for i in range(n):
                x, y = (min(0.999, max(0.001, dice.gauss(0.5, 0.15))) * SIDE for _axis in "xy")
                target.write(f"{WEST + x:.6f},{SOUTH + y:.6f},{dice.choice(labels)},Ici il manque un banc {i}.\n")
        start = time.perf_counter()
        outcome = import_places(map, path)
        assert (outcome.added, outcome.rejected) == (n, 0), outcome
        return time.perf_counter() - start


def _first_view(map: Map) -> str:
    return f"/cartes/{map.key}/lieux.geojson?bbox={WEST},{SOUTH},{WEST + SIDE},{SOUTH + SIDE}&zoom=12"


def _looked_at(small: Map, large: Map) -> list[Row]:
    first = inside.request(_first_view(large))
    page = inside.request(f"/cartes/{large.key}/")
    with serving.server("floor") as floor, serving.server("ours") as ours:
        bare = serving.load(floor, serving.url("floor", "/plain"), seconds=4)
        seen = {m.pk: serving.load(ours, serving.url("ours", _first_view(m)), seconds=4) for m in (small, large)}
        pans = {m.pk: _pans(m) for m in (small, large)}
        listed = {m.pk: serving.load(ours, serving.url("ours", f"/cartes/{m.key}/"), seconds=4) for m in (small, large)}
    p95 = pans[large.pk] / pans[small.pk]
    return [
        Row(
            "G13 first view of the map",
            f"{bare.p95_ms:.0f} ms",
            f"{seen[large.pk].p95_ms:.0f} ms",
            f"{seen[large.pk].rate / bare.rate:.2f}",
            "≤ 50 kB, ≤ 1.5x of 1,000",
            len(first.body) <= 50_000 and seen[large.pk].server_ms <= 1.5 * seen[small.pk].server_ms + 1,
            f"p95 under load, ratio of rates; {len(first.body):,} bytes, {len(json.loads(first.body)['features'])} "
            f"features; CPU {seen[large.pk].server_ms:.1f} + {seen[large.pk].database_ms:.1f} ms, of {SMALL:,} places "
            f"{seen[small.pk].server_ms:.1f} + {seen[small.pk].database_ms:.1f} ms, bare view {bare.server_ms:.2f} ms",
        ),
        Row(
            "G13 a pan, p95",
            f"{pans[small.pk]:.1f} ms",
            f"{pans[large.pk]:.1f} ms",
            f"{p95:.2f}",
            "≤ 2x of 1,000",
            p95 <= 2,
            f"one after the other, {PANS} views at zoom 12 to 19; floor: {SMALL:,} places",
        ),
        Row(
            "G13 the list",
            f"{listed[small.pk].server_ms + listed[small.pk].database_ms:.1f} ms",
            f"{listed[large.pk].server_ms + listed[large.pk].database_ms:.1f} ms",
            f"{listed[large.pk].rate / listed[small.pk].rate:.2f}",
            "≥ 0.8 of 1,000",
            listed[large.pk].rate >= 0.8 * listed[small.pk].rate,
            f"CPU, server and database; {len(page.body):,} bytes",
        ),
    ]


def _pans(map: Map) -> float:
    """p95 in milliseconds of views here and there."""
    dice, taken = random.Random(3), []
    for _n in range(PANS):
        zoom = dice.randint(12, 19)
        wide = 360 / 2**zoom * 4
        x, y = WEST + dice.random() * SIDE, SOUTH + dice.random() * SIDE
        box = f"{x - wide / 2:.6f},{y - wide / 3:.6f},{x + wide / 2:.6f},{y + wide / 3:.6f}"
        start = time.perf_counter()
        urllib.request.urlopen(serving.url("ours", f"/cartes/{map.key}/lieux.geojson?bbox={box}&zoom={zoom}")).read()
        taken.append((time.perf_counter() - start) * 1e3)
    return sorted(taken)[int(PANS * 0.95)]
