"""From a Python value to a literal of the tree."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

from soql.ast import Boolean, Date, DateTime, Number, Pattern, String, Time, Value, Wildcard
from soql.errors import BindError
from soql.limits import MAX_DIGITS, MAX_STRING
from soql.strings import has_surrogate


def literal(name: str, value: object, *, like: bool = False) -> Value:
    """The literal for a value, in the right of LIKE or elsewhere; `name` is the bind's, for the message.

    A datetime is cut to milliseconds, which is all that SOQL's text form is sure to take. Raises BindError.
    """
    if like:
        return _pattern(name, value)
    match value:
        case Pattern():
            raise BindError(f":{name} is a pattern, which stands after LIKE only")
        case str():
            return String(_text(name, value))
        case bool():
            return Boolean(value)
        case int() | float() | Decimal():
            return Number(_number(name, value))
        case datetime():
            if value.tzinfo is None or value.utcoffset() is None:
                raise BindError(f":{name} is a datetime without a time zone")
            try:
                utc = value.astimezone(UTC)
            except OverflowError as error:
                raise BindError(f":{name} is a datetime outside of the calendar") from error
            return DateTime(utc.replace(microsecond=utc.microsecond // 1000 * 1000))
        case date():
            return Date(value)
        case time():
            if value.tzinfo not in (None, UTC):
                raise BindError(f":{name} is a time of day in another zone than UTC")
            return Time(value.replace(microsecond=value.microsecond // 1000 * 1000, tzinfo=None, fold=0))
        case _:
            raise BindError(f":{name} cannot be a {type(value).__name__}")


def _pattern(name: str, value: object) -> Pattern:
    if isinstance(value, str):
        text = _text(name, value)
        return Pattern((text,) if text else ())
    if not isinstance(value, Pattern):
        raise BindError(f":{name} stands after LIKE and takes a str or a Pattern, not a {type(value).__name__}")
    parts: list[str | Wildcard] = []
    for part in value.parts:
        if isinstance(part, Wildcard):
            parts.append(part)
        elif parts and not isinstance(parts[-1], Wildcard):
            parts[-1] += _text(name, part)
        elif part:
            parts.append(_text(name, part))
    return Pattern(tuple(parts))


def _text(name: str, value: str) -> str:
    if has_surrogate(value):
        raise BindError(f":{name} has half of a surrogate pair, which is no text")
    if len(value) > MAX_STRING:
        raise BindError(f":{name} is longer than {MAX_STRING} characters")
    return str.__str__(value)


def _number(name: str, value: float | Decimal) -> Decimal:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, str):
        raise BindError(f":{name} is not a finite number")
    if number and max(abs(number.adjusted()), -exponent) > MAX_DIGITS:
        raise BindError(f":{name} has too many digits")
    return number if number else Decimal(0)
