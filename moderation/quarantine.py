"""Setting bursts aside, and what persons decide on them. Knows no engine: each registers how its rows move."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from counting import gate
from counting.models import Tool
from participation.models import Arrival

from . import rights
from .models import Burst, BurstDecision

CHUNK = 1000  # members moved in one transaction: people wait for it who correct or withdraw
GOES_ON = timedelta(minutes=10)  # what comes within so long of a burst continues it
PAYLOADS_KEPT = 20
NEXT = {  # what may be decided in which state
    "held": ("released", "confirmed"),
    "confirmed": ("released",),
    "released": (),
}


class Engine(NamedTuple):
    """How an engine's rows move: both acts are safe to do twice and move nothing once the total is sealed.

    `put(tool, participant keys, burst)`: count them no more, but for those who are in a burst or were; how many moved.
    `count_again(tool, burst, most)`: at most so many of a burst's members; how many moved.
    `about(tools)`: what they are called, and the scope they belong to.
    """

    put: Callable[[int, Sequence[bytes], int], int]
    count_again: Callable[[int, int, int], int]
    about: Callable[[Sequence[int]], dict[int, tuple[str, int]]]


engines: dict[str, Engine] = {}


class Member(NamedTuple):
    """An arrival to be set aside."""

    key: bytes
    at: datetime
    payload: int


def hold(tool: Tool, rule: str, network: int | None, members: Sequence[Member]) -> int:
    """Set `members` aside as (part of) a burst; how many were. One transaction, in which the caller holds the watch."""
    if not members or tool.kind not in engines:
        return 0
    burst = _burst(tool, rule, network, min(m.at for m in members))
    moved = engines[tool.kind].put(tool.pk, [m.key for m in members], burst.pk)
    if moved:
        since, until = min(m.at for m in members), max(m.at for m in members)
        traces = Arrival.objects.filter(tool_id=tool.pk, at__gte=since, at__lt=until + timedelta(seconds=1))
        traces.filter(key__in=[m.key for m in members], burst_id=None).update(burst_id=burst.pk)
        burst.since, burst.until = min(burst.since, since), max(burst.until, until)
        burst.size += moved
        burst.shape = _shape(burst.shape, members)
        burst.save(update_fields=["since", "until", "size", "shape"])
    elif not burst.size:
        burst.delete()
    return moved


def _burst(tool: Tool, rule: str, network: int | None, since: datetime) -> Burst:
    """The burst, held or confirmed, that goes on; else a new one. Locked: nobody decides on it meanwhile."""
    going_on = Burst.objects.select_for_update(of=("self",)).filter(
        tool=tool, rule=rule, network=network, until__gte=since - GOES_ON
    )
    found = going_on.exclude(state=Burst.State.RELEASED).first()
    if found:
        return found
    _title, scope_id = engines[tool.kind].about([tool.pk])[tool.pk]
    return Burst.objects.create(tool=tool, scope_id=scope_id, rule=rule, network=network, since=since, until=since)


def _shape(shape: dict[str, Any], members: Iterable[Member]) -> dict[str, Any]:
    minutes, payloads = dict(shape.get("minutes", {})), dict(shape.get("payloads", {}))
    for member in members:
        minute = member.at.replace(second=0, microsecond=0).isoformat()
        minutes[minute] = minutes.get(minute, 0) + 1
        if member.payload:
            name = f"{member.payload & 0xFFFF_FFFF_FFFF_FFFF:016x}"
            payloads[name] = payloads.get(name, 0) + 1
    most = sorted(payloads.items(), key=lambda item: -item[1])[:PAYLOADS_KEPT]
    return {"minutes": minutes, "payloads": dict(most)}


def lose(burst_id: int | None) -> None:
    """A member of a burst is gone: erased or withdrawn."""
    if burst_id:
        Burst.objects.filter(pk=burst_id).update(size=F("size") - 1)


def what_became_of(burst_id: int | None) -> str:
    """To somebody who is set aside: why, and what comes next."""
    burst = Burst.objects.filter(pk=burst_id).first() if burst_id else None
    if burst and burst.state == Burst.State.CONFIRMED:
        said = _("Your response is set aside: a person looked at it and keeps it out. It is kept and not counted.")
        decision = burst.last_decision
        return f"{said} {_('Reason:')} {decision.reason}" if decision else said
    return _("Your response is set aside, with others that came all at once; a person will look at it.")


def bursts_for(user: Any) -> QuerySet[Burst]:
    """The bursts that `user` may see and decide on."""
    return Burst.objects.filter(scope__in=rights.scopes_for(user, rights.BURSTS))


class AlreadyDecided(Exception):
    """Somebody else decided since the person looked; `decision` is theirs."""

    def __init__(self, decision: BurstDecision | None):
        super().__init__()
        self.decision = decision


class Sealed(Exception):
    """The total is final: nothing moves any more."""


def decide(burst: Burst, seen: str, after: str, user: Any, reason: str) -> BurstDecision:
    """Release or confirm `burst`, if it still is in the state the person has `seen`.

    Raises AlreadyDecided, and Sealed when members were to be counted again in a sealed total. Releasing is `settle`d
    afterwards, in parts.
    """
    with transaction.atomic():
        gate.enter(burst.tool_id)
        if after == Burst.State.RELEASED and gate.is_sealed(burst.tool_id):
            raise Sealed
        settled = after != Burst.State.RELEASED
        fits = after in NEXT.get(seen, ())
        if not fits or not Burst.objects.filter(pk=burst.pk, state=seen).update(state=after, settled=settled):
            raise AlreadyDecided(burst.last_decision)
        decision = BurstDecision.objects.create(
            burst=burst, decided_by=user, decided_by_name=user.get_username(), before=seen, after=after, reason=reason
        )
        log(instance=burst, action=f"palabre.{after}_burst", user=user, data={"reason": reason, "size": burst.size})
    burst.refresh_from_db()
    return decision


def settle(burst: Burst, until: datetime | None = None) -> bool:
    """Count the members of a released burst again, in parts, until `until`; True when all are."""
    engine = engines[burst.tool.kind]
    while engine.count_again(burst.tool_id, burst.pk, CHUNK):
        if until and timezone.now() > until:
            return False
    Burst.objects.filter(pk=burst.pk, state=Burst.State.RELEASED).update(settled=True)
    return True


def settle_all() -> int:
    """Periodic: finish what a release left undone, whatever died meanwhile; how many bursts."""
    owed = list(Burst.objects.filter(settled=False).select_related("tool"))
    return sum(settle(burst) for burst in owed if burst.tool.kind in engines)


def titles(bursts: Sequence[Burst]) -> dict[int, str]:
    """{tool id: title} of the surveys and debates that `bursts` are of: one query for each kind."""
    found: dict[int, str] = {}
    for kind in {burst.tool.kind for burst in bursts} & engines.keys():
        about = engines[kind].about([burst.tool_id for burst in bursts if burst.tool.kind == kind])
        found |= {tool_id: title for tool_id, (title, _scope_id) in about.items()}
    return found
