"""Runs the goals asked for (all by default) and prints one table."""

import os
import sys
from importlib import import_module

from . import database, messenger

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
database.url()

GOALS = {
    "g1": "submission.throughput",
    "g2": "submission.statements",
    "g3": "page.embedded",
    "g4": "results.by_size",
    "g5": "results.over_http",
    "g6": "folding.at_a_thousand",
    "g7": "freshness.under_load",
    "g8": "recounting.from_zero",
    "g9": "voting.throughput",
    "g11": "desk.next_item",
    "g12": "exporting.against_copy",
    "g13": "places.a_hundred_thousand",
    "g14": "mixed.ratios",
}


def main(wanted: list[str]) -> None:
    if unknown := [name for name in wanted if name not in GOALS]:
        raise SystemExit(f"Unknown goal: {', '.join(unknown)}. There are {', '.join(GOALS)}.")
    rows: list = []
    with messenger.running():
        import django

        django.setup()
        database.create()
        _measure(wanted, rows)


def _measure(wanted: list[str], rows: list) -> None:
    from .table import draw

    try:
        for name in wanted or GOALS:
            module, _dot, function = GOALS[name].partition(".")
            print(f"{name}…", file=sys.stderr, flush=True)
            found = getattr(import_module(f"tests.bench.{module}"), function)()
            rows += found if isinstance(found, list) else [found]
    finally:
        if rows:
            print(draw(rows))
        if "KEEP" not in os.environ:
            database.drop()


if __name__ == "__main__":
    main([name.lower() for name in sys.argv[1:]])
