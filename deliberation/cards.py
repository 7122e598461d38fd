"""What one visitor sees of a debate: the statement to vote on next, how far they are, and their receipt code."""

from typing import Any, NamedTuple

from django.http import HttpRequest

from participation import passes, posts, receipts, trust
from participation.identity import participant_key

from . import rules, voting
from .models import Debate
from .state import DebateState, Line, state_of

WORDS = {1: "agree", -1: "disagree", 0: "pass"}
VALUES = {word: value for value, word in WORDS.items()}
OURS = ("voted", *passes.CARRIED)  # what we add to an address for one reading


class Visitor(NamedTuple):
    """Who looks at a debate: the form token drawn for them, the code they hold, if any, and what they voted; what they
    proved, and whether that is enough to take part.
    """

    token: str
    code: str | None
    key: bytes
    votes: dict[int, int]
    level: str
    proven: bool

    @property
    def vouched(self) -> str:
        """The proof that this visitor gave, if any."""
        return self.level if trust.asks_proof(self.level) else ""

    @property
    def shown_code(self) -> str:
        return receipts.show_code(self.code) if self.code else ""


def visitor(request: HttpRequest, state: DebateState, *, token: str = "", code: str | None = None) -> Visitor:
    """The visitor behind `request`; `token` and `code` when a POST has just told them.

    A browser that refuses our cookie carries on by the ticket in the address, so that it stays one person. Who proved
    themselves is known by their proof alone.
    """
    voucher = receipts.voucher_of(token) if receipts.is_valid_token(state.key, token) else None
    if voucher is None and not code:
        voucher = passes.who(request, state.tag, state.trust)
    if voucher:
        token = receipts.issue_token(state.key, voucher)
        code = receipts.code_for(state.tag, state.salt, token)
    code = code or posts.known_code(request, state.tag)
    if code is None and (carried := receipts.read_ticket(request.GET.get("suite", "")[:300])):
        token, code = carried, receipts.code_for(state.tag, state.salt, carried)
    if not receipts.is_valid_token(state.key, token):
        token = receipts.issue_token(state.key)
    key = participant_key(state.salt, code or receipts.code_for(state.tag, state.salt, token))
    level = trust.reached(voucher, state.trust)
    votes = voting.votes_of(state.id, key) if code else {}
    return Visitor(token, code, key, votes, level, trust.suffices(level, state.trust))


def gate(state: DebateState, who: Visitor, back: str) -> passes.Gate | None:
    """What `who` has to prove before they take part; None for who may."""
    return None if who.proven else passes.gate(state.key, state.tag, state.trust, back)


def carried(request: HttpRequest, state: DebateState, token: str, sent_code: str | None) -> dict[str, str]:
    """What the address after a POST carries, so that a browser which may be refusing cookies stays one person."""
    if receipts.voucher_of(token):
        kept = passes.kept(request, state.tag) is not None
        return {} if kept else {passes.IN_ADDRESS: passes.ticket(state.tag, token, "address")}
    return {} if sent_code else {"suite": receipts.issue_ticket(token)}


def lift(request: HttpRequest, state: DebateState) -> str:
    """The form token of a POST, as `passes.lift` has it; what is no valid token comes back as it is."""
    token = request.POST.get("token", "")
    if not receipts.is_valid_token(state.key, token):
        return token
    return passes.lift(request, state.key, state.tag, token, state.trust)


class Card(NamedTuple):
    """The next statement, or none left; `last`: what was just voted on, with its word; `gate`: what must come first."""

    debate: Debate
    visitor: Visitor
    line: Line | None
    done: int
    total: int
    last: tuple[Line, str] | None
    open: bool
    back: str
    gate: passes.Gate | None


def card(request: HttpRequest, debate: Debate, *, who: Visitor | None = None, just: str = "", back: str = "") -> Card:
    """What to show of `debate` to who asks; `just` is the statement they voted on a moment ago."""
    state = state_of(debate.key)
    who = who or visitor(request, state)
    ids = {line.id for line in state.lines}
    voted = {pk for pk in who.votes if pk in ids}
    back, may_vote = back or request.path, rules.may_vote(debate)
    last = state.by_ref.get(just or request.GET.get("voted", "")[:20])
    return Card(
        debate=debate,
        visitor=who,
        line=state.next_line(who.key, voted),
        done=len(voted),
        total=len(state.lines),
        last=(last, WORDS[who.votes[last.id]]) if last and last.id in who.votes else None,
        open=may_vote,
        back=back,
        gate=gate(state, who, f"{back}#debat-{state.key}") if may_vote else None,
    )


def way_back(request: HttpRequest, debate_url: str, **added: str) -> str:
    """Where to go after a POST: the page of ours whose form it was, with `added` said in the address."""
    return posts.way_back(request.POST.get("back", ""), debate_url, OURS, **added)


def context(shown: Card, **more: Any) -> dict[str, Any]:
    told = {"card": shown, "debate": shown.debate, "visitor": shown.visitor, "gate": shown.gate}
    return {**told, "results": rules.see_results(shown.debate), **more}
