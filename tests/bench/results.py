"""G4 and G5: public results at a million responses beside a thousand, and over HTTP beside a plain view."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.models import Survey
from surveys.results import published

from . import inside, serving
from .machine import medians
from .million import SIZE, survey_with
from .table import Row

CALLS = 200


def by_size() -> Row:
    sizes = {"thousand": survey_with(1000)[0].key, "million": survey_with(SIZE)[0].key}
    queries = {name: _queries(key) for name, key in sizes.items()}
    taken = medians({name: lambda key=key: [_read(key) for _ in range(CALLS)] for name, key in sizes.items()}, rounds=9)
    small, large = (taken[name] / CALLS * 1e3 for name in sizes)
    return Row(
        f"G4 results, {SIZE:,} vs 1,000 responses",
        f"{small:.2f} ms",
        f"{large:.2f} ms",
        f"{large / small:.2f}",
        "≤ 1.2, ≤ 3 queries",
        large / small <= 1.2 and queries["thousand"] == queries["million"] <= 3,
        f"queries {queries['thousand']} and {queries['million']}; nothing cached, the survey read anew each time",
    )


def _read(key: str) -> dict:
    return published(Survey.objects.for_display().get(key=key))


def _queries(key: str) -> int:
    _read(key)
    with CaptureQueriesContext(connection) as captured:
        _read(key)
    return len(captured)


def over_http() -> list[Row]:
    key = survey_with(1000)[0].key
    path = f"/enquetes/{key}/resultats.json"
    first = inside.request(path)
    tag = first.headers.get("ETag", "")
    plain, again = [], {"full": [], "not modified": []}
    with serving.server("floor") as floor, serving.server("ours") as ours:
        for turn in range(6):
            plain.append(serving.load(floor, serving.url("floor", "/plain"), seconds=3 if turn else 1))
            for name, head in (("full", {}), ("not modified", {"If-None-Match": tag} if tag else {})):
                again[name].append(
                    serving.load(ours, serving.url("ours", path), headers=head, seconds=3 if turn else 1)
                )
    bare = serving.median(plain[1:])
    said = inside.request(path, If_None_Match=tag).status
    full, unchanged = (serving.median(runs[1:]) for runs in again.values())
    return [
        _row("G5 results.json", bare, full, 0.25, f"{len(first.body):,} bytes"),
        _row("G5 results.json, not modified", bare, unchanged, 0.5, f"answered {said}"),
    ]


def _row(goal: str, floor: serving.Served, ours: serving.Served, target: float, note: str) -> Row:
    ratio = ours.rate / floor.rate
    cpu = f"CPU floor {floor.server_ms:.2f} ms, ours {ours.server_ms:.2f} + {ours.database_ms:.2f} ms"
    others = f"others used {max(floor.others, ours.others):.1f} processors"
    note = f"{note}; {cpu}; {others}"
    return Row(
        goal, f"{floor.rate:.0f}/s", f"{ours.rate:.0f}/s", f"{ratio:.2f}", f"≥ {target:.2f}", ratio >= target, note
    )
