"""The inside of a quoted string: escapes are decoded once on the way in and written once on the way out.

Source: "SOQL and SOSL Reference", Quoted String Escape Sequences. `\\%` and `\\_` exist in LIKE only.
"""

from __future__ import annotations

import re

from soql.ast import Wildcard

_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_WRITTEN = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "'": "\\'", "\\": "\\\\"}
_PIECE = re.compile(
    r"\\u(?P<code>[0-9a-f]{4})|\\(?P<char>.?)|(?P<wildcard>[%_])|(?P<text>[^\\%_]+)", re.I | re.A | re.S
)
# Control characters, and what some readers take for a line break or drop (U+2028, byte order mark, lone surrogates).
_NOT_PLAIN = re.compile("['\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadEscape(ValueError):
    """A backslash that begins nothing; `offset` counts from the first character inside the quotes."""

    def __init__(self, escape: str, offset: int) -> None:
        super().__init__(escape)
        self.escape = escape
        self.offset = offset


def decode(inside: str) -> str:
    """The text that a string literal stands for. Raises BadEscape."""
    if "\\" not in inside:
        return inside
    return "".join(_decoded(inside, like=False))


def decode_pattern(inside: str) -> tuple[str | Wildcard, ...]:
    """The parts of a LIKE pattern: `%` and `_` as wildcards, `\\%` and `\\_` as text. Raises BadEscape."""
    return _decoded(inside, like=True)


def encode(text: str) -> str:
    """A string literal, quotes included, that decodes to the text."""
    return f"'{_escaped(text)}'"


def encode_pattern(parts: tuple[str | Wildcard, ...]) -> str:
    """A LIKE literal, quotes included, that decodes to the parts."""
    written = [
        part.value if isinstance(part, Wildcard) else _escaped(part).replace("%", "\\%").replace("_", "\\_")
        for part in parts
    ]
    return f"'{''.join(written)}'"


def has_surrogate(text: str) -> bool:
    """Whether half of a surrogate pair stands in the text: no UTF-8 can carry it."""
    return _SURROGATE.search(text) is not None


def _decoded(inside: str, *, like: bool) -> tuple[str | Wildcard, ...]:
    parts: list[str | Wildcard] = []
    for match in _PIECE.finditer(inside):
        piece = _meaning(match, like=like)
        if parts and not isinstance(parts[-1], Wildcard) and not isinstance(piece, Wildcard):
            parts[-1] = parts[-1] + piece
        else:
            parts.append(piece)
    return tuple(part if isinstance(part, Wildcard) else _paired(part, inside) for part in parts)


def _meaning(match: re.Match[str], *, like: bool) -> str | Wildcard:
    kind = match.lastgroup or ""
    piece = match.group(kind)
    if kind == "text":
        return piece
    if kind == "wildcard":
        return Wildcard(piece) if like else piece
    if kind == "code":
        return chr(int(piece, 16))
    if like and piece and piece in "%_":
        return piece
    if piece.lower() in _ESCAPED:
        return _ESCAPED[piece.lower()]
    raise BadEscape(match.group(), match.start())


def _paired(text: str, inside: str) -> str:
    """Two escapes that are the halves of one character become it; half of one alone is no text."""
    if not has_surrogate(text):
        return text
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        half = re.search(r"\\u[dD][89a-fA-F]", inside)
        raise BadEscape("half of a surrogate pair", half.start() if half else 0) from None


def _escaped(text: str) -> str:
    return _NOT_PLAIN.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    char = match.group()
    return _WRITTEN.get(char) or f"\\u{ord(char):04x}"
