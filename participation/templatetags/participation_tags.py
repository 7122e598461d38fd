"""What the pages of proofs need beyond their context."""

from django import template
from django.conf import settings
from django.utils.http import urlencode

register = template.Library()


@register.simple_tag
def back_query(back: str) -> str:
    """ "?back=…", so that another way of proving oneself leads back to the same page."""
    return f"?{urlencode({'back': back})}" if back else ""


@register.simple_tag
def provider_name() -> str:
    """What people call the provider of identities."""
    return settings.OIDC_CITIZEN_NAME
