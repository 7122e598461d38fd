"""Seeing every statement with one's own votes, and proposing one."""

import logging

from django.core.paginator import Paginator
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from participation import limits, passes, posts, receipts, trust
from participation.identity import same

from .. import cards, rules
from ..models import Debate, Statement
from ..state import Line, state_of
from ..statements import Refused, person, propose
from ..wording import tidy
from .voting import closed, find, private, to

log = logging.getLogger(__name__)

PER_PAGE = 40
PROPOSALS = limits.Limit("propose", 40, 600)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def statements(request: HttpRequest, key: str) -> HttpResponse:
    """GET: every statement with the visitor's own votes. POST: propose one."""
    if request.method == "POST":
        return posts.refusal(request) or _propose(request, key)
    if clean := passes.settled(request):
        return to(clean)
    return _list(request, find(key))


SORTS = {"votes": lambda line: -line.votes, "new": lambda line: -line.id}


def _list(request: HttpRequest, found: Debate) -> HttpResponse:
    state = state_of(found.key)
    who = cards.visitor(request, state)
    may_vote = rules.may_vote(found)
    sort = request.GET.get("sort", "")
    lines: list[Line] = sorted(state.lines, key=SORTS[sort]) if sort in SORTS else list(state.lines)
    left = request.GET.get("left") == "1"
    if left:
        lines = [line for line in lines if line.id not in who.votes]
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(line, cards.WORDS.get(who.votes[line.id]) if line.id in who.votes else None) for line in page]
    context = {
        "debate": found,
        "visitor": who,
        "page_of": page,
        "rows": rows,
        "sort": sort if sort in SORTS else "",
        "left": left,
        "done": sum(1 for line in state.lines if line.id in who.votes),
        "total": len(state.lines),
        "open": may_vote and who.proven,
        "may_propose": rules.may_propose(found) and who.proven,
        "gate": cards.gate(state, who, request.path) if may_vote else None,
        "proposed": _proposed(request, found, who),
        "back": request.get_full_path(),
    }
    return private(render(request, "deliberation/statements.html", context))


def _proposed(request: HttpRequest, found: Debate, who: cards.Visitor) -> Statement | None:
    """The statement whose author has just come back from sending it, and only for them."""
    ref = request.GET.get("proposed", "")[:20]
    statement = Statement.objects.filter(debate=found, ref=ref).first() if ref.isalnum() else None
    mine = statement and who.code and statement.author_key and same(statement.author_key, who.key)
    return statement if mine else None


def _propose(request: HttpRequest, key: str) -> HttpResponse:
    found = find(key)
    if found.phase() != "open":
        return closed(request, key, found.phase())
    state, text = state_of(key), tidy(request.POST.get("text", "")[:2000])
    token = cards.lift(request, state)
    if limits.is_over(PROPOSALS, request):
        message = _("Too many sentences came from this connection. Wait ten minutes: yours is still below.")
        return _propose_again(request, found, text, message, 429)
    if not receipts.is_valid_token(key, token):
        return _propose_again(request, found, text, _("This page had to be renewed. Send your sentence again."))
    near = [state.lines[alike.place] for alike in state.index.near(text)]
    if near and "sure" not in request.POST and len(text) <= found.max_length:
        return _propose_again(request, found, text, near=near)
    sent_code = posts.trusted_code(request, state.tag)
    code, who = person(state, token, sent_code)
    try:
        statement = propose(found, text, who, trust.reached(receipts.voucher_of(token), found.trust))
    except trust.Unproven:
        message = _("Your sentence is not sent yet: it is kept below. First do what is asked, then send it again.")
        return _propose_again(request, found, text, message, 403)
    except Refused as refused:
        return _propose_again(request, found, text, refused.message)
    except DatabaseError as error:
        log.error("statement not stored: %s", type(error).__name__)
        return _propose_again(request, found, text, _("Your sentence is not saved: send it again."), 503)
    carried = cards.carried(request, state, token, sent_code)
    url = cards.way_back(request, reverse("deliberation:statements", args=[key]), proposed=statement.ref, **carried)
    response = to(url)
    passes.remember_code(request, response, state.tag, token, code)
    return response


def _propose_again(
    request: HttpRequest, found: Debate, text: str, error: str = "", status: int = 422, near: list[Line] | None = None
) -> HttpResponse:
    """What was typed, with what stands against it: an error, or statements that say nearly the same."""
    state = state_of(found.key)
    code = posts.trusted_code(request, state.tag)
    who = cards.visitor(request, state, token=cards.lift(request, state), code=code)
    rows = [(line, cards.WORDS.get(who.votes[line.id]) if line.id in who.votes else None) for line in near or []]
    back = reverse("deliberation:statements", args=[found.key])
    context = {
        "debate": found,
        "visitor": who,
        "text": text,
        "error": error,
        "rows": rows,
        "back": back,
        "may_propose": rules.may_propose(found),
        "open": rules.may_vote(found) and who.proven,
        "gate": cards.gate(state, who, back),
    }
    return private(render(request, "deliberation/propose.html", context, status=status))
