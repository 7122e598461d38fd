"""What the pages of answers need beyond their context."""

from django import template

from .. import clarity, showing
from ..models import OfficialAnswer

register = template.Library()


@register.simple_tag
def clarity_token(answer: OfficialAnswer) -> str:
    return clarity.token_for(answer)


@register.simple_tag
def clarity_ratio(answer: OfficialAnswer) -> clarity.Ratio | None:
    """How many find an answer clear; the counts come with the answer, no query."""
    return clarity.ratio_of(getattr(answer, "found_clear", 0), getattr(answer, "said_something", 0))


@register.filter
def how_far(shown: showing.ShownCommitment) -> str:
    return showing.state_of(shown)
