"""Passes: what a browser keeps, or carries in the address for an hour, so that its owner proves themselves once."""

from typing import NamedTuple

from django.core import signing
from django.http import HttpRequest, HttpResponse

from . import origin, posts, receipts, trust
from .models import TAG_LENGTH
from .receipts import LEVELS, TICKET_SECONDS, Voucher

KEPT_SECONDS = 12 * 3600  # a browser that is never closed asks again the next day
IN_ADDRESS = "acces"
_LONGEST = 200
_LETTERS = {letter: level for level, letter in LEVELS.items()}

# What we add to an address for one reading → the cookie that makes it needless where a browser keeps it.
CARRIED = {"suite": "code_", IN_ADDRESS: "pass_"}


def issue(tag: str, voucher: Voucher, use: str) -> str:
    """A signed text that vouches for somebody in the scope called `tag`, good for one `use`: "cookie", "address"…"""
    return _signer(use).sign(f"{tag}{LEVELS[voucher.level]}{voucher.subject}")


def read(tag: str, text: str, use: str, seconds: int = TICKET_SECONDS) -> Voucher | None:
    """Who a text that we issued for this scope and `use` vouches for; None when it is not that, or is too old."""
    try:
        said = _signer(use).unsign(text[:_LONGEST], max_age=seconds)
    except signing.BadSignature:
        return None
    letter, subject = said[TAG_LENGTH : TAG_LENGTH + 1], said[TAG_LENGTH + 1 :]
    return Voucher(_LETTERS[letter], subject) if said[:TAG_LENGTH] == tag else None


def _signer(use: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"palabre.pass.{use}")


def kept(request: HttpRequest, tag: str) -> Voucher | None:
    """The pass in this browser's cookie."""
    return read(tag, request.COOKIES.get(f"pass_{tag}", ""), "cookie", KEPT_SECONDS)


def who(request: HttpRequest, tag: str, demanded: str) -> Voucher | None:
    """For whom to draw the form of something that asks for `demanded`; None for a passer-by.

    Where no proof is asked for, whoever began without one goes on without: else they would be two people.
    """
    held = kept(request, tag) or read(tag, request.GET.get(IN_ADDRESS, ""), "address")
    if held and not trust.asks_proof(demanded) and posts.known_code(request, tag):
        return None
    return held


def lift(request: HttpRequest, form_key: str, tag: str, token: str, demanded: str) -> str:
    """The valid form token of a POST; one drawn before its sender proved themselves is exchanged for theirs.

    The cookie is believed only of a request that says it comes from our own pages.
    """
    if not trust.asks_proof(demanded) or receipts.voucher_of(token) or origin.judge(request) is not origin.OURS:
        return token
    held = kept(request, tag)
    return receipts.issue_token(form_key, held) if held else token


def ticket(tag: str, token: str, use: str) -> str:
    """What an address may carry of a form token for an hour. That of a proven person must not be readable in it: a form
    token has no age.
    """
    voucher = receipts.voucher_of(token)
    return issue(tag, voucher, use) if voucher else receipts.issue_ticket(token)


def token_in(form_key: str, tag: str, carried: str, use: str) -> str | None:
    """The form token that `ticket` made `carried` of."""
    voucher = read(tag, carried, use)
    return receipts.issue_token(form_key, voucher) if voucher else receipts.read_ticket(carried)


def remember(request: HttpRequest, response: HttpResponse, tag: str, voucher: Voucher) -> None:
    """Let the browser keep the pass until it is closed."""
    response.set_cookie(
        f"pass_{tag}", issue(tag, voucher, "cookie"), httponly=True, samesite="Lax", secure=request.is_secure()
    )


def remember_code(request: HttpRequest, response: HttpResponse, tag: str, token: str, code: str) -> None:
    """`posts.remember`, without taking from a browser the code under which it took part before its owner's proof."""
    if not (receipts.voucher_of(token) and posts.known_code(request, tag)):
        posts.remember(request, response, code)


def is_personal(request: HttpRequest) -> bool:
    """May a page drawn for `request` hold the form of a proven person? Then nobody but them may keep it."""
    return IN_ADDRESS in request.GET or any(name.startswith("pass_") for name in request.COOKIES)


def settled(request: HttpRequest) -> str | None:
    """Where to send on a visitor whose address still carries a ticket though their browser keeps the cookie.

    The ticket makes whoever opens the address the same person: it must not stay where it may be copied and passed on.
    """
    idle = [
        name
        for name, cookie in CARRIED.items()
        if request.GET.get(name) and any(kept.startswith(cookie) for kept in request.COOKIES)
    ]
    if not idle:
        return None
    query = request.GET.copy()
    for name in idle:
        del query[name]
    return f"{request.path}?{query.urlencode()}" if query else request.path


class Gate(NamedTuple):
    """What stands in place of a form until its reader proves themselves. `key` tells two of one page apart."""

    key: str
    tag: str
    level: str
    back: str
    label: str

    @property
    def email(self) -> bool:
        return trust.suffices(trust.EMAIL, self.level)

    @property
    def letter(self) -> bool:
        return trust.suffices(trust.LETTER, self.level)

    @property
    def identity(self) -> bool:
        return trust.has_provider()


def gate(key: str, tag: str, demanded: str, back: str) -> Gate:
    return Gate(key, tag, demanded, back, str(trust.Level(demanded).label))
