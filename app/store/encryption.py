"""Secrets that we must be able to read again (Salesforce grants), sealed with AES-256-GCM.

A sealed blob is `version (1) | length of key id (1) | key id | nonce (12) | ciphertext and tag`. The header and the
place of the blob (table and row id) are associated data: a blob that is moved to another row, or whose key id was
changed, does not open. Nonces are random; NIST SP 800-38D allows 2**32 of them for one key, so rotate keys before.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

FORMAT = 1
NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32


class SealError(Exception):
    """A blob that does not open: damaged, moved, or sealed with a key that is not in the ring. Names no content."""


class Keyring:
    """Keys by id. The first one seals, all of them open."""

    __slots__ = ("_ciphers", "_first")

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """keys: id → 32 bytes, the sealing key first. Raises ValueError for an empty ring or a key of another size."""
        if not keys:
            raise ValueError("a ring needs at least one key")
        for key_id, key in keys.items():
            if len(key) != KEY_BYTES:
                raise ValueError(f"the key {key_id!r} must have {KEY_BYTES} bytes, it has {len(key)}")
            if not 0 < len(key_id.encode()) < 256:
                raise ValueError("a key id must have 1 to 255 bytes")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._first = next(iter(keys))

    @classmethod
    def from_settings(cls, ring: Mapping[str, SecretStr]) -> Keyring:
        """The ring as the settings hold it: id → base64 of the key."""
        return cls({key_id: base64.b64decode(key.get_secret_value(), validate=True) for key_id, key in ring.items()})

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._ciphers)})"

    def seal(self, secret: str | SecretStr, *, table: str, row_id: str) -> bytes:
        """Encrypts the secret for that row, under the first key. Two blobs of one secret differ."""
        text = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
        header = _header(self._first)
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + self._ciphers[self._first].encrypt(nonce, text.encode(), _place(header, table, row_id))

    def open(self, blob: bytes, *, table: str, row_id: str) -> SecretStr:
        """The secret of a blob that was sealed for that row. Raises SealError."""
        key_id, header = _read_header(blob)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealError(f"a row of {table} is sealed with a key that is not in the ring: {key_id!r}")
        nonce = blob[len(header) : len(header) + NONCE_BYTES]
        try:
            text = cipher.decrypt(nonce, blob[len(header) + NONCE_BYTES :], _place(header, table, row_id))
        except InvalidTag:
            raise SealError(f"a row of {table} does not open: it was damaged or belongs to another row") from None
        return SecretStr(text.decode())

    def needs_resealing(self, blob: bytes) -> bool:
        """True when the blob was sealed with another key than the first. Raises SealError for a damaged header."""
        return _read_header(blob)[0] != self._first


def _header(key_id: str) -> bytes:
    name = key_id.encode()
    return bytes([FORMAT, len(name)]) + name


def _read_header(blob: bytes) -> tuple[str, bytes]:
    if len(blob) < 2 or blob[0] != FORMAT or len(blob) < 2 + blob[1] + NONCE_BYTES + TAG_BYTES:
        raise SealError("not a sealed blob")
    header = blob[: 2 + blob[1]]
    try:
        return header[2:].decode(), header
    except UnicodeDecodeError:
        raise SealError("not a sealed blob") from None


def _place(header: bytes, table: str, row_id: str) -> bytes:
    """Length before the table's name, so that no other table and row id read the same."""
    name = table.encode()
    return header + len(name).to_bytes(2, "big") + name + b"|" + row_id.encode()
