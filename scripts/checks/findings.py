"""Expected beside got. What varies from org to org is expected by its shape: a pattern instead of a value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

Json = Any

NONE: list[Json] = []
"""An empty JSON list: of errors, of rows."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Stands for any value that its regular expression or its type takes. name: what a table shows of it."""

    name: str
    pattern: re.Pattern[str] | None = None
    kind: type | None = None

    def takes(self, value: Json) -> bool:
        if self.pattern is not None:
            return isinstance(value, str) and self.pattern.fullmatch(value) is not None
        return self.kind is None or type(value) is self.kind


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A JSON object that has these entries, among others."""

    entries: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of several values, where orgs are known to differ."""

    values: tuple[Json, ...]


def text(pattern: str) -> Shape:
    """Text that matches as a whole; `.` takes line breaks too."""
    return Shape(f"/{pattern}/", re.compile(pattern, re.DOTALL))


ANYTHING = Shape("anything")
WHOLE_NUMBER = Shape("a whole number", kind=int)
FLOAT = Shape("a number with a point", kind=float)
ID = Shape("an 18-character id", re.compile(r"[A-Za-z0-9]{15}[A-Z0-5]{3}"))
INSTANT = Shape("an instant", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000"))


def agrees(expected: Json, got: Json) -> bool:
    """Whether a value is the expected one: of the same type all the way down, so 3 is not 3.0."""
    match expected:
        case Shape():
            return expected.takes(got)
        case OneOf(values):
            return any(agrees(value, got) for value in values)
        case AtLeast(entries):
            held = cast("dict[str, Json]", got) if isinstance(got, dict) else {}
            return all(name in held and agrees(value, held[name]) for name, value in entries.items())
        case dict():
            wanted = cast("dict[str, Json]", expected)
            if not isinstance(got, dict):
                return False
            entries = cast("dict[str, Json]", got)
            return set(wanted) == set(entries) and all(agrees(wanted[name], entries[name]) for name in wanted)
        case list() | tuple():
            wanted_list = list(cast("list[Json]", expected))
            listed = list(cast("list[Json]", got)) if isinstance(got, list | tuple) else None
            return (
                listed is not None
                and len(wanted_list) == len(listed)
                and all(agrees(one, other) for one, other in zip(wanted_list, listed, strict=True))
            )
        case _:
            return type(expected) is type(got) and expected == got


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check looked at."""

    what: str
    expected: Json
    got: Json

    @property
    def agrees(self) -> bool:
        return agrees(self.expected, self.got)


def shown(value: Json, most: int = 400) -> str:
    """The value as a table shows it, cut to `most` characters."""
    line = json.dumps(_plain(value), ensure_ascii=False)
    return line if len(line) <= most else f"{line[:most]}…"


def _plain(value: Json) -> Json:
    match value:
        case Shape():
            return f"<{value.name}>"
        case OneOf(values):
            return {"one of": [_plain(one) for one in values]}
        case AtLeast(entries):
            return {**{name: _plain(entry) for name, entry in entries.items()}, "…": "…"}
        case Mapping():
            return {str(name): _plain(entry) for name, entry in cast("Mapping[str, Json]", value).items()}
        case list() | tuple():
            return [_plain(one) for one in cast("list[Json]", value)]
        case str() | int() | float() | bool() | None:
            return value
        case _:
            return repr(value)
