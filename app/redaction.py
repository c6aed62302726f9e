"""Takes secrets out of what is about to be logged: by the name they stand under, and by their shape in any text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from pydantic import SecretBytes, SecretStr

REDACTED: Final = "[redacted]"
LONGEST_TEXT = 4_000
DEEPEST = 6

_SECRET_NAME = re.compile(r"password|passwd|secret|token|authorization|cookie|verifier|assertion|api_?key|private_?key")
_SECRET_NAMES = frozenset({"password", "pw", "sid", "session_id", "state", "otp", "one_time_code", "sealed"})
_HARMLESS_NAMES = frozenset({"token_type", "token_checks", "token_endpoint"})
_ERROR_CODE = re.compile(r"[A-Za-z][A-Za-z_]{0,63}")
"""`code` names our error codes and an authorization code alike; only words may pass."""

_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(bearer|basic)\s+[^\s\"',;]+", re.IGNORECASE), rf"\1 {REDACTED}"),
    # A Salesforce access token: org id, "!", opaque.
    (re.compile(r"\b00D[A-Za-z0-9]{12,15}(?:!|%21)[^\s\"'&,;<>]+"), REDACTED),
    # A Salesforce refresh token; every one begins so.
    (re.compile(r"\b5Aep[A-Za-z0-9._%-]{12,}"), REDACTED),
    (re.compile(r"\bbookit_(at|rt|ac|cs)_[A-Za-z0-9_-]+"), REDACTED),
    # A one-time code: five groups of four in Crockford's base32, as we write it; in capitals without the dashes too.
    (re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}\b", re.IGNORECASE), REDACTED),
    (re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4} ?){4}[0-9A-HJKMNP-TV-Z]{4}\b"), REDACTED),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*"), REDACTED),
    # In a query string, a form, or JSON or a dict printed as text.
    (
        re.compile(
            r"((?:^|[?&\s;\"'{,])(?:code|state|pw|password|client_secret|code_verifier|access_token|refresh_token|id_token|"
            r"token|assertion|confirm_token|sid)(?:=|[\"']\s*:\s*[\"']))(?!\[redacted\])[^&\s\"';]+",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
)


def redact(event: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the event that is safe to print: plain JSON values only, secrets replaced, texts bounded."""
    return {redact_text(str(name)): _value(str(name), value, 0) for name, value in event.items()}


def redact_text(text: str) -> str:
    """The text without anything that has the shape of a secret, at most 4,000 characters."""
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}… ({len(text)} characters)"


def _value(name: str, value: Any, depth: int) -> Any:
    if isinstance(value, SecretStr | SecretBytes) or _is_secret(name, value):
        return REDACTED
    if isinstance(value, bool | int | float | None):
        return value
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, bytes | bytearray):
        return f"({len(value)} bytes)"
    if depth < DEEPEST:
        if isinstance(value, Mapping):
            items = cast("Mapping[Any, Any]", value).items()
            return {redact_text(str(key)): _value(str(key), item, depth + 1) for key, item in items}
        if isinstance(value, list | tuple | set | frozenset):
            return [_value("", item, depth + 1) for item in cast("list[Any]", value)]
    return redact_text(repr(value))


def _is_secret(name: str, value: Any) -> bool:
    plain = name.lower().replace("-", "_")
    if plain in _SECRET_NAMES:
        return value is not None
    if isinstance(value, bool | int | float | None) or plain in _HARMLESS_NAMES:
        return False  # a number under such a name counts things: "tokens_deleted"
    if plain == "code":
        return not (isinstance(value, str) and _ERROR_CODE.fullmatch(value))
    return _SECRET_NAME.search(plain) is not None
