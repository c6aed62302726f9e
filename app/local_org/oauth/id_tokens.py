"""OpenID Connect's id_token: RS256 with a key made at start, published at `/id/keys`."""

from __future__ import annotations

import base64
import functools
import hashlib
import secrets
from datetime import timedelta

from joserfc import jwt
from joserfc.jwk import RSAKey

from app.clock import Clock
from app.local_org.rest.json_value import Json

LIFETIME = timedelta(minutes=2)


@functools.cache
def _signing_key() -> RSAKey:
    """The process's key: all of its orgs sign with it, as all orgs of Salesforce sign with Salesforce's."""
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


class IdTokens:
    """Signs id_tokens with a key that lives as long as the process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = _signing_key()

    def issue(self, *, issuer: str, subject: str, audience: str, access_token: str, nonce: str | None) -> str:
        """The signed token; subject is the identity URL."""
        now = int(self._clock().timestamp())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            "sub": subject,
            "aud": audience,
            "iss": issuer,
            "iat": now,
            "exp": now + int(LIFETIME.total_seconds()),
        }
        if nonce is not None:
            claims["nonce"] = nonce
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": self._key.kid}, claims, self._key, algorithms=["RS256"])

    def access_token(
        self, *, issuer: str, subject: str, identity: str, client_id: str, scope: str, lifetime: timedelta
    ) -> str:
        """A JWT-shaped access token of a named user; subject is his id. Keys as published, values [BG]."""
        now = int(self._clock().timestamp())
        claims = {
            "scp": scope,
            "sub": f"uid:{subject}",
            "sfi": identity,
            "roles": [],
            "iss": issuer,
            "client_id": client_id,
            "aud": [issuer],
            "nbf": now,
            "mty": "oauth",
            "exp": now + int(lifetime.total_seconds()),
            "iat": now,
            "jti": secrets.token_urlsafe(24),
        }
        header = {"alg": "RS256", "typ": "JWT", "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=["RS256"])

    def key_set(self) -> Json:
        """The public key as a JSON Web Key Set."""
        return {"keys": [self._key.as_dict(private=False)]}
