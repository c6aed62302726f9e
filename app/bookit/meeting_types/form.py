"""A meeting type's form and notifications, decoded from the JSON that BookIt keeps. Known keys only: what an org keeps
beside them is counted, and never passed on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar, cast

T = TypeVar("T")

MAX_FIELDS: Final = 20
"""A form has four fixed fields and up to five questions; more than twice that is no form."""
MAX_OPTIONS: Final = 50
MAX_REMINDERS: Final = 10
_LONGEST_REMINDER: Final = 366 * 24 * 60
_FIELD_KEYS: Final = frozenset({"name", "label", "type", "required", "options"})
_NOTIFICATION_KEYS: Final = frozenset({"confirmation", "reminders_minutes_before", "cancellation", "sms"})


class Unreadable(ValueError):
    """Text that is not the JSON that BookIt keeps there."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field or question of the form. options: what a prospect chooses from, () for free text."""

    name: str
    label: str
    type: str
    required: bool
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The fields in the order of the form. left_out: fields past MAX_FIELDS, options past MAX_OPTIONS, unknown keys."""

    fields: tuple[FormField, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Notifications:
    """Whom BookIt tells; None where the type says nothing. reminders: minutes before. left_out: as in Form."""

    confirmation: bool | None
    reminders: tuple[int, ...]
    cancellation: bool | None
    sms: bool | None
    left_out: int


def form_from(stored: str | None) -> Form:
    """The form that BookIt keeps as a list of fields; a type without one has no field. Raises Unreadable."""
    if not stored:
        return Form((), 0)
    entries = _each(_json(stored), _mapping)
    fields = [_field(entry) for entry in entries[:MAX_FIELDS]]
    return Form(tuple(field for field, _ in fields), len(entries[MAX_FIELDS:]) + sum(more for _, more in fields))


def notifications_from(stored: str | None) -> Notifications:
    """The notifications that BookIt keeps as an object. Raises Unreadable."""
    kept = _mapping(_json(stored or "{}"))
    reminders = _each(kept.get("reminders_minutes_before"), _minutes)
    return Notifications(
        confirmation=_flag(kept.get("confirmation")),
        reminders=tuple(reminders[:MAX_REMINDERS]),
        cancellation=_flag(kept.get("cancellation")),
        sms=_flag(kept.get("sms")),
        left_out=len(kept.keys() - _NOTIFICATION_KEYS) + len(reminders[MAX_REMINDERS:]),
    )


def _field(kept: Mapping[str, object]) -> tuple[FormField, int]:
    name = _text(kept.get("name"))
    options = _each(kept.get("options"), _text)
    field = FormField(
        name=name,
        label=_text(kept.get("label"), name),
        type=_text(kept.get("type"), "text"),
        required=bool(_flag(kept.get("required"))),
        options=tuple(options[:MAX_OPTIONS]),
    )
    return field, len(kept.keys() - _FIELD_KEYS) + len(options[MAX_OPTIONS:])


def _json(stored: str) -> object:
    try:
        return json.loads(stored)
    except (ValueError, RecursionError):
        raise Unreadable from None


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Unreadable
    return cast("dict[str, object]", value)


def _each(value: object, read: Callable[[object], T]) -> list[T]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable
    return [read(each) for each in cast("list[object]", value)]


def _text(value: object, default: str | None = None) -> str:
    found = default if value is None else value
    if not isinstance(found, str):
        raise Unreadable
    return found


def _flag(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise Unreadable
    return value


def _minutes(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LONGEST_REMINDER:
        raise Unreadable
    return value
