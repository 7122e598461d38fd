"""What waits on a tablet is unreadable there: sealed for its kiosk, whose private key never leaves the server.

A tablet may be stolen. Each answer is sealed with a key of its own, agreed upon (ECDH on P-256, HKDF) between a key
pair that lives for that one answer and the kiosk's; the tablet forgets all but the public half.
"""

import base64
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from participation.identity import keyed_hash

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # how many private keys there are, plus one
_POINT = 65  # bytes of a public key
_INFO = b"palabre kiosk"  # static/kiosk-queue.js says the same


def _private_key(kiosk_id: UUID) -> ec.EllipticCurvePrivateKey:
    """Made of the site's participation secret each time: stored nowhere."""
    number = int.from_bytes(keyed_hash("kiosk seal", kiosk_id.bytes), "big")
    return ec.derive_private_key(number % (_ORDER - 1) + 1, _CURVE)


def public_key(kiosk_id: UUID) -> str:
    """What the tablet seals with, base 64."""
    point = _private_key(kiosk_id).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.b64encode(point).decode()


def unseal(kiosk_id: UUID, sealed: str) -> str:
    """The text inside. Raises ValueError for anything that was not sealed for this kiosk."""
    octets = base64.b64decode(sealed, validate=True)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, octets[:_POINT])
    shared = _private_key(kiosk_id).exchange(ec.ECDH(), theirs)
    key = HKDF(SHA256(), 32, salt=None, info=_INFO).derive(shared)
    try:  # the key serves once, so the nonce may be the same for all
        return AESGCM(key).decrypt(bytes(12), octets[_POINT:], None).decode()
    except InvalidTag:
        raise ValueError("not sealed for this kiosk") from None
