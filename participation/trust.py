"""The ladder of trust: what people prove before they take part, from nothing to an identity."""

import base64
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from .identity import keyed_hash

if TYPE_CHECKING:
    from .receipts import Voucher


class Level(models.TextChoices):
    """The rungs, from the lowest; who stands on one may do all that a lower one allows."""

    OPEN = "open", _("Open")
    BROWSER = "browser", _("One per browser")
    EMAIL = "email", _("Code received by e-mail")
    LETTER = "letter", _("Code received by letter")
    IDENTITY = "identity", _("Verified identity")


LADDER: tuple[str, ...] = tuple(Level.values)
OPEN, BROWSER, EMAIL, LETTER, IDENTITY = LADDER


class Unproven(Exception):
    """What was sent is not stored: it needs a proof that its sender did not give."""


def suffices(reached: str, demanded: str) -> bool:
    """May somebody who proved `reached` do what asks for `demanded`?"""
    return LADDER.index(reached) >= LADDER.index(demanded)


def asks_proof(demanded: str) -> bool:
    """Must people prove something about themselves? Below that a browser is all we see."""
    return not suffices(BROWSER, demanded)


def reached(voucher: "Voucher | None", demanded: str) -> str:
    """The rung of who sends a form vouched for by `voucher`, or a passer-by's, to what asks for `demanded`."""
    if voucher:
        return voucher.level
    return BROWSER if demanded == BROWSER else OPEN


def allowed_by(level: str) -> str:
    """Every rung that `level` satisfies, as one value for `allows_sql`."""
    return " ".join(LADDER[: LADDER.index(level) + 1])


def allows_sql(table: str) -> str:
    """SQL that is true when the rung that `table` asks for is among those of its one parameter (see `allowed_by`).

    The database judges, as it does for dates: what a process remembers of a survey may be a moment old.
    """
    position = "strpos" if connection.vendor == "postgresql" else "instr"
    return f"{position}(%s, {table}.trust) > 0"


def subject(scope_salt: bytes, level: str, proof: str) -> str:
    """Who gave `proof`, in one scope: 22 characters, always the same for the same proof, and nothing anywhere else."""
    digest = keyed_hash("subject", bytes(scope_salt), level.encode(), proof.encode())
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def has_provider() -> bool:
    """Is there somebody who verifies identities for us?"""
    return bool(settings.OIDC_CITIZEN_ISSUER and settings.OIDC_CITIZEN_CLIENT_ID)


def offer(field: Any, current: str | None) -> None:
    """Take from a form's `field` the rungs that this site cannot check, unless it is the one chosen before; a form that
    says nothing of it changes nothing.
    """
    field.required, field.empty_value = False, current or OPEN
    if not has_provider() and current != IDENTITY:
        field.choices = [choice for choice in field.choices if choice[0] != IDENTITY]
