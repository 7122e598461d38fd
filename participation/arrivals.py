"""Arrivals: the short-lived trace of when and from about where something was sent, by which bursts are found.

No address is kept: sixteen bits of a hash under a salt that lives one day, so that 65,536 networks look alike even to
who holds the salt. Rows go after KEPT_FOR, and at once with what they stand for.
"""

import hashlib
import ipaddress
import time
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.utils import timezone

from . import limits, receipts
from .identity import keyed_hash
from .models import Arrival, DailySalt
from .windows import database_now_sql

KEPT_FOR = timedelta(hours=48)
LONGEST = 32_767  # seconds from drawing a form to sending it; more is as good as this
FEW_ANSWERS = 3  # with fewer everybody looks alike


class Came(NamedTuple):
    """How a form came: about which network, and how many seconds after it was drawn."""

    network: int | None
    drawn: int


def came(request: HttpRequest, token: str) -> Came | None:
    """How the form carrying a valid `token` came; None for people vouched for, who are never suspected."""
    issued = receipts.issued_at(token)
    if issued is None:
        return None
    return Came(network_of(limits.client_address(request)), min(max(int(time.time()) - issued, 0), LONGEST))


def network_of(address: str) -> int | None:
    """Sixteen bits that stand today for the network of `address` (IPv6: its /64); None for what is no address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or ipaddress.IPv6Address(int(found) >> 64 << 64)
    salt = _salt(timezone.localdate())
    return int.from_bytes(hashlib.blake2b(found.packed, key=salt, digest_size=2).digest(), "big") if salt else None


_salts: dict[date, bytes] = {}


def _salt(day: date) -> bytes | None:
    """The salt of `day`, the same in all processes; read once a day by each. None while the database is away."""
    if day not in _salts:
        try:
            found, _created = DailySalt.objects.get_or_create(day=day)
        except DatabaseError:
            if connection.in_atomic_block:
                raise
            return None
        _salts.clear()
        _salts[day] = bytes(found.salt)
    return _salts[day]


def fingerprint(salt: bytes, answers: str, given: int) -> int | None:
    """Eight bytes that are the same for the same `answers`; None where too few are `given` to tell anything."""
    if given < FEW_ANSWERS:
        return None
    return int.from_bytes(keyed_hash("payload", salt, answers.encode())[:8], "big", signed=True)


_COLUMNS = "participation_arrival (tool_id, at, key, network, drawn, answers, payload)"

# PostgreSQL: the arrival of what the CTE {source} stores, in the same statement. Parameters: see `values`.
BESIDE = f"""INSERT INTO {_COLUMNS} SELECT %s, clock_timestamp(), %s::bytea, %s::int, %s::int, %s::int, %s::bigint
    FROM {{source}}"""  # noqa: S608 - no outside value is in the text


def values(tool_id: int, key: bytes, came: Came, answers: int = 1, payload: int | None = None) -> list[Any]:
    return [tool_id, key, came.network, came.drawn, answers, payload]


def note(tool_id: int, key: bytes, came: Came | None, answers: int = 1, payload: int | None = None) -> None:
    """Write the arrival of what was just stored under `key`, in the same transaction."""
    if came is None:
        return
    now = database_now_sql()
    if connection.vendor == "sqlite":
        now += " || '000'"  # moments are compared as text, and Django writes microseconds
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_COLUMNS} VALUES (%s, {now}, %s, %s, %s, %s, %s)",  # noqa: S608
            values(tool_id, key, came, answers, payload),
        )


def forget(tool_id: int, key: bytes) -> None:
    """What was sent under `key` is gone: so is its trace."""
    Arrival.objects.filter(tool_id=tool_id, key=key).delete()


def forget_old() -> int:
    """Periodic: delete old arrivals, and the salts of past days; how many arrivals went."""
    DailySalt.objects.filter(day__lt=timezone.localdate()).delete()
    return Arrival.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]
