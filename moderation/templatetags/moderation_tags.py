"""The default charter and the newest figures, inside any template."""

from django import template

from .. import figures
from ..models import Charter

register = template.Library()


@register.simple_tag
def default_charter() -> Charter | None:
    return Charter.default()


@register.simple_tag
def figures_sentence() -> str:
    """The newest month of moderation in one sentence; empty before there is any."""
    return figures.sentence()
