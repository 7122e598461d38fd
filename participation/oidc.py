"""Identities verified by a provider (OpenID Connect): we keep a hash that means nothing in another consultation.

mozilla-django-oidc talks to the provider and checks signatures; nobody gets an account here, and nothing but the
provider's name for the person (`iss` and `sub`) is asked for or looked at.
"""

import logging
import secrets
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from django.conf import settings
from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.utils.crypto import constant_time_compare
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.utils import generate_code_challenge

from . import trust
from .models import Scope
from .receipts import Voucher

log = logging.getLogger(__name__)

COOKIE = "acces_retour"
COOKIE_SECONDS = 900
_SALT = "palabre.oidc"


class Refused(Exception):
    """Nobody is proven: the person said no, the reply is not the one we asked for, or the provider is away."""


class Errand(NamedTuple):
    """What the browser keeps, signed, while its owner is at the provider's."""

    tag: str
    back: str
    state: str
    nonce: str
    verifier: str


class _Provider(OIDCAuthenticationBackend):
    """The library's exchange with the provider, told by our own settings; its users and sessions are left alone."""

    def __init__(self) -> None:
        self.OIDC_OP_TOKEN_ENDPOINT = settings.OIDC_CITIZEN_TOKEN_ENDPOINT
        self.OIDC_OP_JWKS_ENDPOINT = settings.OIDC_CITIZEN_JWKS_ENDPOINT
        self.OIDC_RP_CLIENT_ID = settings.OIDC_CITIZEN_CLIENT_ID
        self.OIDC_RP_CLIENT_SECRET = settings.OIDC_CITIZEN_CLIENT_SECRET
        self.OIDC_RP_SIGN_ALGO = settings.OIDC_CITIZEN_SIGN_ALGO
        self.OIDC_RP_IDP_SIGN_KEY = None

    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        """The library's own settings are for staff, should a site use it for them: only its safe defaults are ours."""
        ours = {"OIDC_TIMEOUT": 5, "OIDC_ALLOW_UNSECURED_JWT": False, "OIDC_USE_NONCE": True, "OIDC_VERIFY_SSL": True}
        return ours[attr] if attr in ours else args[0]

    def claims(self, code: str, errand: Errand, callback: str) -> dict[str, Any]:
        """What the provider says of who comes back with `code`, its signature and nonce verified."""
        payload = {
            "client_id": self.OIDC_RP_CLIENT_ID,
            "client_secret": self.OIDC_RP_CLIENT_SECRET,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": callback,
            "code_verifier": errand.verifier,
        }
        return self.verify_token(self.get_token(payload)["id_token"], nonce=errand.nonce)


def start(tag: str, back: str, callback: str) -> tuple[str, str]:
    """(the provider's address to go to, the value of our cookie) for a person of the scope called `tag`."""
    errand = Errand(tag, back[:300], secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CITIZEN_CLIENT_ID,
        "redirect_uri": callback,
        "scope": "openid",
        "state": errand.state,
        "nonce": errand.nonce,
        "code_challenge": generate_code_challenge(errand.verifier, "S256"),
        "code_challenge_method": "S256",
    } | ({"acr_values": settings.OIDC_CITIZEN_ACR} if settings.OIDC_CITIZEN_ACR else {})
    address = settings.OIDC_CITIZEN_AUTHORIZATION_ENDPOINT
    joint = "&" if urlsplit(address).query else "?"
    return f"{address}{joint}{urlencode(asked)}", signing.dumps(errand, salt=_SALT, compress=True)


def errand_in(cookie: str) -> Errand | None:
    """What we signed into the cookie; None when it is not ours or its owner was away for too long."""
    try:
        return Errand(*signing.loads(cookie[:3000], salt=_SALT, max_age=COOKIE_SECONDS))
    except signing.BadSignature:
        return None


def finish(errand: Errand, scope: Scope, reply: dict[str, str], callback: str) -> Voucher:
    """Who comes back from the provider with `reply`, the query of the address they come to. Raises Refused."""
    if not constant_time_compare(reply.get("state", "")[:100], errand.state):
        raise Refused("state")
    if "code" not in reply:
        raise Refused("refused")
    try:
        claims = _Provider().claims(reply["code"][:2000], errand, callback)
        _check(claims)
        proof = f"{claims['iss']} {claims['sub']}"
    except (requests.RequestException, jwt.PyJWTError, SuspiciousOperation) as error:
        log.warning("identity not verified: %s", type(error).__name__)  # its words could name the person
        raise Refused("provider") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:  # what came is not what the standard says
        log.warning("identity not verified: the provider's reply cannot be read (%s)", type(error).__name__)
        raise Refused("provider") from None
    return Voucher("identity", trust.subject(scope.salt, "identity", proof))


def _check(claims: dict[str, Any]) -> None:
    """What the library leaves out: who says it, to whom, until when (it checks `exp` where there is one), of whom."""
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    ours = settings.OIDC_CITIZEN_CLIENT_ID
    if claims["iss"] != settings.OIDC_CITIZEN_ISSUER or ours not in audience or claims.get("azp", ours) != ours:
        raise SuspiciousOperation("not for us")
    if not isinstance(claims["exp"], int | float) or not (isinstance(claims["sub"], str) and claims["sub"]):
        raise SuspiciousOperation("incomplete")


def provider_origin() -> str:
    """For the page that leads there: browsers check a form's way on through redirects."""
    parts = urlsplit(settings.OIDC_CITIZEN_AUTHORIZATION_ENDPOINT)
    return f"{parts.scheme}://{parts.netloc}"
