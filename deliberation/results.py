"""The only way out of a debate's figures: thresholds, batches, small groups hidden."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Max, Q, Sum
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import TruncDate
from django.utils import timezone

from counting import fold
from counting.models import Tally

from . import analysis
from .cells import VOTERS, VOTERS_NUMBER
from .models import Debate, OpinionMap, Statement, Vote

Figures = dict[str, Any]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORDS = ("agree", "disagree", "pass")
FROM_GROUPS = ("consensus", "consensus_disagree", "bridging", "divisiveness")


class Published(NamedTuple):
    """`figures` as in resultats.json; `body` is that of the map when it may be drawn, else None."""

    figures: Figures
    body: dict[str, Any] | None


def published(debate: Debate) -> Figures:
    """The public figures of a debate (see docs/doors.md), in at most four queries however many statements it has.

    While the debate is open they move in batches, so that two readings never show what one single person voted; the
    numbers of people and votes alone move at once. Closed, they are the tallies themselves.
    """
    return read(debate).figures


def read(debate: Debate) -> Published:
    threshold = settings.SUPPRESS_BELOW
    counts, until = analysis.counted(debate)
    live = fold.read(debate.tool_id) if analysis.moves_in_batches(debate) else counts
    statements = list(
        Statement.objects.filter(debate=debate, status__in=analysis.COUNTED, cell__isnull=False).values_list(
            "ref", "text", "status", "cell"
        )
    )
    cast = sum(live.get(cell + i, 0) for *_, cell in statements for i in range(3))
    # A map of people who all left says nothing any more.
    newest = OpinionMap.objects.filter(debate=debate).defer("state").first() if cast else None
    body = newest.body if newest else {}
    groups = _groups(body, {ref: text for ref, text, *_ in statements}, threshold)
    tables = body.get("statements", {}) if groups else {}
    in_batches = analysis.moves_in_batches(debate)
    entries = [
        _entry(ref, text, status, [counts.get(cell + i, 0) for i in range(3)], tables.get(f"s:{ref}"), in_batches)
        for ref, text, status, cell in statements
    ]
    figures = {
        "key": debate.key,
        "title": debate.title,
        "participants": live.get(VOTERS_NUMBER, 0),
        "votes": cast,
        "counted_until": until.isoformat() if until else None,
        "suppressed_below": threshold,
        "set_aside": debate.tool.set_aside,
        "trust": {"level": debate.trust},
        "map": _map(newest, groups) if newest else None,
        "statements": sorted(entries, key=lambda entry: (-entry["votes"], entry["id"])),
    }
    return Published(figures, body if groups else None)


def _entry(
    ref: str, text: str, status: str, counts: list[int], table: Mapping[str, Any] | None, in_batches: bool
) -> Figures:
    counts, table = _consistent(counts, table, in_batches)
    votes = sum(counts)
    return {
        "id": ref,
        "text": text,
        "status": status,
        "votes": votes,
        **{word: counts[i] if votes >= settings.SUPPRESS_BELOW else None for i, word in enumerate(WORDS)},
        **{name: table[name] if table else None for name in FROM_GROUPS},
        "groups": [_group_votes(g, group) for g, group in enumerate(table["groups"])] if table else None,
    }


def _consistent(
    counts: list[int], table: Mapping[str, Any] | None, in_batches: bool
) -> tuple[list[int], Mapping[str, Any] | None]:
    """A statement's counts and its table by group, which must not differ by a few votes: they would show these.

    Figures that move in batches then are those of the map; others stay exact, and the table waits for the next map.
    """
    threshold = settings.SUPPRESS_BELOW
    if not table or table["groups"] is None or any(sum(group) < threshold for group in table["groups"]):
        return counts, None
    apart = sum(abs(now - then) for now, then in zip(counts, table["counts"], strict=True))
    if 0 < apart < threshold:
        return (table["counts"], table) if in_batches else (counts, None)
    return counts, table


def _group_votes(g: int, counts: list[int]) -> Figures:
    return {"id": LETTERS[g], "votes": sum(counts), **dict(zip(WORDS, counts, strict=True))}


def _groups(body: Mapping[str, Any], texts: Mapping[str, str], threshold: int) -> list[Figures] | None:
    """The opinion groups, described by statements that are still shown; None when one of them is small."""
    found = body.get("groups")
    if not found or any(group["size"] < threshold for group in found):
        return None
    return [
        {
            "id": LETTERS[g],
            "size": group["size"],
            "representative": [
                {
                    "statement_id": said["ref"],
                    "text": texts[said["ref"]],
                    "stance": said["stance"],
                    "share": said["share"],
                    "share_elsewhere": said["elsewhere"],
                }
                for said in group["representative"]
                if said["ref"] in texts
            ],
        }
        for g, group in enumerate(found)
    ]


def _map(newest: OpinionMap, groups: list[Figures] | None) -> Figures:
    return {
        "made_at": newest.made_at.isoformat(),
        "engine": newest.engine,
        "parameters": newest.body["parameters"],
        "participants": newest.participants,
        "votes": newest.votes,
        "k": newest.body["k"] if groups else None,
        "groups": groups,
    }


def by_day(debate: Debate, ref: str) -> list[Figures]:
    """One statement's votes at the end of each day that has a map, the oldest first; few votes are left out."""
    last = OpinionMap.objects.filter(debate=debate).annotate(day=TruncDate("made_at")).order_by().values("day")
    kept = OpinionMap.objects.filter(pk__in=last.annotate(last=Max("pk")).values("last")).order_by("made_at")
    one = KeyTransform("counts", KeyTransform(f"s:{ref}", KeyTransform("statements", "body")))
    return [
        {"day": timezone.localdate(made_at), "votes": sum(counts), **dict(zip(WORDS, counts, strict=True))}
        for made_at, counts in kept.annotate(one=one).values_list("made_at", "one")
        if counts and sum(counts) >= settings.SUPPRESS_BELOW
    ]


def totals() -> tuple[int, int]:
    """(people who took part in debates, votes they cast) counted so far; for the site's public statistics."""
    people = Sum("n", filter=Q(name=VOTERS), default=0)
    votes = Sum("n", filter=~Q(name=VOTERS), default=0)
    found = Tally.objects.filter(tool__kind="debate").aggregate(people=people, votes=votes)
    return found["people"], found["votes"]


def took_part(scopes: Sequence[int]) -> list[tuple[int, str, int]]:
    """(scope, channel, people who voted, counted so far); all votes come by the web."""
    scope_of = dict(Debate.objects.filter(scope__in=scopes).values_list("tool_id", "scope_id"))
    rows = Tally.objects.filter(tool__in=list(scope_of), name=VOTERS, n__gt=0).values_list("tool_id", "n")
    return [(scope_of[tool], "web", n) for tool, n in rows]


def took_part_by_day(scopes: Sequence[int], since: date) -> Iterable[tuple[int, date, str, int]]:
    """(scope, day, channel, people who voted on that day), from `since` on."""
    rows = Vote.objects.filter(voter__debate__scope__in=scopes, voter__set_aside=False, cast_on__gte=since).order_by()
    people = rows.values_list("voter__debate__scope_id", "cast_on").annotate(n=Count("voter_id", distinct=True))
    return [(scope, day, "web", n) for scope, day, n in people]
