"""What a debate's votes say, read by anybody: the results page, a statement's own page, JSON and CSV."""

import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from counting.spreadsheets import write_csv
from participation import passes, posts, receipts
from participation.identity import participant_key

from .. import cards, drawing, findings, results, rules, summary, voting
from ..analysis import COUNTED
from ..models import Debate, Statement
from ..state import state_of
from .voting import private, to

MAX_KEPT = 500
PER_PAGE = 50
SORTS = {
    "votes": lambda entry: -entry["votes"],
    "agreement": lambda entry: -findings.share(entry, "agree"),
    "division": lambda entry: -_division(entry),
    "pass": lambda entry: -findings.share(entry, "pass"),
}


def _division(entry: dict[str, Any]) -> float:
    if entry["divisiveness"] is not None:
        return float(entry["divisiveness"])
    return min(findings.share(entry, "agree"), findings.share(entry, "disagree"))


def _find(key: str) -> Debate:
    """A debate whose figures anybody may see."""
    found = Debate.objects.for_display().filter(key=key).first()
    if found is None or not rules.see_results(found):
        raise Http404
    return found


class Here(NamedTuple):
    """Where a visitor stands: the letter of their group ("" for none yet), how sure (0 to 1), after how many votes."""

    letter: str
    sure: float
    votes: int
    needed: int
    point: tuple[float, float]


@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Everything the public may know of a debate's votes; to who voted, also where they stand."""
    found = _find(key)
    read = results.read(found)
    here = _here(request, found, read.body)
    sort = request.GET.get("sort", "votes")
    sort = sort if sort in SORTS else "votes"
    context = summary.context(found, read, summary.MANY, 2, here.point if here and here.letter else None)
    entries = sorted(read.figures["statements"], key=SORTS[sort])
    more = {"whole": True, "here": here, "sort": sort}
    more["page_of"] = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    response = render(request, "deliberation/results_page.html", context | more)
    if here:
        return private(response)
    patch_vary_headers(response, ["Cookie"])
    return response


def _here(request: HttpRequest, debate: Debate, body: dict[str, Any] | None) -> Here | None:
    tag, salt = debate.scope.tag, bytes(debate.scope.salt)
    voucher = passes.who(request, tag, debate.trust)
    token = receipts.issue_token(debate.key, voucher) if voucher else ""
    code = receipts.code_for(tag, salt, token) if voucher else posts.known_code(request, tag)
    if code is None or body is None or body["k"] < 2:
        return None
    votes = voting.votes_of(debate.pk, participant_key(salt, code))
    if not votes:
        return None
    from ..analysis.body import placeable  # numpy and scipy: only for who asks
    from ..opinion_groups import place

    found = placeable(body)
    x, y, group, sure = place(found, list(votes), list(votes.values()))
    letter = results.LETTERS[group] if group >= 0 else ""
    return Here(letter, sure, len(votes), found.parameters["votes_needed"], (x, y))


@require_safe
def statement(request: HttpRequest, key: str, ref: str) -> HttpResponse:
    """One statement: its votes by all, by group and over time, and the arguments under it."""
    if clean := passes.settled(request):
        return to(clean)
    found = Debate.objects.for_display().filter(key=key).first()
    if found is None or found.phase() == "unpublished":
        raise Http404
    shown = get_object_or_404(Statement, debate=found, ref=ref, status__in=COUNTED)
    public = rules.see_results(found)
    figures = results.published(found) if public else None
    days = results.by_day(found, ref) if public else []
    state = state_of(key)
    visitor = cards.visitor(request, state)
    may_vote = rules.may_vote(found)
    context = {
        "debate": found,
        "statement": shown,
        "line": shown,  # as the buttons call it
        "figures": figures,
        "entry": next((entry for entry in figures["statements"] if entry["id"] == ref), None) if figures else None,
        "days": days,
        "bands": drawing.over_time(days),
        "visitor": visitor,
        "mine": cards.WORDS.get(visitor.votes[shown.pk]) if shown.pk in visitor.votes else None,
        "gate": cards.gate(state, visitor, request.path) if may_vote else None,
        "votable": may_vote and visitor.proven and shown.status == Statement.Status.PUBLISHED,
        "back": request.path,
        "phase": found.phase(),
    }
    return private(render(request, "deliberation/statement.html", context))


class Served(NamedTuple):
    """A body and its entity tag, quotes included."""

    body: bytes
    tag: str


_kept: dict[tuple[str, str | None], tuple[float, Served]] = {}


def served(key: str) -> Served:
    """resultats.json, drawn once for everybody who asks within settings.RESULTS_FRESH_FOR seconds. Raises Http404."""
    place, now = (key, get_language()), time.monotonic()
    until, ready = _kept.get(place, (0.0, None))
    if ready and now < until:
        return ready
    _kept.pop(place, None)
    body = json.dumps(results.published(_find(key)), ensure_ascii=False).encode()
    ready = Served(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    if len(_kept) >= MAX_KEPT:
        _kept.clear()
    _kept[place] = (now + settings.RESULTS_FRESH_FOR, ready)
    return ready


@require_safe
def as_json(request: HttpRequest, key: str) -> HttpResponseBase:
    ready = served(key)
    response = HttpResponse(ready.body, content_type="application/json")
    response["Cache-Control"] = "no-cache"  # caches may keep it, and ask each time whether it still holds
    response["ETag"] = ready.tag
    return get_conditional_response(request, etag=ready.tag, response=response)


@require_safe
def as_csv(request: HttpRequest, key: str) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="debat-{key}.csv"'
    write_csv(response, csv_rows(results.published(_find(key))))
    return response


def csv_rows(figures: dict[str, Any]) -> Iterator[list[Any]]:
    """One row per statement; hidden figures are empty, never 0."""
    groups = [group["id"] for group in (figures["map"] or {}).get("groups") or []]
    names = ["id", "text", "status", "votes", *results.WORDS, *results.FROM_GROUPS]
    of_group = ["votes", *results.WORDS]
    yield [*names, *(f"group_{g}_{name}" for g in groups for name in of_group)]
    for entry in figures["statements"]:
        cells = [entry[name] for name in names]
        cells += [group[name] for group in entry["groups"] or [] for name in of_group]
        yield ["" if cell is None else cell for cell in cells] + [""] * (len(names) + 4 * len(groups) - len(cells))
