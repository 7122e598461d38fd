"""From stored votes to a dated opinion map: when it is worth making, and which maps are kept.

numpy and scipy are slow to load: they stay out of processes that never analyse.
"""

import hashlib
import json
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from counting import fold

from ..models import Debate, OpinionMap, Statement, Voter

if TYPE_CHECKING:
    from ..opinion_groups import Map, Votes

DEFAULT_ENGINE = "ideal"
COUNTED = (Statement.Status.PUBLISHED, Statement.Status.CLOSED)  # statements whose votes count and are shown
KEPT_FOR = timedelta(hours=24)  # every map; afterwards the last one of each day


class Counted(NamedTuple):
    """Cell number → count, and until when."""

    counts: dict[int, int]
    until: datetime | None


def counted(debate: Debate) -> Counted:
    """The tallies that may be seen: while the debate is open the last published batch, so that two readings never
    show what one single person voted; then the tallies themselves. No query while it is open.
    """
    if moves_in_batches(debate):
        snapshot = debate.tool.snapshot
        counts = {int(number): n for number, n in snapshot.get("n", {}).items()}
        return Counted(counts, parse_datetime(snapshot["until"]) if snapshot else None)
    return Counted(fold.read(debate.tool_id), debate.tool.counted_until)


def moves_in_batches(debate: Debate) -> bool:
    return settings.SUPPRESS_BELOW > 1 and debate.phase() == "open"


def digest(debate: Debate, engine: str = DEFAULT_ENGINE) -> str:
    """Names what a map of this debate would rest on now; it moves with the published figures, batch by batch."""
    asked = Statement.objects.filter(debate=debate, status__in=COUNTED, cell__isnull=False)
    aside = Voter.objects.filter(debate=debate, set_aside=True)
    parts = [
        engine,
        settings.SUPPRESS_BELOW,
        sorted(counted(debate).counts.items()),
        list(asked.order_by("cell").values_list("cell", flat=True)),
        list(aside.order_by("pk").values_list("pk", flat=True)),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def newest_map(debate: Debate) -> OpinionMap | None:
    return OpinionMap.objects.filter(debate=debate).first()


def load_votes(debate: Debate) -> "Votes":
    """The votes that count: on statements published or closed, of voters not set aside; all read at one moment."""
    from .loading import load_votes

    return load_votes(debate)


def analyse_debate(debate: Debate, engine: str | None = None) -> OpinionMap | None:
    """The newest map of a debate, made now if the published votes changed since the last one; None without votes.

    Safe twice, late, or beside another one: who stores first wins, and the next round sees what the other left out.
    """
    engine, began = engine or DEFAULT_ENGINE, time.monotonic()
    debate = Debate.objects.for_display().get(pk=debate.pk)
    newest, now_on = newest_map(debate), digest(debate, engine)
    if newest and newest.digest == now_on:
        return newest
    votes = load_votes(debate)
    if not len(votes.value):
        return None
    previous = _previous(newest)
    if newest and previous and newest.engine == engine and _too_few_moved(debate, previous, votes):
        OpinionMap.objects.filter(pk=newest.pk).update(digest=now_on)  # looked at; the next batch asks again
        return newest
    from ..opinion_groups import analyse

    # A group that may not be shown would hide all the others: none so small is sought.
    found = analyse(votes, engine, previous, smallest=max(settings.SUPPRESS_BELOW, 2))  # type: ignore[arg-type]
    return _store(debate, found, newest, digest=now_on, seconds=time.monotonic() - began)


def _previous(newest: OpinionMap | None) -> "Map | None":
    from ..opinion_groups import Map

    try:
        return Map.from_bytes(bytes(newest.state)) if newest and newest.state else None
    except ValueError:  # stored by another version: start anew
        return None


def _too_few_moved(debate: Debate, previous: "Map", votes: "Votes") -> bool:
    """Would two maps in a row differ by less than a batch of votes, and so show what a few people voted?"""
    from .body import moved

    return moves_in_batches(debate) and moved(previous, votes) < settings.SUPPRESS_BELOW


@transaction.atomic
def _store(debate: Debate, found: "Map", before: OpinionMap | None, **fields: Any) -> OpinionMap:
    from .body import body_of

    # Not FOR UPDATE: that would make every vote wait, whose foreign key locks the debate's row.
    Debate.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=debate.pk)
    newest = newest_map(debate)
    if newest and (before is None or newest.pk != before.pk):
        return newest
    refs = dict(Statement.objects.filter(debate=debate).values_list("pk", "ref"))
    body = body_of(found, refs, settings.SUPPRESS_BELOW)
    stored = OpinionMap.objects.create(
        debate=debate,
        engine=found.engine,
        participants=len(found.participant_ids),
        votes=body["votes"],
        body=body,
        state=found.to_bytes(),
        **fields,
    )
    OpinionMap.objects.filter(debate=debate).exclude(pk=stored.pk).exclude(state=None).update(state=None)
    thin_out(debate)
    return stored


def thin_out(debate: Debate) -> int:
    """Delete old maps but the last one of each day; how many went."""
    old = OpinionMap.objects.filter(debate=debate, made_at__lt=timezone.now() - KEPT_FOR)
    newest, days, gone = newest_map(debate), set(), []
    for pk, made_at in old.values_list("pk", "made_at"):  # the newest first
        day = timezone.localdate(made_at)
        if day in days and (newest is None or pk != newest.pk):
            gone.append(pk)
        days.add(day)
    OpinionMap.objects.filter(pk__in=gone).delete()
    return len(gone)
