"""The only way out of a figure: bases, shares, thresholds; live figures in batches, small ones hidden."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.utils.dateparse import parse_datetime

from counting import fold
from counting.models import Tally
from participation.trust import LADDER

from .cells import CHANNELS
from .forms import compiled_live
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
    """Figures out of `counts` (cell number → count), what is below `threshold` set to None."""
    compiled = compiled_live(survey)

    def count(name: str) -> int:
        return counts.get(compiled.number_of(name), 0)

    counted = count("n")
    reached = {level: n for level in LADDER if (n := count(f"t:{level}"))}
    return {
        "key": survey.key,
        "title": survey.title,
        "responses": counted if responses is None else responses,
        "counted_responses": counted,
        "counted_until": until.isoformat() if until else None,
        "suppressed_below": threshold,
        "set_aside": survey.tool.set_aside,
        "trust": {"level": survey.trust, "reached": reached},
        "questions": [
            entry
            for question in compiled.all_questions
            if (entry := _entry(question, count, threshold))["base"] != 0 or not question.get("withdrawn")
        ],
    }


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


def hide_small(counts: list[int], threshold: int, exclusive: bool) -> list[int | None]:
    """`counts` with every value from 1 to threshold - 1 replaced by None, and with what would give them away.

    When the counts are `exclusive` they add up to the published base, so one hidden value could be computed from the
    others: the next smallest values are hidden too, until at least two different ones are hidden that add up to
    `threshold` or more. Equal values are hidden together: then exchanging any two hidden values changes nothing that
    is published, and who knows this method cannot tell which is which. Zeros are shown unless needed as company.
    """
    hidden = {i for i, n in enumerate(counts) if 0 < n < threshold}
    if hidden and exclusive:
        rest = sorted({counts[i] for i in range(len(counts)) if i not in hidden}, key=lambda n: (n == 0, n))
        while rest and not _is_safe([counts[i] for i in hidden], threshold):
            company = rest.pop(0)
            hidden |= {i for i, n in enumerate(counts) if n == company}
    return [None if i in hidden else n for i, n in enumerate(counts)]


def _is_safe(hidden: list[int], threshold: int) -> bool:
    return len(set(hidden)) > 1 and sum(hidden) >= threshold


def hides_base(base: int, counts: list[int], threshold: int, exclusive: bool) -> bool:
    """Must the base be hidden, too? When it is small, or gives away small values that are all the same."""
    all_equal = exclusive and len(set(counts)) == 1 and 0 < counts[0] < threshold
    return 0 < base < threshold or all_equal


def responses_by_channel() -> dict[str, int]:
    """Responses counted so far over all surveys, by channel; for the site's public statistics."""
    names = {f"c:{channel}": channel for channel in CHANNELS}
    rows = Tally.objects.filter(name__in=names).values_list("name").annotate(total=Sum("n"))
    counted = {names[name]: total for name, total in rows}
    return {channel: counted.get(channel, 0) for channel in CHANNELS}


def took_part(scopes: Sequence[int]) -> list[tuple[int, str, int]]:
    """(scope, channel, responses counted so far), for the agents who run these consultations."""
    scope_of = dict(Survey.objects.filter(scope__in=scopes).values_list("tool_id", "scope_id"))
    rows = Tally.objects.filter(tool__in=list(scope_of), name__in=[f"c:{channel}" for channel in CHANNELS], n__gt=0)
    return [(scope_of[tool], name[2:], n) for tool, name, n in rows.values_list("tool_id", "name", "n")]


def took_part_by_day(scopes: Sequence[int], since: date) -> Iterable[tuple[int, date, str, int]]:
    """(scope, day, channel, responses received), from `since` on; what is set aside is not among them."""
    rows = Response.objects.filter(survey__scope__in=scopes, set_aside=False, received_on__gte=since).order_by()
    return rows.values_list("survey__scope_id", "received_on", "channel").annotate(n=Count("pk"))
