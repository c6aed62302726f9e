"""What a caller carries for us and must not change: cursors, offers, confirm tokens. Signed, not secret.

A token is `payload.key.mac`. The MAC (HMAC-SHA256, RFC 2104) covers the payload's text, the purpose, and what the token
is bound to; so a token of another purpose, caller or call fails like one that was changed.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from pydantic import SecretStr

MAX_LENGTH: Final = 32_768
"""Characters of a token that are looked at."""


class BadToken(Exception):
    """A token that is not ours, was changed, belongs to somebody or something else (all alike), or is past its time."""

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("expired" if expired else "invalid")
        self.expired = expired


class Signing:
    """The ring of signing keys: the first one signs, all of them verify. Shared by every replica."""

    def __init__(self, ring: Mapping[str, SecretStr]) -> None:
        self._ring = {key_id: base64.b64decode(key.get_secret_value()) for key_id, key in ring.items()}
        self._first = next(iter(self._ring))

    def sign(self, purpose: str, payload: Mapping[str, Any], *, bound_to: Sequence[str], expires: datetime) -> str:
        """A token that `verify` takes for the same purpose and binding until it expires. payload: JSON values."""
        text = _encoded(_json({**payload, "exp": int(expires.timestamp())}))
        return f"{text}.{self._first}.{self._mac(self._first, purpose, bound_to, text)}"

    def verify(self, purpose: str, token: str, *, bound_to: Sequence[str], now: datetime) -> Mapping[str, Any]:
        """The payload. Raises BadToken."""
        text, _, rest = token.partition(".")
        key_id, _, mac = rest.partition(".")
        if len(token) > MAX_LENGTH or not token.isascii() or key_id not in self._ring:
            raise BadToken
        if not hmac.compare_digest(mac, self._mac(key_id, purpose, bound_to, text)):
            raise BadToken
        payload = cast("dict[str, Any]", json.loads(_decoded(text)))
        if payload.pop("exp") <= now.timestamp():
            raise BadToken(expired=True)
        return payload

    def request_state_keys(self) -> list[bytes]:
        """Keys for the SDK's sealing of request states (2026-07-28), derived so that none serves two purposes."""
        return [hmac.digest(key, b"bookit-mcp request state", hashlib.sha256) for key in self._ring.values()]

    def _mac(self, key_id: str, purpose: str, bound_to: Sequence[str], text: str) -> str:
        message = _json([purpose, list(bound_to), text])
        return _encoded(hmac.digest(self._ring[key_id], message, hashlib.sha256))


def digest(value: object) -> str:
    """A short hash of anything that JSON can hold; equal values, in whatever order of their keys, hash alike."""
    return _encoded(hashlib.sha256(_json(value)).digest()[:18])


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise BadToken from None
