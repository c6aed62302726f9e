"""What a trigger node takes: exact names and types. Anything else is refused with what is expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.routing.graph import MAX_NUMBER, PROSPECT_FIELDS, Input, InputType, Trigger, Value

_PHONE: Final = re.compile(r"\+?[0-9 ().\-/]{3,40}(?:\s?(?:x|ext\.?)\s?[0-9]{1,6})?", re.ASCII | re.IGNORECASE)
_MEANT: Final[Mapping[InputType, str]] = {
    "STRING": "a text",
    "PHONE": "a phone number as a text",
    "DOUBLE": "a number, not in quotes",
    "BOOLEAN": "true or false, not in quotes",
}
_MAX_NAMED: Final = 60


def checked_inputs(trigger: Trigger, prospect: Mapping[str, Value]) -> Mapping[str, Value]:
    """The value of every input of the trigger node; None for one that may be left out and was. DOUBLE is a float.

    prospect: what is known of the prospect; of what stands in PROSPECT_FIELDS the node may take as little as it likes.
    Raises BookItError invalid_argument, which repeats no value.
    """
    declared = {each.name: each for each in trigger.inputs}
    problems = [
        f"prospect has no input {name[:_MAX_NAMED]!r}."
        for name in prospect
        if name not in declared and name not in PROSPECT_FIELDS
    ]
    values: dict[str, Value] = {}
    for name, each in declared.items():
        value = prospect.get(name)
        value = None if isinstance(value, str) and not value.strip() else value
        if value is None and each.required:
            problems.append(f"prospect.{name} is missing, which is {each.type}: {_MEANT[each.type]}.")
        elif value is not None and not _is_a(value, each.type):
            problems.append(f"prospect.{name} must be {each.type}: {_MEANT[each.type]}.")
        else:
            values[name] = float(value) if each.type == "DOUBLE" and isinstance(value, int) else value
    if problems:
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            " ".join(problems[:5]),
            f"The trigger node {trigger.name} takes exactly these inputs, in prospect: "
            f"{', '.join(map(_described, trigger.inputs)) or 'none'}.",
        )
    return values


def _is_a(value: str | float | bool, type_: InputType) -> bool:
    match type_:
        case "STRING":
            return isinstance(value, str)
        case "PHONE":
            return isinstance(value, str) and _PHONE.fullmatch(value.strip()) is not None
        case "DOUBLE":
            return not isinstance(value, bool | str) and abs(value) <= MAX_NUMBER
        case "BOOLEAN":
            return isinstance(value, bool)


def _described(each: Input) -> str:
    return f"{each.name} {each.type}{'' if each.required else ' (may be left out)'}"
