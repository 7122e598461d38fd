"""What the pages of proofs need beyond their context."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from .. import receipts

register = template.Library()


@register.simple_tag
def back_query(back: str) -> str:
    """ "?back=…", so that another way of proving oneself leads back to the same page."""
    return f"?{urlencode({'back': back})}" if back else ""


@register.simple_tag
def provider_name() -> str:
    """What people call the provider of identities."""
    return settings.OIDC_CITIZEN_NAME


@register.inclusion_tag("participation/outcomes.html")
def became_of(scope_id: int, kind: str, object_id: object) -> dict[str, Any]:
    """What became of one text that everybody reads: the answers to its themes."""
    found = receipts.what_became_of(scope_id, [(kind, str(object_id))])
    return {"outcomes": found, "outcomes_title": _("What the authority answers")}
