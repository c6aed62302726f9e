"""WHERE and HAVING as SQL.

SOQL's conditions are true or false, never unknown: null equals null only, `!=`, NOT IN and EXCLUDES hold for null, and
NOT turns one into the other. So NOT is pushed down to the leaves, where each negation says what null does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.local_org.engine import functions, labels, selectivity
from app.local_org.engine.expressions import Typed, is_aggregate, typed
from app.local_org.engine.literals import Range, literal
from app.local_org.engine.names import TEXTS
from app.local_org.engine.scope import Scope
from app.local_org.engine.storage import SqlValue
from app.local_org.engine.values import IDS
from app.local_org.errors import ApiError
from app.local_org.schema.model import FieldType
from soql.ast import (
    And,
    Bind,
    Comparison,
    Condition,
    Expression,
    FieldPath,
    Includes,
    InQuery,
    InValues,
    Not,
    Operator,
    Or,
    Pattern,
    Select,
    String,
    Value,
    Wildcard,
)

_NEGATED = {
    Operator.EQUAL: Operator.NOT_EQUAL,
    Operator.NOT_EQUAL: Operator.EQUAL,
    Operator.LESS: Operator.GREATER_OR_EQUAL,
    Operator.LESS_OR_EQUAL: Operator.GREATER,
    Operator.GREATER: Operator.LESS_OR_EQUAL,
    Operator.GREATER_OR_EQUAL: Operator.LESS,
}
_ORDERED = selectivity.BOUNDS

SubQuery = Callable[[Select, Typed, bool], str]
"""Compiles a semi-join on a field, or an anti-join where the flag is set."""


Resolve = Callable[[Expression], Typed]
"""The SQL of a left side, where it is not that of the FROM itself."""


class Conditions:
    """Compiles the conditions of one FROM."""

    def __init__(
        self, scope: Scope, subquery: SubQuery, *, having: bool = False, resolve: Resolve | None = None
    ) -> None:
        self._scope = scope
        self._statement = scope.statement
        self._subquery = subquery
        self._having = having
        self._resolve = resolve or partial(typed, scope)

    def sql(self, condition: Condition, *, negated: bool = False) -> str:
        """The condition, or its opposite. Raises ApiError as SOQL refuses it."""
        match condition:
            case And(terms):
                return self._joined(terms, "OR" if negated else "AND", negated=negated)
            case Or(terms):
                return self._joined(terms, "AND" if negated else "OR", negated=negated)
            case Not(term):
                return self.sql(term, negated=not negated)
            case Comparison(left, operator, value):
                return self._comparison(left, operator, value, negated=negated)
            case InValues(left, values):
                return self._in_values(left, values, negated=condition.negated is not negated)
            case InQuery(left, query):
                return self._in_query(left, query, negated=condition.negated is not negated)
            case Includes(left, values):
                return self._includes(left, values, negated=condition.negated is not negated)

    def _joined(self, terms: tuple[Condition, ...], word: str, *, negated: bool) -> str:
        return _balanced([self.sql(term, negated=negated) for term in terms], word)

    # ------------------------------------------------------------ leaves

    def _left(self, expression: Expression) -> Typed:
        left = self._resolve(expression)
        if is_aggregate(expression) and not self._having:
            raise self._refuse(expression, "MALFORMED_QUERY", "Aggregate functions are allowed in HAVING, not in WHERE")
        if left.field is not None and not left.field.filterable:
            message = f"field '{left.name}' can not be filtered in a query call"
            raise self._refuse(expression, "INVALID_FIELD", message)
        return left

    def _refuse(self, expression: Expression, code: str, message: str) -> ApiError:
        return self._statement.refuse(expression.position, code, message)

    def _mark(self, value: SqlValue) -> str:
        return self._statement.params.add(value)

    def _comparison(self, expression: Expression, operator: Operator, value: Value, *, negated: bool) -> str:
        left = self._left(expression)
        if operator is Operator.LIKE:
            return self._like(expression, left, value, negated=negated)
        found = literal(self._statement, left, value, expression.position)
        if operator in _ORDERED and (
            found is None or left.type in (FieldType.BOOLEAN, FieldType.MULTIPICKLIST) or isinstance(value, Bind)
        ):
            message = f"invalid operator on {left.type.value} field: {operator.value}"
            raise self._refuse(expression, "INVALID_QUERY_FILTER_OPERATOR", message)
        if isinstance(found, Range):
            return self._in_range(left, _NEGATED[operator] if negated else operator, found, or_null=negated)
        if negated:
            operator_sql, or_null = _NEGATED[operator], operator in _ORDERED
        else:
            operator_sql, or_null = operator, False
        if found is None or (found == "" and left.type in TEXTS | IDS):
            # The empty string is stored as null, so it is found as null.
            return f"{left.sql} IS {'NOT ' if operator_sql is Operator.NOT_EQUAL else ''}NULL"
        if operator_sql is Operator.NOT_EQUAL:
            return f"{left.sql} IS NOT {self._mark(found)}"
        compared = f"{left.sql} {operator_sql.value} {self._mark(found)}"
        if or_null:
            return f"({compared} OR {left.sql} IS NULL)"
        return selectivity.bound(left.type, compared) if operator_sql in _ORDERED else compared

    def _in_range(self, left: Typed, operator: Operator, found: Range, *, or_null: bool) -> str:
        sql = left.sql
        start, end = self._mark(found.start), self._mark(found.end)
        match operator:
            case Operator.EQUAL:
                after, before = f"{sql} >= {start}", f"{sql} < {end}"
                return f"({selectivity.bound(left.type, after)} AND {selectivity.bound(left.type, before)})"
            case Operator.NOT_EQUAL:
                return f"({sql} < {start} OR {sql} >= {end} OR {sql} IS NULL)"
            case Operator.LESS:
                compared = f"{sql} < {start}"
            case Operator.LESS_OR_EQUAL:
                compared = f"{sql} < {end}"
            case Operator.GREATER:
                compared = f"{sql} >= {end}"
            case _:
                compared = f"{sql} >= {start}"
        return f"({compared} OR {sql} IS NULL)" if or_null else compared

    def _like(self, expression: Expression, left: Typed, value: Value, *, negated: bool) -> str:
        if isinstance(value, Bind):
            raise self._refuse(expression, "MALFORMED_QUERY", "Bind variables only allowed in Apex code")
        if left.type not in TEXTS or left.type is FieldType.MULTIPICKLIST:
            kind = "id" if left.type in IDS else left.type.value
            raise self._refuse(expression, "INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {kind} field")
        pattern = _pattern_text(value)
        picklist = left.column is not None and left.field is not None and left.field.type is FieldType.PICKLIST
        # LIKE compares labels, not values (salesforce.stackexchange.com 285076; documented since Spring '21).
        sql = labels.sql(left.field, left.sql, self._statement.params) if picklist and left.field else left.sql
        return f"{'NOT ' if negated else ''}{functions.LIKE}({sql}, {self._mark(pattern)})"

    def _in_values(self, expression: Expression, values: tuple[Value, ...] | Bind, *, negated: bool) -> str:
        left = self._left(expression)
        if left.type is FieldType.MULTIPICKLIST:
            message = f"invalid operator on multipicklist field: {'NOT ' if negated else ''}IN"
            raise self._refuse(expression, "INVALID_QUERY_FILTER_OPERATOR", message)
        plain: list[SqlValue] = []
        ranges: list[Range] = []
        for value in self._listed(expression, values):
            found = literal(self._statement, left, value, expression.position)
            if isinstance(found, Range):
                ranges.append(found)
            else:
                plain.append(None if found == "" else found)
        with_null = None in plain
        marks = ", ".join(self._mark(value) for value in plain if value is not None)
        terms = [f"{left.sql} {'NOT IN' if negated else 'IN'} ({marks})"] if marks else []
        operator = Operator.NOT_EQUAL if negated else Operator.EQUAL
        terms += [self._in_range(left, operator, found, or_null=False) for found in ranges]
        if negated:
            held = f"({' AND '.join(terms)})" if terms else "1"
            return f"({held} AND {left.sql} IS NOT NULL)" if with_null else f"({held} OR {left.sql} IS NULL)"
        if with_null:
            terms.append(f"{left.sql} IS NULL")
        return f"({' OR '.join(terms)})"

    def _listed(self, expression: Expression, values: tuple[Value, ...] | Bind) -> tuple[Value, ...]:
        if isinstance(values, Bind):
            raise self._refuse(expression, "MALFORMED_QUERY", "Bind variables only allowed in Apex code")
        return values

    def _in_query(self, path: FieldPath, query: Select, *, negated: bool) -> str:
        left = self._left(path)
        if left.type not in IDS:
            message = f"The left operand of a semi join or anti join must be an id or a reference: {path.text}"
            raise self._refuse(path, "INVALID_QUERY_FILTER_OPERATOR", message)
        return self._subquery(query, left, negated)

    def _includes(self, path: FieldPath, values: tuple[Value, ...] | Bind, *, negated: bool) -> str:
        left = self._left(path)
        if left.type is not FieldType.MULTIPICKLIST:
            message = f"INCLUDES and EXCLUDES need a multi-select picklist: {path.text}"
            raise self._refuse(path, "INVALID_QUERY_FILTER_OPERATOR", message)
        sets: list[str] = []
        for value in self._listed(path, values):
            if not isinstance(value, String):
                raise self._refuse(path, "MALFORMED_QUERY", "INCLUDES and EXCLUDES take strings")
            sets.append(" AND ".join(self._has(left, wanted.strip()) for wanted in value.value.split(";")))
        found = " OR ".join(f"({one})" for one in sets)
        return f"NOT ({found})" if negated else f"({found})"

    def _has(self, left: Typed, wanted: str) -> str:
        """Whether the `;`-joined value holds the wanted one: never null, so that NOT turns it around."""
        pattern = "%;" + _escaped(wanted) + ";%"
        return f"{functions.LIKE}(';' || {left.sql} || ';', {self._mark(pattern)})"


def _balanced(terms: list[str], word: str) -> str:
    """The terms joined in halves: SQLite reads a flat chain as a tree as deep as it is long, and bounds the depth."""
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    return f"({_balanced(terms[:middle], word)} {word} {_balanced(terms[middle:], word)})"


def _escaped(text: str) -> str:
    return "".join(f"\\{character}" if character in "\\%_" else character for character in text)


def _pattern_text(value: Value) -> str:
    """A pattern as functions.like reads it: wildcards bare, plain ones behind a backslash."""
    if isinstance(value, Pattern):
        return "".join(part.value if isinstance(part, Wildcard) else _escaped(part) for part in value.parts)
    if isinstance(value, String):
        return _escaped(value.value)
    return ""
