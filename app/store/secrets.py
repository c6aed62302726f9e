"""Secrets that we issue: codes, tokens, states. They leave once, and only their hash is kept.

A look-up goes by the hash, so no comparison of ours runs over the secret itself and its timing tells nothing. A plain
sha256 is right here, and a slow hash is not: the secret has 256 random bits, there is nothing to guess.
"""

import hashlib
import re
import secrets

from pydantic import SecretStr

TOKEN_BYTES = 32
ACCESS_PREFIX = "bookit_at_"
REFRESH_PREFIX = "bookit_rt_"
CODE_PREFIX = "bookit_ac_"
CLIENT_SECRET_PREFIX = "bookit_cs_"  # noqa: S105 (a prefix that secret scanners and our log filter know)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
PREFIXES = (ACCESS_PREFIX, REFRESH_PREFIX, CODE_PREFIX, CLIENT_SECRET_PREFIX)


def new_token(prefix: str = "") -> SecretStr:
    """A new secret with 256 random bits in URL-safe text, after the prefix that names its kind."""
    return SecretStr(prefix + secrets.token_urlsafe(TOKEN_BYTES))


def is_token(text: str) -> bool:
    """Whether a text has the shape of a secret without a prefix. What has not is unknown, and not looked up: PostgreSQL
    refuses a NUL in a text."""
    return _TOKEN.fullmatch(text) is not None


def hash_token(secret: str | SecretStr) -> str:
    """The sha256 of a secret, in hex: what is stored and looked up."""
    text = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
    return hashlib.sha256(text.encode()).hexdigest()


def new_id() -> str:
    """A new row id: 128 random bits in hex. Not a secret."""
    return secrets.token_hex(16)
