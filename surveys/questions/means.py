"""Means of what is published: where values are hidden, the two bounds between which the mean must lie (pure)."""

from collections.abc import Sequence
from typing import Any


def add_mean(entry: dict[str, Any], values: Sequence[int]) -> None:
    """Add "mean" to figures whose options stand for `values`, "mean_between" where some of them are hidden.

    Both follow from the table that is shown, so they tell nobody more than it does.
    """
    base, options = entry["base"], entry["options"]
    if not base:
        return
    shown = [(value, o["count"]) for value, o in zip(values, options, strict=True) if o["count"] is not None]
    hidden = [value for value, o in zip(values, options, strict=True) if o["count"] is None]
    rest = base - sum(n for _value, n in shown)
    total = sum(value * n for value, n in shown)
    bounds = [round((total + rest * value) / base, 1) for value in (min(hidden, default=0), max(hidden, default=0))]
    if bounds[0] == bounds[1]:
        entry["mean"] = bounds[0]
    else:
        entry["mean_between"] = bounds
