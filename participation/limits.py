"""How often one address may ask, without writing any address down: honest crowds pass, floods do not.

Each web process counts for itself, in memory: no messenger to wait for, nothing to leak, nothing kept after a restart.
With N processes an address may therefore do up to N times `count`.
"""

import hashlib
import secrets
import threading
import time
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest

_SALT = secrets.token_bytes(16)  # drawn at start and never stored: a key cannot be traced back to an address
_MAX_KEYS = 50_000


class Limit(NamedTuple):
    """At most `times` acts of one kind per address in each window of `seconds`."""

    name: str
    times: int
    seconds: int


def client_address(request: HttpRequest) -> str:
    """The visitor's address as our own proxies saw it; what the client itself claims is never believed."""
    trusted = settings.TRUSTED_PROXIES
    if trusted:
        hops = [h.strip() for h in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if h.strip()]
        if len(hops) >= trusted:
            return hops[-trusted]
    return request.META.get("REMOTE_ADDR", "")


_lock = threading.Lock()
_counts: dict[tuple[str, int, bytes], int] = {}


def is_over(limit: Limit, request: HttpRequest) -> bool:
    """Count one act of this visitor's address; True when that is more than `limit` allows."""
    return is_over_for(limit, client_address(request))


def is_over_for(limit: Limit, whom: str) -> bool:
    """Count one act of, or towards, `whom`; True when that is more than `limit` allows."""
    if limit.times <= 0:
        return False
    key = _key(limit, whom)
    with _lock:
        if len(_counts) >= _MAX_KEYS:
            _forget_past_windows(limit, key[1])
        _counts[key] = count = _counts.get(key, 0) + 1
    return count > limit.times


def is_spent(limit: Limit, request: HttpRequest) -> bool:
    """Has this visitor's address done all that `limit` allows? Counts nothing: where only what fails is counted."""
    return 0 < limit.times <= _counts.get(_key(limit, client_address(request)), 0)


def _key(limit: Limit, whom: str) -> tuple[str, int, bytes]:
    window = int(time.monotonic() // limit.seconds)
    return limit.name, window, hashlib.blake2b(whom.encode(), key=_SALT, digest_size=12).digest()


def _forget_past_windows(limit: Limit, window: int) -> None:
    for key in [k for k in _counts if k[0] != limit.name or k[1] < window]:
        del _counts[key]
    if len(_counts) >= _MAX_KEYS:  # a flood from more addresses than we care to remember: start again
        _counts.clear()


def forget_all() -> None:
    """Start counting from nothing (tests)."""
    with _lock:
        _counts.clear()
