"""Figures by channel: how responses came, and what was answered on the web and otherwise, where that is safe (pure).

A question's figures are split all or not at all: only where every option that anybody chose was chosen by `threshold`
people on the web and by as many otherwise. Then no part is small; and where nothing is split, whoever knows the totals
and the number of responses by channel still finds several values for each part, see ADR 27. A question that was not
asked of everybody is never split: how many of each part were asked tells what they answered before.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .cells import CHANNELS, WEB
from .hiding import hide_small
from .models import Response

OTHER = "other"  # all channels but the web

Count = Callable[[str], int]
Channels = list[dict[str, Any]]


def shown(counts: Sequence[int], threshold: int) -> list[int | None]:
    """Responses by channel, in the order of CHANNELS, without what is about too few people.

    Where the web is needed to hide another channel all are hidden: the parts of each question would give it away.
    """
    found = hide_small(list(counts), threshold, exclusive=True)
    return found if found[CHANNELS.index(WEB)] is not None else [None] * len(counts)


def came(count: Count, threshold: int) -> Channels:
    """How responses came: {"channel", "label", "count"} for each channel."""
    counts = shown([count(f"c:{channel}") for channel in CHANNELS], threshold)
    return [
        {"channel": channel, "label": str(Response.Channel(channel).label), "count": n}
        for channel, n in zip(CHANNELS, counts, strict=True)
    ]


def on_the_web(channels: Channels) -> int | None:
    return next(found["count"] for found in channels if found["channel"] == WEB)


def are_many(channels: Channels, counted: int, threshold: int) -> bool:
    """Did enough people answer on the web, and enough otherwise, to tell their answers apart?"""
    web = on_the_web(channels)
    return web is not None and min(web, counted - web) >= max(threshold, 1)


def split(entry: dict[str, Any], off: Mapping[str, Any], threshold: int, exclusive: bool) -> None:
    """Split the figures of one question, small ones hidden already; `off`: those of who answered otherwise."""
    parts = {table["id"]: table for table in (off, *off.get("rows", ()))}
    for table in entry.get("rows") or [entry]:
        if table["base"] != 0:
            _split_table(table, parts.get(table["id"], {}), threshold, exclusive)


def _split_table(table: dict[str, Any], off: Mapping[str, Any], threshold: int, exclusive: bool) -> None:
    """Add "by_channel" to a table and its options: how many on the web and otherwise; None where that is not safe."""
    base, options = off.get("base", 0), table["options"]
    counts = {option["id"]: option["count"] for option in off.get("options", ())}
    pairs = [(option["count"], counts.get(option["id"], 0)) for option in options]
    table["by_channel"] = None
    if table["base"] is None or any(n is None for n, _off in pairs):
        return
    if threshold > 1 and not _is_safe(pairs, table["base"], base, threshold, exclusive):
        return
    table["by_channel"] = _parts(table["base"], base)
    for option, (n, m) in zip(options, pairs, strict=True):
        option["by_channel"] = _parts(n, m)


def _is_safe(pairs: Sequence[tuple[int, int]], base: int, off: int, threshold: int, exclusive: bool) -> bool:
    """Is every part that is not of zero people in all one of `threshold` people?

    Where options are ticked or not, those who did not tick one are a part, too. Where all chose the same, the parts
    are how many of each channel answered at all: who knows how many did not would learn by which channel they came.
    """
    parts = [*pairs] if exclusive else [*pairs, *((base - n, off - m) for n, m in pairs if n)]
    return all(n == 0 or (n < base and min(m, n - m) >= threshold) for n, m in parts)


def _parts(n: int, off: int) -> dict[str, int]:
    return {WEB: n - off, OTHER: off}
