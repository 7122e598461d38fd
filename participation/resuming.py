"""Going on later, or elsewhere, with one's code: form tokens that stand for a code, and addresses that carry a token.

A code cannot be computed back from the token it came from, so whoever types their code gets another kind of token, in
which the code is encrypted. What an address carries is encrypted, too: a token has no age, addresses are remembered.
"""

import base64
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from .identity import keyed_hash

LETTER = "r"  # begins the nonce of a token that stands for a code
NONCE = 1 + 48
PAGES_SECONDS = 12 * 3600  # how long an address opens a form in the middle; after that the code is asked for
_SALT_OF_DRAFT = 12


@lru_cache(maxsize=4)
def _siv(key: bytes) -> AESSIV:
    return AESSIV(key)


def nonce_for(code: str) -> str:
    """The nonce of tokens that stand for `code`: always the same, and nobody reads the code in it."""
    return LETTER + base64.urlsafe_b64encode(_siv(keyed_hash("resume")).encrypt(code.encode(), None)).decode()


def code_in(nonce: str) -> str | None:
    """The code that a token's nonce stands for; None for all other tokens."""
    if len(nonce) != NONCE or nonce[0] != LETTER:
        return None
    try:
        return _siv(keyed_hash("resume")).decrypt(base64.urlsafe_b64decode(nonce[1:]), None).decode()
    except (InvalidTag, ValueError):
        return None


def seal(text: str) -> str:
    """`text` for an address: unreadable, and good for PAGES_SECONDS."""
    return _fernet().encrypt(text.encode()).decode().rstrip("=")


def unseal(sealed: str) -> str | None:
    """The text inside, or None when it is not ours or too old."""
    try:
        padded = sealed[:400] + "=" * (-len(sealed[:400]) % 4)
        return _fernet().decrypt(padded.encode(), ttl=PAGES_SECONDS).decode()
    except (InvalidToken, ValueError):
        return None


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keyed_hash("seal")))


class Lock:
    """Locks texts with somebody's code: without it, what is stored cannot be read, whoever holds the server's keys."""

    def __init__(self, salt: bytes, code: str):
        self._cipher = AESGCM(keyed_hash("draft", bytes(salt), code.encode()))

    def close(self, text: str, label: str) -> str:
        nonce = secrets.token_bytes(_SALT_OF_DRAFT)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), label.encode())).decode()

    def open(self, closed: str, label: str) -> str | None:
        """The text, None when it was not closed with this code under this `label`."""
        try:
            octets = base64.b64decode(closed)
            return self._cipher.decrypt(octets[:_SALT_OF_DRAFT], octets[_SALT_OF_DRAFT:], label.encode()).decode()
        except (InvalidTag, ValueError):
            return None
