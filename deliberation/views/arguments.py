"""Arguments for and against: reading, writing, replying, supporting."""

import logging
from uuid import UUID

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from participation import limits, passes, posts, receipts, trust

from .. import arguments, cards, rules
from ..models import Argument, Debate, Statement
from ..state import state_of
from ..statements import Refused, person
from .voting import closed, find, private, to

log = logging.getLogger(__name__)

ARGUMENTS = limits.Limit("argue", 60, 600)


@csrf_exempt  # no session to ride on and no cookie to set: `posts.refusal` and the form's own token stand guard
@require_http_methods(["GET", "HEAD", "POST"])
def on_question(request: HttpRequest, key: str) -> HttpResponse:
    """The arguments on the debate's own question."""
    found = find(key)
    if request.method == "POST":
        return posts.refusal(request) or _add(request, found, None)
    if not found.free_arguments:
        raise Http404
    return _page(request, found, None)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def under_statement(request: HttpRequest, key: str, ref: str) -> HttpResponse:
    """The arguments under one statement."""
    found = find(key)
    statement = get_object_or_404(
        Statement, debate=found, ref=ref, status__in=[Statement.Status.PUBLISHED, Statement.Status.CLOSED]
    )
    if request.method == "POST":
        return posts.refusal(request) or _add(request, found, statement)
    return _page(request, found, statement)


def _page(
    request: HttpRequest, found: Debate, statement: Statement | None, error: str = "", status: int = 200
) -> HttpResponse:
    if clean := passes.settled(request):
        return to(clean)
    typed = {name: request.POST.get(name, "")[:2000] for name in ("text", "side", "parent")} if error else {}
    context = {"debate": found, "statement": statement, "typed": typed, "error": error}
    response = render(request, "deliberation/argue.html", context, status=status)
    if status in (429, 503):
        response["Retry-After"] = "60"
    return private(response)


def _add(request: HttpRequest, found: Debate, statement: Statement | None) -> HttpResponse:
    if found.phase() != "open":
        return closed(request, found.key, found.phase())
    state = state_of(found.key)
    token = cards.lift(request, state)
    if limits.is_over(ARGUMENTS, request):
        message = _("Too many texts came from this connection. Wait ten minutes: yours is still below.")
        return _page(request, found, statement, message, 429)
    if not receipts.is_valid_token(found.key, token):
        return _page(request, found, statement, _("This page had to be renewed. Send your argument again."), 422)
    sent_code = posts.trusted_code(request, state.tag)
    code, who = person(state, token, sent_code)
    try:
        parent = _parent(request, found, statement)
        text, side = request.POST.get("text", "")[:5000], request.POST.get("side", "")
        level = trust.reached(receipts.voucher_of(token), found.trust)
        arguments.add(found, statement, parent.side if parent else side, text, who, parent, level)
    except trust.Unproven:
        message = _("Your argument is not sent yet: it is kept below. First do what is asked, then send it again.")
        return _page(request, found, statement, message, 403)
    except Refused as refused:
        return _page(request, found, statement, refused.message, 422)
    except DatabaseError as error:
        log.error("argument not stored: %s", type(error).__name__)
        return _page(request, found, statement, _("Your argument is not saved: send it again."), 503)
    carried = cards.carried(request, state, token, sent_code)
    response = to(cards.way_back(request, found.get_absolute_url(), sent="1", **carried) + "#arguments")
    passes.remember_code(request, response, state.tag, token, code)
    return response


def _parent(request: HttpRequest, found: Debate, statement: Statement | None) -> Argument | None:
    """The argument that is replied to. Raises Refused when it is not (any more) shown here."""
    typed = request.POST.get("parent", "")
    if not typed:
        return None
    try:
        shown = Argument.objects.select_related("parent").filter(
            pk=UUID(typed), debate=found, statement=statement, status=Argument.Status.PUBLISHED
        )
        if parent := shown.first():
            return parent
    except ValueError:
        pass
    raise Refused(_("The argument you reply to is no longer here."))


@csrf_exempt
def support(request: HttpRequest, key: str, argument_id: UUID) -> HttpResponse:
    """Find an argument a good one, or no longer."""
    if request.method != "POST":
        return posts.other_method(request, reverse("deliberation:debate", args=[key]))
    if refusal := posts.refusal(request):
        return refusal
    found = find(key)
    argument = get_object_or_404(
        Argument.objects.select_related("statement", "debate"),
        pk=argument_id,
        debate=found,
        status=Argument.Status.PUBLISHED,
    )
    if not rules.may_argue(found, argument.statement):
        return closed(request, key, found.phase())
    state = state_of(key)
    token = cards.lift(request, state)
    if limits.is_over(limits.Limit("support", 600, 600), request):
        message = _("Too many clicks came from this connection. Wait ten minutes.")
        return _page(request, found, argument.statement, message, 429)
    if not receipts.is_valid_token(key, token):
        return _page(request, found, argument.statement, _("This page had to be renewed. Try again."), 422)
    sent_code = posts.trusted_code(request, state.tag)
    code, who = person(state, token, sent_code)
    try:
        if request.POST.get("support") == "0":
            arguments.take_support_back(argument, who)
        else:
            arguments.support(argument, who, trust.reached(receipts.voucher_of(token), found.trust))
    except trust.Unproven:
        return _page(request, found, argument.statement, _("Not saved: first do what is asked, then try again."), 403)
    carried = cards.carried(request, state, token, sent_code)
    response = to(cards.way_back(request, found.get_absolute_url(), **carried) + f"#a-{argument.pk}")
    passes.remember_code(request, response, state.tag, token, code)
    return response
