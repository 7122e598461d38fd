"""What stands around the questions on paper and is not the survey's own: the authority, and what its page promises.

The rooms above register how to find them; where nobody does, sheets and posters go without.
"""

from base64 import b32encode
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from participation.identity import keyed_hash

from ..models import Survey


class Authority(NamedTuple):
    """Who asks. `heading` can be read on white, `ink` on `brand`."""

    name: str = ""
    initial: str = ""
    brand: str = "#000000"
    ink: str = "#ffffff"
    heading: str = "#000000"
    contact: str = ""


class Promise(NamedTuple):
    """What the page of a survey says: what is decided, what can change, when the answer comes, where paper is."""

    title: str
    url: str
    summary: str
    decision: str
    can_change: str
    fixed: str
    decided_by: str
    answer_due: date | None
    elsewhere: str


authorities: list[Callable[[HttpRequest], Authority]] = []
promises: list[Callable[[int], Promise | None]] = []  # by the id of a scope


def authority(request: HttpRequest) -> Authority:
    return next((found(request) for found in authorities), Authority())


def promise(survey: Survey) -> Promise | None:
    """What the page on which `survey` stands promises."""
    return next((said for find in promises if (said := find(survey.scope_id))), None)


def short_name(survey: Survey) -> str:
    """What a survey is called in its short address: its number, and four characters that nobody guesses from it, so
    that going through the numbers finds no survey.
    """
    digest = keyed_hash("short address", survey.key.encode())
    return f"{survey.pk}-{b32encode(digest)[:4].decode().lower()}"


def short_address(survey: Survey) -> str:
    """Where to answer, short enough to be typed from a poster."""
    return settings.BASE_URL.rstrip("/") + reverse("surveys:short", args=[short_name(survey)])


def as_typed(address: str) -> str:
    """An address, or a path of this site, as people type it."""
    whole = address if "://" in address else settings.BASE_URL.rstrip("/") + address
    return whole.partition("://")[2].rstrip("/")
