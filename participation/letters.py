"""Letter codes: one for each person, made in bulk, shown once, kept as keyed hashes.

A code says who may take part, not who they are: the same code again is the same person, who may come back and correct.
"""

import secrets
import unicodedata
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction

from . import trust
from .identity import keyed_hash
from .models import ALPHABET, AccessBatch, AccessCode, Scope
from .receipts import Voucher

LENGTH = 12  # characters of 5 bits: 60 bits, and 50,000 of them in use leave a guess one chance in 2 × 10^13
MOST = 50_000
_AT_ONCE = 500


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def show(code: str) -> str:
    """The code in groups of four, as printed."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def read(typed: str) -> str | None:
    """The code somebody typed, forgiving case, spaces, dashes and the letters Crockford leaves out; None if not one."""
    text = unicodedata.normalize("NFKC", typed[:100]).upper()
    text = "".join(c for c in text if c.isalnum()).replace("O", "0").replace("I", "1").replace("L", "1")
    return text if len(text) == LENGTH and all(c in ALPHABET for c in text) else None


def hash_of(scope: Scope, code: str) -> bytes:
    return keyed_hash("letter", bytes(scope.salt), code.encode())


def make(batch_id: UUID, scope: Scope, title: str, size: int, user: Any) -> Iterator[list[str]]:
    """Make `size` codes, a few hundred at a time, each stored as a hash before it is handed out and then forgotten.

    Whatever breaks off, what was handed out works, and `size` of the batch says how many there are. Raises ValueError
    at once when this batch was made before: its codes cannot be shown a second time.
    """
    batch, is_new = AccessBatch.objects.get_or_create(
        id=batch_id, defaults={"scope": scope, "title": title, "created_by": user}
    )
    if not is_new:
        raise ValueError("this batch was made before")
    return _make(batch, scope, size)


def _make(batch: AccessBatch, scope: Scope, size: int) -> Iterator[list[str]]:
    left = size
    while left:
        codes = [new_code() for _ in range(min(left, _AT_ONCE))]
        with transaction.atomic():
            AccessCode.objects.bulk_create(
                [AccessCode(batch=batch, scope=scope, hash=hash_of(scope, c)) for c in codes]
            )
            batch.size += len(codes)
            batch.save(update_fields=["size"])
        left -= len(codes)
        yield codes


def prove(scope: Scope, typed: str) -> Voucher | None:
    """Who holds the letter with this code in this consultation; None for any other text."""
    code = read(typed)
    if code is None:
        return None
    found = AccessCode.objects.filter(scope=scope, hash=hash_of(scope, code), revoked=False).first()
    if found is None:
        return None
    if not found.used:
        AccessCode.objects.filter(pk=found.pk).update(used=True)
    return Voucher("letter", trust.subject(scope.salt, "letter", code))


def revoke(batch: AccessBatch) -> int:
    """No code of `batch` proves anything from now on; how many these were. What was sent with them stays and counts."""
    return batch.codes.filter(revoked=False).update(revoked=True)
