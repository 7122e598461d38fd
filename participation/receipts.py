"""Form tokens and receipt codes: the thread by which an anonymous person finds what they sent.

A form carries a token, drawn afresh each time the form is drawn. The code on the thank-you page is computed from
that token, so the same form sent twice gives the same code; only a keyed hash of the code is ever stored.
"""

import base64
import secrets
import time
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.core import signing
from django.utils.crypto import constant_time_compare

from . import resuming
from .identity import keyed_hash, participant_key
from .models import ALPHABET, TAG_LENGTH

RANDOM_LENGTH = 16  # 16 characters of 5 bits: 80 bits, behind rate-limited lookups
CODE_LENGTH = TAG_LENGTH + RANDOM_LENGTH
TICKET_SECONDS = 3600
_TICKET_SALT = "palabre.ticket"


class Voucher(NamedTuple):
    """What somebody proved about themselves in one scope: `level` is one of `LEVELS`, `subject` 22 characters that
    are always the same for the same proof in the same scope, and mean nothing anywhere else.
    """

    level: str
    subject: str


# How a person can be vouched for, and the letter that begins the tokens of forms drawn for them.
LEVELS = {"email": "e", "letter": "l", "identity": "i"}
_BY_LETTER = {letter: level for level, letter in LEVELS.items()}


def issue_token(form_key: str, voucher: Voucher | None = None) -> str:
    """A token for one drawing of the form called `form_key`: a nonce, a dot, 22 characters of signature.

    The nonce of a passer-by is new each time: 22 characters, the time in the first four bytes. That of somebody vouched
    for is always the same, so whatever they send from any browser is one person's.
    """
    if voucher:
        nonce = LEVELS[voucher.level] + voucher.subject
    else:
        nonce = _short(int(time.time()).to_bytes(4, "big") + secrets.token_bytes(12))
    return f"{nonce}.{_signature(form_key, nonce)}"


def resuming_token(form_key: str, code: str) -> str:
    """The token of a form that goes on under `code`, from whatever browser."""
    nonce = resuming.nonce_for(code)
    return f"{nonce}.{_signature(form_key, nonce)}"


def is_valid_token(form_key: str, token: str) -> bool:
    """True if we issued `token` for `form_key`. A token has no age: a tab left open for a week still counts."""
    nonce, _dot, signature = token.partition(".")
    shaped = len(nonce) == 22 or (len(nonce) == 23 and nonce[0] in _BY_LETTER)
    shaped = shaped or (len(nonce) == resuming.NONCE and nonce[0] == resuming.LETTER)
    return shaped and token.isascii() and constant_time_compare(signature, _signature(form_key, nonce))


def voucher_of(token: str) -> Voucher | None:
    """Who a valid `token` vouches for; None for a passer-by's."""
    nonce = token.partition(".")[0]
    return Voucher(_BY_LETTER[nonce[0]], nonce[1:]) if len(nonce) == 23 else None


def issued_at(token: str) -> int | None:
    """When a valid `token` of a passer-by was drawn, in seconds since 1970; None when it does not say."""
    if voucher_of(token) or resuming.code_in(token.partition(".")[0]):
        return None
    try:
        return int.from_bytes(base64.urlsafe_b64decode(token.partition(".")[0] + "==")[:4], "big")
    except ValueError:
        return None


def _short(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _signature(form_key: str, nonce: str) -> str:
    digest = keyed_hash("form", form_key.encode(), nonce.encode())
    return _short(digest[:16])


def code_for(tag: str, salt: bytes, token: str) -> str:
    """The receipt code of the person who sent the form carrying `token`: tag + 16 base-32 characters.

    Whoever is vouched for has one code in the whole scope, whichever form of it they send.
    """
    if (code := resuming.code_in(token.partition(".")[0])) and code.startswith(tag):
        return code
    if voucher_of(token):
        token = token.partition(".")[0]
    number = int.from_bytes(keyed_hash("code", bytes(salt), token.encode())[:10], "big")
    return tag + "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))


def show_code(code: str) -> str:
    """The code in groups of four, as printed on the thank-you page."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def read_code(typed: str) -> str | None:
    """The code somebody typed, forgiving case, spaces, dashes and the letters Crockford leaves out; None if not one."""
    text = unicodedata.normalize("NFKC", typed[:200]).upper()
    text = "".join(c for c in text if c.isalnum()).replace("O", "0").replace("I", "1").replace("L", "1")
    return text if len(text) == CODE_LENGTH and all(c in ALPHABET for c in text) else None


def person(tag: str, salt: bytes, token: str, code: str | None) -> tuple[str, bytes]:
    """(receipt code, participant key) of who sent the form drawn with `token`, holding `code` or none yet.

    Who is vouched for is known by their proof alone, whatever code the browser holds.
    """
    if not code or code[:TAG_LENGTH] != tag or voucher_of(token):
        code = code_for(tag, salt, token)
    return code, participant_key(salt, code)


def issue_ticket(token: str) -> str:
    """What the redirect to the thank-you page carries: opens that page for one hour, then means nothing."""
    return signing.TimestampSigner(salt=_TICKET_SALT).sign(token)


def read_ticket(ticket: str) -> str | None:
    """The form token inside `ticket`, or None when it is not ours or over an hour old."""
    try:
        return signing.TimestampSigner(salt=_TICKET_SALT).unsign(ticket, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return None


class News(NamedTuple):
    """A text that somebody wrote, what became of it, and why where it was refused.

    `address`: where its author reads the whole story, corrects or contests; it takes POSTs with the code.
    """

    text: str
    state: str
    reason: str
    address: str = ""


class Trace(NamedTuple):
    """What one tool says of a code on the follow-up page. Plain values only: a template calls whatever it can call.

    `stored` says what there is, where that is not one response. `resumable`: the code opens it again at `url`.
    `aside`: why it is stored and not counted. `unsent`: nothing was sent yet. `resume`: what the button that opens it
    again says. `proof`: the fingerprint of what is stored. `apart`: what was given with it and lies elsewhere.
    """

    title: str
    url: str
    counted: bool
    counted_until: Any
    withdrawable: bool
    stored: str = ""
    resumable: bool = False
    news: Sequence[News] = ()
    aside: str = ""
    unsent: bool = False
    resume: str = ""
    proof: str = ""
    apart: str = ""


# Each engine registers how to find what a participant key left with it, and how to forget it. Keeping the engines out
# of this room is what lets one code follow everything a person did in a consultation.
Lookup = Callable[[bytes], list[Trace]]
Eraser = Callable[[bytes], int]
Withdrawer = Callable[[bytes, str], bool]  # participant key and the url of a trace → whether something was withdrawn
Resumer = Callable[[str, str], str | None]  # code and the url of a trace → the address at which it goes on
Said = Callable[[bytes], Iterable[tuple[str, str]]]  # what a person spoke to: (kind, id), as themes are attached to
lookups: list[Lookup] = []
erasers: list[Eraser] = []
withdrawers: list[Withdrawer] = []
resumers: list[Resumer] = []
speakers: list[Said] = []


def register(
    lookup: Lookup,
    eraser: Eraser,
    withdrawer: Withdrawer,
    resumer: Resumer | None = None,
    said: Said | None = None,
) -> None:
    lookups.append(lookup)
    erasers.append(eraser)
    withdrawers.append(withdrawer)
    if resumer:
        resumers.append(resumer)
    if said:
        speakers.append(said)


class Deed(NamedTuple):
    """One thing the authority committed itself to, in words."""

    what: str
    state: str
    late: bool = False


class Outcome(NamedTuple):
    """What became of something that people said: the theme it is about, what was answered, what is promised."""

    title: str
    url: str
    status: str = ""  # the answer's, in one or two words; empty as long as there is none
    tone: str = ""  # "yes", "partly", "no" or "": how to colour it
    text: str = ""
    signed: str = ""
    deeds: Sequence[Deed] = ()


# Whoever answers people registers how to find what became of what was said: inside one scope, in their own order, each
# outcome once. An engine knows neither themes nor answers.
Fate = Callable[[int, Collection[tuple[str, str]]], list[Outcome]]
fates: list[Fate] = []


def what_became_of(scope_id: int, said: Collection[tuple[str, str]]) -> list[Outcome]:
    """What became of what was said in a scope; empty where nobody sorts or answers."""
    return [outcome for fate in fates for outcome in fate(scope_id, said)] if said else []


def outcomes(code: str) -> list[Outcome]:
    """What became of everything the person behind `code` said."""
    from .models import Scope

    key = key_of(code)
    scope = Scope.objects.filter(tag=code[:TAG_LENGTH]).values_list("pk", flat=True).first()
    if not (key and scope):
        return []
    return what_became_of(scope, {place for speaker in speakers for place in speaker(key)})


def key_of(code: str) -> bytes | None:
    """The participant key of a well-formed `code`, or None when its consultation does not exist (any more)."""
    from .models import Scope

    scope = Scope.objects.filter(tag=code[:TAG_LENGTH]).only("salt").first()
    return participant_key(scope.salt, code) if scope else None


def find_traces(code: str) -> list[Trace]:
    """Everything the person behind `code` sent, over all tools; empty when the code is unknown."""
    key = key_of(code)
    return [trace for lookup in lookups for trace in lookup(key)] if key else []


def withdraw(code: str, url: str) -> bool:
    """Take back what the person behind `code` sent to the tool at `url`; False when nothing was there to take."""
    key = key_of(code)
    return any(withdrawer(key, url) for withdrawer in withdrawers) if key else False


def resume_at(code: str, url: str) -> str:
    """Where the person behind `code` goes on with the tool at `url`."""
    return next((address for resumer in resumers if (address := resumer(code, url))), url)


def erase(code: str) -> int:
    """Forget the person behind `code` everywhere; the number of rows that went."""
    key = key_of(code)
    return sum(eraser(key) for eraser in erasers) if key else 0
