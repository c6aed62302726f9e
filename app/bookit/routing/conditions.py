"""Whether a condition of a decision node holds."""

from __future__ import annotations

from collections.abc import Mapping

from app.bookit.routing.checking import type_of
from app.bookit.routing.graph import INPUT, Branch, Condition, InputType, Record, Value


def branch_holds(
    branch: Branch,
    inputs: Mapping[str, Value],
    types: Mapping[str, InputType],
    records: Mapping[Record, Mapping[str, Value]],
) -> bool:
    """records: the fields of what match nodes have found so far. types: of the inputs, by name."""
    held = (_holds(each, _asked(each, inputs, records), type_of(each, types)) for each in branch.conditions)
    return all(held) if branch.every else any(held)


def _asked(condition: Condition, inputs: Mapping[str, Value], records: Mapping[Record, Mapping[str, Value]]) -> Value:
    if condition.source == INPUT:
        return inputs.get(condition.field)
    fields = records.get(condition.source)
    return fields.get(condition.field) if fields is not None else None


def _holds(condition: Condition, value: Value, type_: InputType | None) -> bool:
    """Blank fits nothing but is_blank and not_equals, as in SOQL. Text is compared without regard to case and to space
    around it, a phone number by its digits and a leading plus."""
    if value is None:
        return condition.operator in ("is_blank", "not_equals")
    phone = type_ == "PHONE"
    left = _comparable(value, phone=phone)
    right = condition.value
    match condition.operator:
        case "is_blank":
            return False
        case "is_true":
            return value is True
        case "is_false":
            return value is False
        case "in_list":
            return isinstance(right, tuple) and any(left == _comparable(each, phone=phone) for each in right)
        case _:
            return not isinstance(right, tuple) and right is not None and _compares(condition, left, right, phone=phone)


def _compares(condition: Condition, left: str | float | bool, right: str | float | bool, *, phone: bool) -> bool:
    right = _comparable(right, phone=phone)
    if isinstance(left, str) != isinstance(right, str):
        return condition.operator == "not_equals"
    match condition.operator, left, right:
        case "equals", _, _:
            return left == right
        case "not_equals", _, _:
            return left != right
        case "contains", str(), str():
            return right in left
        case "starts_with", str(), str():
            return left.startswith(right)
        case "greater", int() | float(), int() | float():
            return left > right
        case "less", int() | float(), int() | float():
            return left < right
        case _:
            return False


def _comparable(value: str | float | bool, *, phone: bool) -> str | float | bool:
    if not isinstance(value, str):
        return value
    text = value.strip().casefold()
    if phone:
        return ("+" if text.startswith("+") else "") + "".join(char for char in text if char.isdecimal())
    return text
