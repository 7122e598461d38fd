"""Median and quartiles of values known by their counts (pure)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Value = int | float | Decimal


def quantile(counts: Mapping[Any, int], p: float) -> Value | None:
    """The p-quantile (0 < p < 1) of the values in `counts` ({value: how many}); None when there are none.

    Averages the two values at a jump of the distribution function: definition 2 of Hyndman and Fan (1996), "Sample
    quantiles in statistical packages", The American Statistician 50(4); the usual median for p = 0.5.
    """
    total = sum(counts.values())
    if not total:
        return None
    rank, below = p * total, 0
    values = sorted(v for v, n in counts.items() if n)
    for i, value in enumerate(values):
        below += counts[value]
        if below > rank:
            return value
        if below == rank:
            return (value + values[i + 1]) / 2
    return values[-1]


def summary(counts: Mapping[Any, int]) -> dict[str, Value] | None:
    """{"median", "quartiles": [first, third]} as plain numbers, or None when there are no values."""
    if not any(counts.values()):
        return None
    first, median, third = (_plain(quantile(counts, p)) for p in (0.25, 0.5, 0.75))
    return {"median": median, "quartiles": [first, third]}  # type: ignore[dict-item]


def _plain(value: Value | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
