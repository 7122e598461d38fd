"""A scope: the consultation inside which one person's contributions may be crossed, and never beyond."""

import secrets
from typing import Any

from django.db import IntegrityError, models, transaction

# Crockford's base 32: no I, L, O or U, so that a code copied by hand is read back as it was written.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TAG_LENGTH = 4


def new_tag() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(TAG_LENGTH))


def new_salt() -> bytes:
    return secrets.token_bytes(32)


class ScopeManager(models.Manager["Scope"]):
    def create(self, **fields: Any) -> "Scope":
        """A new scope; tags are short, so one already taken is drawn again."""
        for _attempt in range(20):
            try:
                with transaction.atomic():
                    return super().create(**fields)
            except IntegrityError:
                if "tag" in fields:
                    raise
        raise RuntimeError("no free scope tag left")


class Scope(models.Model):
    """One consultation as participation sees it: the salt of its keys, and when it is open.

    The window is half-open, [opens_at, closes_at); an empty end means no limit on that side.
    """

    tag = models.CharField(max_length=TAG_LENGTH, unique=True, default=new_tag, editable=False)
    salt = models.BinaryField(default=new_salt, editable=False)
    live = models.BooleanField(default=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)

    objects = ScopeManager()

    def __str__(self) -> str:
        return self.tag
