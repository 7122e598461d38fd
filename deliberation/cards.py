"""What one visitor sees of a debate: the statement to vote on next, how far they are, and their receipt code."""

from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from participation import posts, receipts
from participation.identity import participant_key

from . import rules, voting
from .models import Debate
from .state import DebateState, Line, state_of

WORDS = {1: "agree", -1: "disagree", 0: "pass"}
VALUES = {word: value for value, word in WORDS.items()}
OURS = ("voted", "suite")  # what we add to an address for one reading


class Visitor(NamedTuple):
    """Who looks at a debate: the form token drawn for them, the code they hold, if any, and what they voted."""

    token: str
    code: str | None
    key: bytes
    votes: dict[int, int]

    @property
    def shown_code(self) -> str:
        return receipts.show_code(self.code) if self.code else ""


def visitor(request: HttpRequest, state: DebateState, *, token: str = "", code: str | None = None) -> Visitor:
    """The visitor behind `request`; `token` and `code` when a POST has just told them.

    A browser that refuses our cookie carries on by the ticket in the address, so that it stays one person.
    """
    code = code or posts.known_code(request, state.tag)
    if code is None and (carried := receipts.read_ticket(request.GET.get("suite", "")[:300])):
        token, code = carried, receipts.code_for(state.tag, state.salt, carried)
    if not receipts.is_valid_token(state.key, token):
        token = receipts.issue_token(state.key)
    key = participant_key(state.salt, code or receipts.code_for(state.tag, state.salt, token))
    return Visitor(token, code, key, voting.votes_of(state.id, key) if code else {})


class Card(NamedTuple):
    """The next statement, or none left; `last` is what was just voted on, with its word."""

    debate: Debate
    visitor: Visitor
    line: Line | None
    done: int
    total: int
    last: tuple[Line, str] | None
    open: bool
    back: str


def card(request: HttpRequest, debate: Debate, *, who: Visitor | None = None, just: str = "", back: str = "") -> Card:
    """What to show of `debate` to who asks; `just` is the statement they voted on a moment ago."""
    state = state_of(debate.key)
    who = who or visitor(request, state)
    ids = {line.id for line in state.lines}
    voted = {pk for pk in who.votes if pk in ids}
    last = state.by_ref.get(just or request.GET.get("voted", "")[:20])
    return Card(
        debate=debate,
        visitor=who,
        line=state.next_line(who.key, voted),
        done=len(voted),
        total=len(state.lines),
        last=(last, WORDS[who.votes[last.id]]) if last and last.id in who.votes else None,
        open=rules.may_vote(debate),
        back=back or request.path,
    )


def way_back(request: HttpRequest, debate_url: str, **added: str) -> str:
    """Where to go after a POST: the page of ours whose form it was, with `added` said in the address."""
    back = request.POST.get("back", "")[:500]
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        back = debate_url
    parts = urlsplit(back)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in OURS]
    query += [(name, value) for name, value in added.items() if value]
    return urlunsplit(("", "", parts.path, urlencode(query), parts.fragment))


def settled(request: HttpRequest) -> str | None:
    """Where to send on a visitor whose address still carries a ticket though their browser keeps the cookie.

    The ticket makes whoever opens the address the same person: it must not stay where it may be copied and passed on.
    """
    ticket = request.GET.get("suite", "")[:300]
    if not ticket or not any(name.startswith("code_") for name in request.COOKIES):
        return None
    query = request.GET.copy()
    del query["suite"]
    return f"{request.path}?{query.urlencode()}" if query else request.path


def context(shown: Card, **more: Any) -> dict[str, Any]:
    told = {"card": shown, "debate": shown.debate, "visitor": shown.visitor}
    return {**told, "results": rules.see_results(shown.debate), **more}
