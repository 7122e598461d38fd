"""The public figures as bytes ready to be sent: drawn once for everybody, kept for a moment."""

import hashlib
import json
import time
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import get_language

from .models import Survey
from .results import are_public, published

MAX_KEPT = 500


class Served(NamedTuple):
    """A body and its entity tag, quotes included."""

    body: bytes
    tag: str


_kept: dict[tuple[str, str | None], tuple[float, Served]] = {}


def as_json(key: str) -> Served | None:
    """resultats.json of the survey called `key`; None when the public may not see it or there is no such survey.

    Everybody who asks within settings.RESULTS_FRESH_FOR seconds gets the same bytes: however many ask, each process
    reads the figures a few times a second at the most.
    """
    place, now = (key, get_language()), time.monotonic()
    until, served = _kept.get(place, (0.0, None))
    if served and now < until:
        return served
    survey = Survey.objects.for_display().filter(key=key, live_version__isnull=False).first()
    if survey is None or not are_public(survey):
        _kept.pop(place, None)
        return None
    body = json.dumps(published(survey), ensure_ascii=False).encode()
    served = Served(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    if len(_kept) >= MAX_KEPT:
        _kept.clear()
    _kept[place] = (now + settings.RESULTS_FRESH_FOR, served)
    return served
