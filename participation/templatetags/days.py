"""Days as people write them: « 1er mai », « 2 mai 2026 »."""

from datetime import date

from django import template
from django.template.defaultfilters import date as in_local_time
from django.utils.translation import get_language

register = template.Library()


@register.filter
def short_day(value: date | None) -> str:
    """Day and month."""
    return _day(value, "j F")


@register.filter
def long_day(value: date | None) -> str:
    """Day, month and year."""
    return _day(value, "j F Y")


def _day(value: date | None, form: str) -> str:
    if value is None:
        return ""
    text = in_local_time(value, form)
    if text.startswith("1 ") and (get_language() or "").startswith("fr"):
        return f"1er{text[1:]}"
    return text
