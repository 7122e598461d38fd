"""A small provider of identities (OpenID Connect) for tests: real HTTP, real RS256 keys, and every way to misbehave."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "palabre", "shh"


class Provider:
    """`misbehave` names what is wrong with the next token; `sub` is who logs in."""

    def __init__(self) -> None:
        self.key, self.other_key = (rsa.generate_private_key(65537, 2048) for _n in range(2))
        self.sub, self.misbehave = "person-1", ""
        self.codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/authorize":
                    self._go(provider.authorize({k: v[0] for k, v in parse_qs(parts.query).items()}))
                else:
                    self._say(200, provider.keys())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say(*provider.token({k: v[0] for k, v in parse_qs(body).items()}))

            def _go(self, where: str) -> None:
                self.send_response(302)
                self.send_header("Location", where)
                self.end_headers()

            def _say(self, status: int, what: Any) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(what).encode())

            def log_message(self, *_args: Any) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def configure(self, settings: Any) -> None:
        settings.OIDC_CITIZEN_ISSUER, settings.OIDC_CITIZEN_NAME = self.url, "Identité+"
        settings.OIDC_CITIZEN_AUTHORIZATION_ENDPOINT = f"{self.url}/authorize"
        settings.OIDC_CITIZEN_TOKEN_ENDPOINT = f"{self.url}/token"
        settings.OIDC_CITIZEN_JWKS_ENDPOINT = f"{self.url}/keys"
        settings.OIDC_CITIZEN_CLIENT_ID, settings.OIDC_CITIZEN_CLIENT_SECRET = CLIENT, SECRET

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def authorize(self, asked: dict[str, str]) -> str:
        """The person logs in at once, or says no; where their browser goes."""
        assert asked["scope"] == "openid" and asked["code_challenge_method"] == "S256", asked
        reply = {"state": asked["state"]}
        if self.misbehave == "refused":
            reply["error"] = "access_denied"
        else:
            code = f"code-{len(self.codes)}"
            self.codes[code] = asked
            reply["code"] = code
        if self.misbehave == "state":
            reply["state"] = "another"
        return f"{asked['redirect_uri']}?{urlencode(reply)}"

    def token(self, sent: dict[str, str]) -> tuple[int, Any]:
        asked = self.codes.pop(sent.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if asked is None or challenge.decode().rstrip("=") != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if self.misbehave == "no json object":
            return 200, ["no"]
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.url, "aud": CLIENT, "sub": self.sub, "nonce": nonce}
        claims |= {"iat": now, "exp": now + 300}
        wrong = {
            "nonce": {"nonce": "another"},
            "issuer": {"iss": "https://other.example"},
            "audience": {"aud": "somebody-else"},
            "expired": {"exp": now - 10},
            "no subject": {"sub": ""},
        }
        claims |= wrong.get(self.misbehave, {})
        if self.misbehave == "no expiry":
            del claims["exp"]
        if self.misbehave == "alg none":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"})
        if self.misbehave == "secret as key":
            return jwt.encode(claims, SECRET * 12, algorithm="HS256", headers={"kid": "k1"})
        key = self.other_key if self.misbehave == "signature" else self.key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k1"})

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "k1", "alg": "RS256", "use": "sig"}]}
