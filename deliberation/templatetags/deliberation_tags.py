"""Drawing a debate inside any template: the card to vote with, and the arguments."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.safestring import SafeString

from .. import arguments, cards, rules
from ..models import Debate, Statement
from ..publishing import seeds_of
from ..state import state_of

register = template.Library()


@register.inclusion_tag("deliberation/block.html", takes_context=True)
def debate_card(context: dict[str, Any], debate: Debate) -> dict[str, Any]:
    """The debate as a part of a page: its question, the next statement, the ways on."""
    request: HttpRequest = context["request"]
    return cards.context(cards.card(request, debate), phase=debate.phase(), request=request)


@register.inclusion_tag("deliberation/draft.html")
def debate_draft(debate: Debate) -> dict[str, Any]:
    """What publishing this draft would show, with nothing that can be sent."""
    return {"debate": debate, "texts": [text for _id, text in seeds_of(debate)]}


@register.inclusion_tag("deliberation/arguments.html", takes_context=True)
def arguments_on(context: dict[str, Any], debate: Debate, statement: Statement | None = None) -> dict[str, Any]:
    """The arguments under a statement, or on the debate's question when there is none, with the form to add one."""
    return argument_context(context["request"], debate, statement, context.get("typed"), context.get("error", ""))


def argument_context(
    request: HttpRequest, debate: Debate, statement: Statement | None, typed: Any = None, error: str = ""
) -> dict[str, Any]:
    who = context_visitor(request, debate)
    may_argue = rules.may_argue(debate, statement)
    page = request.GET.get("page", "1")
    found = arguments.listing(debate, statement, int(page) if page.isdigit() and len(page) < 9 else 1, who.key)
    return {
        "debate": debate,
        "statement": statement,
        "visitor": who,
        "listing": found,
        "sides": [(side, found.sides[side], found.totals[side]) for side in found.sides],
        # What somebody typed before they had to prove themselves is shown again for them to send.
        "may_argue": may_argue and (who.proven or bool(typed)),
        "gate": cards.gate(state_of(debate.key), who, request.path) if may_argue else None,
        "typed": typed or {},
        "error": error,
        "longest": arguments.LONGEST_ARGUMENT,
        "sent": request.GET.get("sent") == "1",
        "back": request.path,
    }


def context_visitor(request: HttpRequest, debate: Debate) -> cards.Visitor:
    return cards.visitor(request, state_of(debate.key))


@register.filter
def vote_word(word: str | None) -> str | SafeString:
    """The visitor's vote in words."""
    from django.utils.translation import gettext as _

    return {"agree": _("agree"), "disagree": _("disagree"), "pass": _("pass")}.get(word or "", "")
