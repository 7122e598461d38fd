"""Who takes part, without knowing who: keyed hashes that mean nothing outside one consultation."""

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import constant_time_compare

KEY_BYTES = 32


@lru_cache(maxsize=4)
def _secret(configured: str, fallback: str) -> bytes:
    return hashlib.sha256(b"palabre.participation:" + (configured or fallback).encode()).digest()


def keyed_hash(purpose: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 (32 bytes) of length-prefixed `parts` under the site's participation secret, bound to `purpose`."""
    mac = hmac.new(_secret(settings.PARTICIPATION_SECRET, settings.SECRET_KEY), purpose.encode(), hashlib.sha256)
    for part in parts:
        mac.update(len(part).to_bytes(4, "big"))
        mac.update(part)
    return mac.digest()


def participant_key(salt: bytes, code: str) -> bytes:
    """The only trace of a person that is stored: 32 bytes, the same for one code within one scope's `salt`."""
    return keyed_hash("participant", bytes(salt), code.encode())


def submission_key(salt: bytes, token: str) -> bytes:
    """Tells a form load that is sent again from a new one: 32 bytes per form token within one scope's `salt`."""
    return keyed_hash("submission", bytes(salt), token.encode())


def same(a: bytes, b: bytes) -> bool:
    return constant_time_compare(bytes(a), bytes(b))
