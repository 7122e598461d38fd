"""Addresses found by a service elsewhere, asked by this server and never by the visitor's browser.

Whatever the service does, nobody waits longer than two seconds, nothing fails, and what was asked is written nowhere.
"""

import hashlib
import json
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, NamedTuple

import requests
from django.conf import settings
from django.core.cache import cache

from . import geojson, location

Box = Sequence[float]  # west, south, east, north

PATIENCE = 2.0  # seconds, all told
MAX_BYTES = 200_000
HITS = 5
SURE = 0.5  # the score from which the first hit is taken for what was meant
KEPT_FOR = 86_400
FAILURES, REST = 3, 30.0  # failures in a row after which the service is left alone, and for how many seconds
PER_SECOND = 10  # requests of one process: the service allows 50 to all of a server's


class Hit(NamedTuple):
    label: str
    point: tuple[float, float]
    score: float


_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="geocoder")
_lock = Lock()
_failures, _rests_until = 0, 0.0
_recent: deque[float] = deque(maxlen=PER_SECOND)


def is_on() -> bool:
    return bool(settings.GEOCODER_URL)


def geocode(address: str, ask: location.Ask) -> tuple[tuple[float, float], str] | None:
    """The point of an address and how it is written; None where nobody is sure or the service is away."""
    hits = search(address, ask["bbox"])
    return (hits[0].point, hits[0].label) if hits and hits[0].score >= SURE else None


def search(address: str, box: Box | None = None) -> list[Hit]:
    """What `address` may mean, inside `box`, the likeliest first; nothing when the service is away."""
    words = " ".join(address.split())[: location.ADDRESS]
    if not is_on() or len(words) < 3:
        return []
    asked = json.dumps([settings.GEOCODER_URL, words.lower(), [round(x, 3) for x in box or ()]])
    key = "geocoder:" + hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()
    found = cache.get(key)
    if found is None:
        found = _ask(words, box)
        if found is None:
            return []
        cache.set(key, found, KEPT_FOR)
    return [Hit(label, (point[0], point[1]), score) for label, point, score in found if _is_in(point, box)]


def forget() -> None:
    """Start again with a service that is well (tests)."""
    global _failures, _rests_until
    _failures, _rests_until = 0, 0.0
    _recent.clear()


def _ask(words: str, box: Box | None) -> list[list[Any]] | None:
    """What the service answers; None when it could not be asked or failed."""
    if not _may_ask():
        return None
    parameters: dict[str, Any] = {"q": words, "limit": HITS, "autocomplete": 0, "index": "address"}
    if box:
        parameters |= {"lon": round((box[0] + box[2]) / 2, 4), "lat": round((box[1] + box[3]) / 2, 4)}
    try:
        found = _pool.submit(_fetch, parameters).result(timeout=PATIENCE)
    except Exception:  # noqa: BLE001, S110 - whatever is wrong over there: time, address, format
        _failed(REST)
        return None
    if isinstance(found, float):
        _failed(found, at_once=True)
        return None
    with _lock:
        globals()["_failures"] = 0
    return found


def _may_ask() -> bool:
    now = time.monotonic()
    with _lock:
        if now < _rests_until or (len(_recent) == PER_SECOND and now - _recent[0] < 1):
            return False
        _recent.append(now)
    return True


def _failed(seconds: float, at_once: bool = False) -> None:
    global _failures, _rests_until
    with _lock:
        _failures += 1
        if at_once or _failures >= FAILURES:
            _failures, _rests_until = 0, time.monotonic() + seconds


def _fetch(parameters: dict[str, Any]) -> list[list[Any]] | float:
    """The hits, or for how many seconds the service wants to be left alone. Asks the address of the setting alone."""
    end = time.monotonic() + PATIENCE
    with requests.get(
        settings.GEOCODER_URL, params=parameters, timeout=(1, 1), stream=True, allow_redirects=False
    ) as response:
        if response.status_code == 429:
            wait = response.headers.get("retry-after", "")
            return float(min(max(int(wait), 1), 60)) if wait.isascii() and wait.isdigit() else REST
        if response.status_code != 200:
            raise ValueError
        content = b""
        while chunk := response.raw.read1(16_384, decode_content=True):
            content += chunk
            if len(content) > MAX_BYTES or time.monotonic() > end:
                raise ValueError
    return _hits(json.loads(content))


def _hits(answer: Any) -> list[list[Any]]:
    """The usable hits of a GeoJSON answer; raises where it is none."""
    hits = []
    for feature in answer["features"][:HITS]:
        try:
            lon, lat = feature["geometry"]["coordinates"][:2]
            point = geojson.point(float(lon), float(lat))
            label, score = feature["properties"]["label"], float(feature["properties"].get("score", 1))
        except (KeyError, TypeError, ValueError):
            continue
        if isinstance(label, str) and label.strip():
            hits.append([" ".join(label.split())[: location.ADDRESS], list(point), score])
    return hits


def _is_in(point: Sequence[float], box: Box | None) -> bool:
    return not box or (box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3])
