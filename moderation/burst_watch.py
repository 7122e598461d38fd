"""Looking for bursts: reads what arrived lately, asks the rules, sets aside what they catch."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction

from counting.models import Tool
from participation.bursts import RULES, WINDOW, Arrivals, find
from participation.models import Arrival

from .models import Burst, Watch
from .quarantine import CHUNK, Member, hold

# Each arrival is judged among those of a window before and after it; the rest is for what is committed late.
BACK = timedelta(seconds=2 * WINDOW)
MOST = 300_000  # arrivals looked at in one go: the newest


def look(tool_id: int) -> int:
    """Look at what arrived since the last look; how many were set aside. Safe twice, late, or beside another one.

    Time is the arrivals' own: what is found depends neither on when this runs nor on the clock of who runs it.
    """
    tool = Tool.objects.filter(pk=tool_id).first()
    if tool is None or tool.state == Tool.State.SEALED:
        return 0
    watch, _created = Watch.objects.get_or_create(tool=tool)
    newest = Arrival.objects.filter(tool_id=tool_id).order_by("-at").values_list("at", flat=True).first()
    if newest is None or (watch.looked_at and newest <= watch.looked_at):
        return 0
    held = sum(_hold(tool, *place, members) for place, members in _suspects(tool_id, watch.looked_at).items())
    Watch.objects.filter(pk=tool_id).update(looked_at=newest)
    return held


def _suspects(tool_id: int, looked_at: datetime | None) -> dict[tuple[str, int | None], list[Member]]:
    """{(rule, network): the arrivals it catches that are in no burst yet}; the rule for many networks has None."""
    rows = _read(tool_id, looked_at - BACK if looked_at else None)
    if not rows:
        return {}
    at, network, drawn, answers, payload, burst_id, _key = zip(*rows, strict=True)
    caught = find(
        Arrivals(
            np.fromiter((moment.timestamp() for moment in at), float, len(at)),
            *(np.array(column, np.int64) for column in (network, drawn, answers, payload)),
        )
    )
    found = defaultdict(list)
    for i in np.flatnonzero((caught >= 0) & (np.array(burst_id) == 0)):
        rule = RULES[caught[i]]
        place = (rule, None if rule == "copies" else int(network[i]))
        found[place].append(Member(bytes(rows[i][-1]), at[i], payload[i]))
    return found


def _read(tool_id: int, since: datetime | None) -> list[Any]:
    """The newest arrivals, but for those a person released: they are no reason to suspect others."""
    arrived = Arrival.objects.filter(tool_id=tool_id, **({"at__gte": since} if since else {}))
    released = set(Burst.objects.filter(tool_id=tool_id, state=Burst.State.RELEASED).values_list("pk", flat=True))
    rows = arrived.order_by("-at").values_list("at", "network", "drawn", "answers", "payload", "burst_id", "key")[:MOST]
    return [
        (at, -1 if network is None else network, drawn, answers, payload or 0, burst_id or 0, key)
        for at, network, drawn, answers, payload, burst_id, key in rows.iterator(chunk_size=5000)
        if burst_id not in released
    ]


def _hold(tool: Tool, rule: str, network: int | None, members: list[Member]) -> int:
    held = 0
    for first in range(0, len(members), CHUNK):
        part = members[first : first + CHUNK]
        with transaction.atomic():
            Watch.objects.select_for_update().get(pk=tool.pk)  # two that look at once do not make two bursts
            held += hold(tool, rule, network, part)
    return held


def due() -> list[int]:
    """Ids of the tools at which something arrived since the last look."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.id FROM counting_tool t LEFT JOIN moderation_watch w ON w.tool_id = t.id
            WHERE t.state <> 'sealed' AND EXISTS (SELECT 1 FROM participation_arrival a WHERE a.tool_id = t.id
                AND (w.looked_at IS NULL OR a.at > w.looked_at))"""
        )
        return [row[0] for row in cursor.fetchall()]


def look_everywhere() -> int:
    """Periodic: look at all tools where something arrived; how many were set aside."""
    return sum(look(tool_id) for tool_id in due())
