"""The functions of formulas that work on values alone, by name, with how many arguments they take.

Source: Salesforce Help, "Formula Operators and Functions". Blank text is null here; a null number stays null.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from app.local_org.engine import ids

_ZERO, _ONE = Decimal(0), Decimal(1)

FormulaValue = Decimal | str | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Plain:
    """A function of values: least and most arguments, and what it does."""

    least: int
    most: int
    body: Callable[..., Any]


def _one(body: Callable[[Any], Any]) -> Plain:
    return Plain(1, 1, body)


def _two(body: Callable[[Any, Any], Any]) -> Plain:
    return Plain(2, 2, body)


def _three(body: Callable[[Any, Any, Any], Any]) -> Plain:
    return Plain(3, 3, body)


def blank(value: FormulaValue) -> bool:
    return value is None or value == ""


def _text(value: FormulaValue) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else str(value)


def text_of(value: FormulaValue) -> str:
    """TEXT(): a number without trailing zeros, a date as ISO, null as nothing."""
    return _text(value)


def _value(text: str | None) -> Decimal | None:
    if blank(text):
        return None
    try:
        return Decimal(str(text).strip())
    except ArithmeticError:
        return None


def _date_value(value: FormulaValue) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or value is None:
        return value
    return date.fromisoformat(str(value))


def _number(body: Callable[[Decimal], Decimal]) -> Plain:
    """A function of a number: null of null."""
    return _one(lambda number: None if number is None else body(number))


def _numbers(body: Callable[[Decimal, Decimal], Decimal]) -> Plain:
    """A function of two numbers: null if either is null."""
    return _two(lambda one, other: None if one is None or other is None else body(one, other))


def _least(*numbers: Decimal | None) -> Decimal | None:
    known = [number for number in numbers if number is not None]
    return min(known) if len(known) == len(numbers) else None


def _most(*numbers: Decimal | None) -> Decimal | None:
    known = [number for number in numbers if number is not None]
    return max(known) if len(known) == len(numbers) else None


def _part(body: Callable[[date], int]) -> Plain:
    """A number taken from a date: null of null."""
    return _one(lambda day: None if day is None else Decimal(body(day)))


def _round(number: Decimal, digits: Decimal) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP)


def _truncated(number: Decimal | None, digits: Decimal = _ZERO) -> Decimal | None:
    return None if number is None else number.quantize(Decimal(1).scaleb(-int(digits)), ROUND_DOWN)


def _seconds(value: FormulaValue) -> Decimal | None:
    moment = _datetime_value(value)
    return None if moment is None else Decimal(int(moment.timestamp()))


def _mid(text: FormulaValue, start: Decimal, length: Decimal) -> str:
    first = max(int(start), 1) - 1
    return _text(text)[first : first + max(int(length), 0)]


def _floor(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_FLOOR)


def _ceiling(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_CEILING)


def _or_else(value: FormulaValue, other: FormulaValue) -> FormulaValue:
    return other if blank(value) else value


def _pad(text: FormulaValue, width: Decimal, filler: FormulaValue, *, left: bool) -> str:
    """Cut to the width where the text is longer."""
    held, size = _text(text), max(int(width), 0)
    missing = (_text(filler) * size)[: max(size - len(held), 0)]
    return (missing + held if left else held + missing)[:size]


def _pad_left(text: FormulaValue, width: Decimal, filler: FormulaValue = " ") -> str:
    return _pad(text, width, filler, left=True)


def _pad_right(text: FormulaValue, width: Decimal, filler: FormulaValue = " ") -> str:
    return _pad(text, width, filler, left=False)


def _find(part: FormulaValue, text: FormulaValue, start: Decimal = _ONE) -> Decimal:
    """The place of the part, from 1; 0 if it is not there."""
    return Decimal(_text(text).find(_text(part), max(int(start), 1) - 1) + 1)


def _is_number(text: FormulaValue) -> bool:
    return re.fullmatch(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", _text(text)) is not None


def _date(year: Decimal | None, month: Decimal | None, day: Decimal | None) -> date | None:
    """Null of numbers that are no day: a real org reports an error for the row."""
    if year is None or month is None or day is None:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _add_months(day: date | None, months: Decimal | None) -> date | None:
    """The last day of a month stays a last day (Salesforce Help, ADDMONTHS)."""
    if day is None or months is None:
        return None
    years, month = divmod(day.year * 12 + day.month - 1 + int(months), 12)
    last = monthrange(years, month + 1)[1]
    was_last = day.day == monthrange(day.year, day.month)[1]
    return day.replace(year=years, month=month + 1, day=last if was_last else min(day.day, last))


def _datetime_value(value: FormulaValue) -> datetime | None:
    """Of `YYYY-MM-DD hh:mm:ss`, in UTC."""
    if isinstance(value, datetime) or value is None:
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return datetime.fromisoformat(_text(value).removesuffix("Z")).replace(tzinfo=UTC)


MANY = 100

PLAIN: dict[str, Plain] = {
    "ISBLANK": _one(blank),
    # Of a field of text it is false: kinds.py has decided that by then.
    "ISNULL": _one(blank),
    "BLANKVALUE": _two(_or_else),
    "NULLVALUE": _two(_or_else),
    "TEXT": _one(_text),
    "VALUE": _one(_value),
    "DATEVALUE": _one(_date_value),
    "LEN": _one(lambda text: Decimal(len(_text(text)))),
    "TRIM": _one(lambda text: _text(text).strip()),
    "UPPER": _one(lambda text: _text(text).upper()),
    "LOWER": _one(lambda text: _text(text).lower()),
    "LEFT": _two(lambda text, count: _text(text)[: max(int(count), 0)]),
    "RIGHT": _two(lambda text, count: _text(text)[-int(count) :] if count > 0 else ""),
    "MID": _three(_mid),
    "CONTAINS": _two(lambda text, part: _text(part) in _text(text)),
    "BEGINS": _two(lambda text, start: _text(text).startswith(_text(start))),
    "SUBSTITUTE": _three(lambda text, old, new: _text(text).replace(_text(old), _text(new))),
    "REGEX": _two(lambda text, pattern: re.fullmatch(_text(pattern), _text(text)) is not None),
    "CASESAFEID": _one(lambda record_id: None if record_id is None else ids.long_id(record_id)),
    "ISPICKVAL": _two(lambda value, wanted: _text(value) == _text(wanted)),
    "INCLUDES": _two(lambda value, wanted: _text(wanted) in _text(value).split(";")),
    "ADDMONTHS": _two(_add_months),
    "BR": Plain(0, 0, lambda: "\n"),
    "DATE": _three(_date),
    "DATETIMEVALUE": _one(_datetime_value),
    "FIND": Plain(2, 3, _find),
    "INITCAP": _one(lambda text: _text(text).title()),
    "ISNUMBER": _one(_is_number),
    "LPAD": Plain(2, 3, _pad_left),
    "REVERSE": _one(lambda text: _text(text)[::-1]),
    "RPAD": Plain(2, 3, _pad_right),
    "ABS": _number(abs),
    "EXP": _number(lambda number: number.exp()),
    "LN": _number(lambda number: number.ln()),
    "LOG": _number(lambda number: number.log10()),
    "SQRT": _number(lambda number: number.sqrt()),
    "TRUNC": Plain(1, 2, _truncated),
    "DAYOFYEAR": _part(lambda day: day.timetuple().tm_yday),
    "ISOWEEK": _part(lambda day: day.isocalendar().week),
    "ISOYEAR": _part(lambda day: day.isocalendar().year),
    "UNIXTIMESTAMP": _one(_seconds),
    "MIN": Plain(1, MANY, _least),
    "MAX": Plain(1, MANY, _most),
    "MOD": _numbers(lambda number, by: number - by * _floor(number / by)),
    "ROUND": _numbers(_round),
    "FLOOR": _number(_floor),
    "CEILING": _number(_ceiling),
    "YEAR": _part(lambda day: day.year),
    "MONTH": _part(lambda day: day.month),
    "DAY": _part(lambda day: day.day),
    "WEEKDAY": _part(lambda day: day.isoweekday() % 7 + 1),
}
