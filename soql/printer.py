"""Tree in, text out: `to_text` on one line, `to_pretty` on many.

Both parse back to an equal tree. Keywords are upper case, names keep their spelling, `!=` is the form of `<>`.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal

from soql.ast import (
    And,
    Bind,
    Boolean,
    ChildQuery,
    Comparison,
    Condition,
    Currency,
    Date,
    DateLiteral,
    DateTime,
    Expression,
    FieldPath,
    Fields,
    Includes,
    InQuery,
    InValues,
    Item,
    Not,
    Null,
    Number,
    Operator,
    Or,
    OrderBy,
    Pattern,
    Select,
    SelectItem,
    String,
    Time,
    TypeOf,
    Value,
    With,
)
from soql.strings import encode, encode_pattern


def to_text(select: Select) -> str:
    """The statement on one line, canonical: equal trees print equal texts (up to the casing of names)."""
    return " ".join(_clauses(select, ", ".join(_item(item, 0, pretty=False) for item in select.items), " AND ", " OR "))


def to_pretty(select: Select, indent: int = 0) -> str:
    """The statement with a row for each selected item, clause and top-level term; `indent` spaces before each row but
    the first."""
    margin = "\n" + " " * indent
    items = f",{margin}       ".join(_item(item, indent + 7, pretty=True) for item in select.items)
    return margin.join(_clauses(select, items, f"{margin}  AND ", f"{margin}  OR "))


def print_condition(condition: Condition) -> str:
    """A condition on one line, as it stands in WHERE."""
    return _condition(condition, " AND ", " OR ")


def print_expression(expression: Expression) -> str:
    """A field path or function."""
    if isinstance(expression, FieldPath):
        return expression.text
    argument = "" if expression.argument is None else print_expression(expression.argument)
    if expression.distance is not None:
        to, unit = expression.distance.to, encode(expression.distance.unit)
        place = to.text if isinstance(to, FieldPath) else f"GEOLOCATION({to.latitude:f}, {to.longitude:f})"
        return f"{expression.name}({argument}, {place}, {unit})"
    return f"{expression.name}({argument})"


def print_value(value: Value) -> str:
    """A literal or bind, as it stands in a condition; a Pattern as it stands after LIKE."""
    match value:
        case String(text):
            return encode(text)
        case Pattern(parts):
            return encode_pattern(parts)
        case Number(number):
            return _digits(number)
        case Currency(code, number):
            return code + _digits(number)
        case Boolean(truth):
            return "TRUE" if truth else "FALSE"
        case Null():
            return "NULL"
        case Date(day):
            return day.isoformat()
        case DateTime(moment):
            return _moment(moment)
        case Time(moment):
            return _clock(moment)
        case DateLiteral(name, n):
            return name if n is None else f"{name}:{n}"
        case Bind():
            return _bind(value)


def _clauses(select: Select, items: str, and_: str, or_: str) -> list[str]:
    entries = [(select.from_, select.alias), *((each.path.text, each.alias) for each in select.also_from)]
    clauses = [f"SELECT {items}", f"FROM {', '.join(_named(text, alias) for text, alias in entries)}"]
    if select.scope is not None:
        clauses.append(f"USING SCOPE {select.scope}")
    if select.where is not None:
        clauses.append(f"WHERE {_condition(select.where, and_, or_)}")
    if select.with_ is not None:
        clauses.append(f"WITH {_with(select.with_)}")
    if select.group_by:
        grouped = ", ".join(print_expression(each) for each in select.group_by)
        clauses.append(f"GROUP BY {f'{select.group_mode}({grouped})' if select.group_mode else grouped}")
    if select.having is not None:
        clauses.append(f"HAVING {_condition(select.having, and_, or_)}")
    if select.order_by:
        clauses.append(f"ORDER BY {', '.join(_order(each) for each in select.order_by)}")
    if select.limit is not None:
        clauses.append(f"LIMIT {_count(select.limit)}")
    if select.offset is not None:
        clauses.append(f"OFFSET {_count(select.offset)}")
    return [*clauses, *select.options]


def _named(text: str, alias: str | None) -> str:
    return f"{text} {alias}" if alias else text


def _item(item: Item, indent: int, *, pretty: bool) -> str:
    match item:
        case ChildQuery(query):
            return f"({to_pretty(query, indent + 1) if pretty else to_text(query)})"
        case Fields(kind):
            return f"FIELDS({kind})"
        case TypeOf():
            return _typeof(item)
        case SelectItem(expression, alias):
            return _named(print_expression(expression), alias)


def _typeof(item: TypeOf) -> str:
    parts = [f"TYPEOF {item.relationship.text}"]
    parts += [f"WHEN {each.object} THEN {_paths(each.fields)}" for each in item.branches]
    if item.otherwise:
        parts.append(f"ELSE {_paths(item.otherwise)}")
    return " ".join([*parts, "END"])


def _paths(paths: tuple[FieldPath, ...]) -> str:
    return ", ".join(path.text for path in paths)


def _with(clause: With) -> str:
    if clause.mode is not None:
        return clause.mode
    if clause.visibility:
        return f"RecordVisibilityContext ({', '.join(f'{name}={print_value(v)}' for name, v in clause.visibility)})"
    filters = (
        f"{each.group} {each.selector} {each.categories[0]}"
        if len(each.categories) == 1
        else f"{each.group} {each.selector} ({', '.join(each.categories)})"
        for each in clause.categories
    )
    return f"DATA CATEGORY {' AND '.join(filters)}"


def _condition(condition: Condition, and_: str, or_: str) -> str:
    """`and_` and `or_` join the terms of this level; a level below stays on its row."""
    match condition:
        case Comparison(left, operator, value):
            if operator is Operator.LIKE and isinstance(value, String):
                value = Pattern((value.value,))
            return f"{print_expression(left)} {operator.value} {print_value(value)}"
        case InValues(left, values, negated):
            return f"{print_expression(left)} {'NOT IN' if negated else 'IN'} {_list(values)}"
        case InQuery(left, query, negated):
            return f"{left.text} {'NOT IN' if negated else 'IN'} ({to_text(query)})"
        case Includes(left, values, negated):
            return f"{left.text} {'EXCLUDES' if negated else 'INCLUDES'} {_list(values)}"
        case And(terms):
            return and_.join(_inner(term) for term in terms)
        case Or(terms):
            return or_.join(_inner(term) for term in terms)
        case Not(term):
            return f"NOT {_inner(term)}"


def _inner(condition: Condition) -> str:
    text = _condition(condition, " AND ", " OR ")
    return f"({text})" if isinstance(condition, And | Or | Not) else text


def _list(values: tuple[Value, ...] | Bind) -> str:
    if isinstance(values, Bind):
        return _bind(values)
    return f"({', '.join(print_value(value) for value in values)})"


def _order(order: OrderBy) -> str:
    text = print_expression(order.expression) + (" DESC" if order.descending else "")
    if order.nulls_first is None:
        return text
    return f"{text} NULLS {'FIRST' if order.nulls_first else 'LAST'}"


def _bind(bind: Bind) -> str:
    return f":{bind.name}{'?' if bind.optional else ''}"


def _count(count: int | Bind) -> str:
    return _bind(count) if isinstance(count, Bind) else str(count)


def _digits(number: Decimal) -> str:
    return format(number, "f")


def _moment(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{utc.date().isoformat()}T{_fraction(utc.time())}Z"


def _clock(moment: time) -> str:
    return f"{moment.strftime('%H:%M:%S')}.{_millis(moment)}Z"


def _fraction(moment: time) -> str:
    whole = moment.strftime("%H:%M:%S")
    return f"{whole}.{_millis(moment)}" if moment.microsecond else whole


def _millis(moment: time) -> str:
    digits = f"{moment.microsecond:06d}"
    return digits[:3] if digits.endswith("000") else digits
