"""The only way out of a figure: bases, shares, thresholds; by channel; live figures in batches, small ones hidden."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils.dateparse import parse_datetime

from counting import fold
from counting.models import Tally
from participation.trust import LADDER

from . import by_channel
from .cells import CHANNELS, OFF
from .forms import compiled_live
from .hiding import hide_small, hides_base
from .models import Response, Survey
from .questions import QuestionType, type_of

Figures = dict[str, Any]


def are_public(survey: Survey, phase: str | None = None) -> bool:
    """May anybody see this survey's figures now?"""
    phase = phase or survey.phase()
    if survey.live_version_id is None or not survey.live or not survey.scope.live:
        return False
    if survey.show_results == Survey.Results.NEVER:
        return False
    return phase == "closed" or (survey.show_results == Survey.Results.ALWAYS and phase != "unpublished")


def published(survey: Survey) -> Figures:
    """The public figures of a survey, as in resultats.json (see docs/doors.md), in at most two queries.

    While the survey is open the figures come from the last published batch, so that two readings never show what one
    single person answered; only the number of responses moves at once. Once closed they are the tallies themselves.
    """
    if survey.phase() == "open" and settings.SUPPRESS_BELOW > 1:
        snapshot = survey.tool.snapshot
        counts = {int(number): n for number, n in snapshot.get("n", {}).items()}
        until = parse_datetime(snapshot["until"]) if snapshot else None
        responses = _total(survey)
    else:
        counts, until = fold.read(survey.tool_id), survey.tool.counted_until
        responses = None
    return figures(survey, counts, until, settings.SUPPRESS_BELOW, responses)


def _total(survey: Survey) -> int:
    number = compiled_live(survey).number_of("n")
    return Tally.objects.filter(tool_id=survey.tool_id, number=number).values_list("n", flat=True).first() or 0


def figures(
    survey: Survey, counts: Mapping[int, int], until: datetime | None, threshold: int, responses: int | None = None
) -> Figures:
    """Figures out of `counts` (cell number → count), what is below `threshold` set to None.

    `responses` is given while the figures come in batches. Questions are not split by channel then: between two
    batches one single sheet of paper may have come, and the two splits would tell what is on it.
    """
    compiled = compiled_live(survey)

    def count(name: str) -> int:
        return counts.get(compiled.number_of(name), 0)

    counted, channels = count("n"), by_channel.came(count, threshold)
    entries = {question["id"]: _entry(question, count, threshold) for question in compiled.all_questions}
    if responses is None and by_channel.are_many(channels, counted, threshold):
        for question in filter(compiled.counts_by_channel, compiled.all_questions):
            entry = entries[question["id"]]
            if entry["base"] is None or entry["base"] + entry["no_answer"] == counted:
                _split(question, entry, count, threshold)
    return {
        "key": survey.key,
        "title": survey.title,
        "responses": counted if responses is None else responses,
        "counted_responses": counted,
        "counted_until": until.isoformat() if until else None,
        "suppressed_below": threshold,
        "set_aside": survey.tool.set_aside,
        "trust": {"level": survey.trust, "reached": _reached(count, channels, threshold)},
        "channels": channels,
        "questions": [entry for entry in entries.values() if entry["base"] != 0 or not entry.get("withdrawn")],
    }


def _reached(count: Any, channels: by_channel.Channels, threshold: int) -> dict[str, int]:
    """How many responses reached which level; {} where that would tell of few people, or what channels hide: where a
    proof is asked for, who proved nothing answered otherwise than on the web.
    """
    reached = {level: n for level in LADDER if (n := count(f"t:{level}"))}
    few = any(n < threshold for n in reached.values()) or any(found["count"] is None for found in channels)
    return {} if few else reached


def _entry(question: dict[str, Any], count: Any, threshold: int) -> Figures:
    kind = type_of(question)
    base = count(f"q:{question['id']}")
    entry = {
        "id": question["id"],
        "type": question["type"],
        "wording": question["wording"],
        "base": base,
        "no_answer": count(f"-:{question['id']}"),
        **({"withdrawn": True} if question.get("withdrawn") else {}),
        **_wordings(question, count, base, threshold),
        **kind.tabulate(question, count, base),
    }
    _protect(entry, threshold, kind)
    kind.derive(question, entry)
    return entry


def _split(question: dict[str, Any], entry: Figures, count: Any, threshold: int) -> None:
    """Add to the figures of one question what was answered on the web and otherwise."""
    kind, base = type_of(question), count(f"{OFF}q:{question['id']}")
    off = {"id": question["id"], "base": base, **kind.tabulate(question, lambda name: count(OFF + name), base)}
    by_channel.split(entry, off, threshold, kind.exclusive)


def _wordings(question: dict[str, Any], count: Any, base: int, threshold: int) -> Figures:
    """How many answered under which wording, where there were several; they are counted together."""
    if not (earlier := question.get("earlier")):
        return {}
    bases = [count(f"w:{question['id']}:{n}") for n in range(1, len(earlier) + 1)]
    shown = hide_small([base - sum(bases), *bases], threshold, exclusive=True)
    told = [*earlier, {"wording": question["wording"], "until": None}]
    return {"wordings": [{**wording, "base": n} for wording, n in zip(told, shown, strict=True)]}


def _protect(entry: Figures, threshold: int, kind: QuestionType) -> None:
    """Hide the small cells of one question and give the shares of the others."""
    exclusive = kind.exclusive
    base = entry["base"]
    tables = entry.get("rows") or [entry]
    for table in tables:
        options = table.get("options", [])
        counts = [o["count"] for o in options]
        shown = hide_small(counts, threshold, exclusive)
        for option, n in zip(options, shown, strict=True):
            option["count"] = n
            if n is None:
                option.update(dict.fromkeys(kind.hidden_too))
            option["share"] = None if n is None else (round(n / table["base"], 4) if table["base"] else 0.0)
        if hides_base(table["base"], counts, threshold, exclusive):
            _hide_base(table)
    pairs = entry.get("pairs", ())
    if any(0 < n < threshold for pair in pairs for n in pair["counts"]):
        for pair in pairs:  # all of them: a hidden one could be worked out from the others and the first choices
            pair["counts"] = [None, None]
    if 0 < base < threshold:
        _hide_base(entry)


def _hide_base(table: Figures) -> None:
    table["base"] = None
    if "no_answer" in table:
        table["no_answer"] = None
    table.pop("summary", None)


def responses_by_channel() -> tuple[int, dict[str, int]]:
    """Responses counted so far over all surveys, in all and by channel; for the site's public statistics.

    By channel without what the results of a survey hide, which could be computed from those of all the others.
    """
    names = {f"c:{channel}": place for place, channel in enumerate(CHANNELS)}
    of_tool: dict[int, list[int]] = defaultdict(lambda: [0] * len(CHANNELS))
    rows = Tally.objects.filter(name__in=names, n__gt=0).values_list("tool_id", "name", "n")
    for tool, name, n in rows:
        of_tool[tool][names[name]] = n
    shown = [by_channel.shown(counts, settings.SUPPRESS_BELOW) for counts in of_tool.values()]
    totals = {channel: sum(counts[place] or 0 for counts in shown) for place, channel in enumerate(CHANNELS)}
    return sum(map(sum, of_tool.values())), totals


def took_part(scopes: Sequence[int]) -> list[tuple[int, str, int]]:
    """(scope, channel, responses counted so far), for the agents who run these consultations."""
    scope_of = dict(Survey.objects.filter(scope__in=scopes).values_list("tool_id", "scope_id"))
    rows = Tally.objects.filter(tool__in=list(scope_of), name__in=[f"c:{channel}" for channel in CHANNELS], n__gt=0)
    return [(scope_of[tool], name[2:], n) for tool, name, n in rows.values_list("tool_id", "name", "n")]


def took_part_by_day(scopes: Sequence[int], since: date) -> Iterable[tuple[int, date, str, int]]:
    """(scope, day, channel, responses received), from `since` on; what is set aside is not among them."""
    rows = Response.objects.filter(survey__scope__in=scopes, set_aside=False, received_on__gte=since).order_by()
    return rows.values_list("survey__scope_id", "received_on", "channel").annotate(n=Count("pk"))
